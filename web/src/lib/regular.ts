import type { Caller } from '../api/types';

/** From the third call or booking on somebody counts as a regular (단골) on the page. */
const REGULAR_FROM = 3;

export function isRegular(caller: Pick<Caller, 'calls' | 'bookings'>): boolean {
  return caller.calls >= REGULAR_FROM || caller.bookings >= REGULAR_FROM;
}
