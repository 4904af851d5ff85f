/** A rehearsal as it goes on: asked for again until it is over. */
import { beginRun, run } from '../api/setup';
import type { RunDetail } from '../api/types';

const EVERY_MS = 300;

export class Rehearsing {
  detail = $state.raw<RunDetail>();
  error = $state.raw<unknown>();
  beginning = $state(false);
  #shop: string;
  #wanted = '';
  #timer = 0;

  constructor(shop: string) {
    this.#shop = shop;
  }

  get going(): boolean {
    return this.beginning || this.detail?.state === 'running';
  }

  /** Begins a run, and shows it. */
  begin = async (): Promise<void> => {
    if (this.going) return;
    this.beginning = true;
    this.error = undefined;
    try {
      await this.show((await beginRun(this.#shop)).id);
    } catch (error) {
      this.error = error;
    } finally {
      this.beginning = false;
    }
  };

  /** Shows a run, as long as it goes on. */
  show = async (id: string): Promise<void> => {
    clearTimeout(this.#timer);
    this.#wanted = id;
    try {
      const detail = await run(this.#shop, id);
      if (this.#wanted !== id) return;
      this.detail = detail;
      this.error = undefined;
      if (detail.state === 'running') this.#timer = window.setTimeout(() => void this.show(id), EVERY_MS);
    } catch (error) {
      if (this.#wanted === id) this.error = error;
    }
  };

  stop = (): void => {
    clearTimeout(this.#timer);
    this.#wanted = '';
  };
}
