/** What waits at the shop: the numbers beside the menu, kept up to date by the shop's events. */
import { summary } from '../api/shop';
import type { Counts } from '../api/types';
import { live } from './live.svelte';

class Waiting {
  counts = $state.raw<Counts>();

  /** Follows a shop's numbers; returns what ends it. */
  follow(shop: string | undefined): (() => void) | undefined {
    this.counts = undefined;
    if (!shop) return;
    let over = false;
    const ask = () =>
      void summary(shop).then(
        (counts) => over || (this.counts = counts),
        // The page itself tells what is wrong; here the numbers are just not shown.
        () => {},
      );
    ask();
    const off = live.on(['call', 'booking', 'order', 'message', 'question', 'profile'], ask);
    return () => {
      over = true;
      off();
    };
  }
}

export const waiting = new Waiting();
