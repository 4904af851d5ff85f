/** The time of day, once a second while somebody looks. */
import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1000);
  return () => clearInterval(timer);
});

export const now = {
  /** Milliseconds since 1970; whoever reads it is told when it changes. */
  get ms(): number {
    subscribe();
    return Date.now();
  },
};
