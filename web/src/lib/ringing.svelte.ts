/** The page's own call: asked after again until it is over. What is said comes with the live events. */
import { ring, ringing } from '../api/setup';
import type { RehearsalCall } from '../api/types';

const EVERY_MS = 500;

export class Ringing {
  call = $state.raw<RehearsalCall>();
  error = $state.raw<unknown>();
  beginning = $state(false);
  #shop: string;
  #timer = 0;
  #over = false;

  constructor(shop: string) {
    this.#shop = shop;
  }

  get going(): boolean {
    return this.beginning || this.call?.state === 'ringing' || this.call?.state === 'talking';
  }

  ring = async (): Promise<void> => {
    if (this.going) return;
    this.beginning = true;
    this.error = undefined;
    try {
      this.call = await ring(this.#shop);
      this.#again();
    } catch (error) {
      this.error = error;
    } finally {
      this.beginning = false;
    }
  };

  look = async (): Promise<void> => {
    try {
      this.call = await ringing(this.#shop);
      this.error = undefined;
    } catch (error) {
      this.error = error;
    }
    if (this.going) this.#again();
  };

  stop = (): void => {
    this.#over = true;
    clearTimeout(this.#timer);
  };

  #again(): void {
    clearTimeout(this.#timer);
    if (!this.#over) this.#timer = window.setTimeout(() => void this.look(), EVERY_MS);
  }
}
