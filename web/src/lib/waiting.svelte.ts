/** What waits at the shop: the numbers beside the menu, kept up to date by the shop's events. */
import { summary } from '../api/shop';
import type { Counts } from '../api/types';
import { live } from './live.svelte';

class Waiting {
  counts = $state.raw<Counts>();

  /** Asks for the numbers anew: another day has begun. */
  again: () => void = () => {};

  /** Follows a shop's numbers; returns what ends it. */
  follow(shop: string | undefined): (() => void) | undefined {
    this.counts = undefined;
    if (!shop) return;
    let over = false;
    let round = 0;
    const ask = () => {
      const mine = ++round;
      void summary(shop).then(
        // An answer that was overtaken by a later question is dropped.
        (counts) => { if (!over && mine === round) this.counts = counts; },
        // The page itself tells what is wrong; here the numbers are just not shown.
        () => {},
      );
    };
    this.again = ask;
    ask();
    const off = live.on(['call', 'booking', 'order', 'message', 'question', 'profile'], ask);
    return () => {
      over = true;
      off();
    };
  }
}

export const waiting = new Waiting();
