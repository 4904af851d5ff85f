/** A long list that comes page by page. */

interface Part<T> {
  items: T[];
  next?: string | null;
}

export class Pages<T> {
  items = $state.raw<T[]>();
  next = $state.raw<string | null>(null);
  error = $state.raw<unknown>();
  busy = $state(false);
  #ask: (cursor?: string) => Promise<Part<T>>;
  #round = 0;

  constructor(ask: (cursor?: string) => Promise<Part<T>>) {
    this.#ask = ask;
  }

  /** The first page anew; what was shown stays until it is there. */
  again = (): Promise<void> => this.#fetch(undefined);

  /** The next page, put below. */
  more = async (): Promise<void> => {
    if (this.next && !this.busy) await this.#fetch(this.next);
  };

  /** What has come, to be changed before the API confirms it. */
  get list(): T[] | undefined {
    return this.items;
  }

  set list(items: T[] | undefined) {
    this.items = items;
  }

  async #fetch(cursor: string | undefined): Promise<void> {
    const round = ++this.#round;
    this.busy = true;
    try {
      const part = await this.#ask(cursor);
      if (round !== this.#round) return;
      this.items = cursor ? [...(this.items ?? []), ...part.items] : part.items;
      this.next = part.next ?? null;
      this.error = undefined;
    } catch (error) {
      if (round === this.#round) this.error = error;
    } finally {
      if (round === this.#round) this.busy = false;
    }
  }
}
