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
  #pages = 1;
  #round = 0;

  constructor(ask: (cursor?: string) => Promise<Part<T>>) {
    this.#ask = ask;
  }

  /** All that is shown anew, as many pages as before; it stays until they are there. */
  again = (): Promise<void> => this.#fetch(() => this.#first(this.#pages));

  /** Another list by the same question (another filter): what was shown before is not the answer to that. */
  anew = (): Promise<void> => {
    this.items = undefined;
    this.next = null;
    this.error = undefined;
    this.#pages = 1;
    return this.again();
  };

  /** The next page, put below. */
  more = async (): Promise<void> => {
    const cursor = this.next;
    if (!cursor || this.busy) return;
    await this.#fetch(async () => {
      const part = await this.#ask(cursor);
      this.#pages += 1;
      return { items: [...(this.items ?? []), ...part.items], next: part.next };
    });
  };

  /** What has come, to be changed before the API confirms it. */
  get list(): T[] | undefined {
    return this.items;
  }

  set list(items: T[] | undefined) {
    this.items = items;
  }

  /** The first pages in one. */
  async #first(pages: number): Promise<Part<T>> {
    const items: T[] = [];
    let next: string | null | undefined;
    for (let page = 0; page < pages && (page === 0 || next); page++) {
      const part = await this.#ask(next ?? undefined);
      items.push(...part.items);
      next = part.next;
    }
    return { items, next };
  }

  async #fetch(what: () => Promise<Part<T>>): Promise<void> {
    const round = ++this.#round;
    this.busy = true;
    try {
      const part = await what();
      if (round !== this.#round) return;
      this.items = part.items;
      this.next = part.next ?? null;
      this.error = undefined;
    } catch (error) {
      if (round === this.#round) this.error = error;
    } finally {
      if (round === this.#round) this.busy = false;
    }
  }
}
