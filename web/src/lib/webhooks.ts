/** What a program may be told of, in the order of the page. What is urgent it is told always. */
import type { About, HookDelivery } from '../api/types';

export const ABOUT = ['booking', 'order', 'message', 'missed', 'check_in', 'line', 'digest'] as const satisfies readonly About[];

/** How a delivery is shown: as good, as something to look at, or as on its way. */
export const TONES: Record<HookDelivery['state'], 'good' | 'warn' | 'danger' | 'info'> = { sent: 'good', failed: 'warn', given_up: 'danger', due: 'info' };

/** The choice with one more or one less; everything, once nothing is left out. */
export function chosen(events: readonly About[], about: About, on: boolean): About[] {
  const before: readonly About[] = events.includes('all') ? ABOUT : events;
  const next = ABOUT.filter((one) => (one === about ? on : before.includes(one)));
  return next.length === ABOUT.length ? ['all'] : next;
}

/** A body to be read: indented, if it is JSON. */
export function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
