/** Something that a page fetches: what has come, what went wrong, and a way to ask again. */

export class Load<T> {
  data = $state.raw<T | undefined>();
  error = $state.raw<unknown>();
  busy = $state(false);
  #ask: () => Promise<T>;
  #round = 0;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  /** Fetches. What was shown stays until the new is there; an answer that was overtaken by a later question is dropped. */
  again = async (): Promise<void> => {
    const round = ++this.#round;
    this.busy = true;
    try {
      const data = await this.#ask();
      if (round !== this.#round) return;
      this.data = data;
      this.error = undefined;
    } catch (error) {
      if (round === this.#round) this.error = error;
    } finally {
      if (round === this.#round) this.busy = false;
    }
  };

  /** Fetches something else with the same question (another day, another filter): what was shown before is not the answer to that. */
  anew = (): Promise<void> => {
    this.data = undefined;
    this.error = undefined;
    return this.again();
  };

  /** What has come, to be changed before the API confirms it. */
  get list(): T | undefined {
    return this.data;
  }

  set list(data: T | undefined) {
    this.data = data;
  }

  /** Nothing has come yet and nothing has gone wrong. */
  get waiting(): boolean {
    return this.data === undefined && this.error === undefined;
  }
}
