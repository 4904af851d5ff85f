/** What is out of order at the shop now, kept up to date by the shop's events. */
import { incidents } from '../api/line';
import type { Incident } from '../api/types';
import { live } from './live.svelte';
import { now } from './now.svelte';

/** Whether it goes on at `at`, milliseconds since 1970. */
export function stands(incident: Pick<Incident, 'ended' | 'ends'>, at: number): boolean {
  return !incident.ended && (!incident.ends || Date.parse(incident.ends) > at);
}

class Outages {
  #known = $state.raw<Incident[]>([]);
  standing = $derived(this.#known.length ? this.#known.filter((incident) => stands(incident, now.ms)) : []);

  /** Follows a shop; returns what ends it. */
  follow(shop: string | undefined): (() => void) | undefined {
    this.#known = [];
    if (!shop) return;
    let over = false;
    let round = 0;
    const ask = () => {
      const mine = ++round;
      void incidents(shop).then(
        // An answer that was overtaken by a later question is dropped.
        (page) => { if (!over && mine === round) this.#known = page.items; },
        // The page of the line tells what is wrong; without an answer no banner is shown.
        () => {},
      );
    };
    ask();
    const off = live.on(['incident'], ask);
    return () => {
      over = true;
      off();
    };
  }
}

export const outages = new Outages();
