/** What an owner says is out of order, as the form asks for it. */
import type { ShopIncident } from '../api/types';

/** What can be said with one tap. */
export const KINDS: readonly ShopIncident[] = ['payments_down', 'internet_down', 'power_down', 'closed_early'];

/** How long it lasts: until somebody says that it is over, or for a while. */
export const LASTS = ['open', 'hour', 'three', 'day'] as const;
export type Lasts = (typeof LASTS)[number];

const HOURS: Record<Exclude<Lasts, 'open'>, number> = { hour: 1, three: 3, day: 24 };

/** Whether a bank account is of any help to callers. */
export function pays(kind: ShopIncident): boolean {
  return kind === 'payments_down' || kind === 'internet_down';
}

/** When it ends by itself, counted from `now`, milliseconds since 1970; null if it does not. */
export function endOf(lasts: Lasts, now: number): string | null {
  return lasts === 'open' ? null : new Date(now + HOURS[lasts] * 3_600_000).toISOString();
}
