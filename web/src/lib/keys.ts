/** What a program's key may open, and for how long. */
import type { Right } from '../api/types';

/** The rights that a program may have, as the form lists them: what is often wanted first. The server has the same table. */
export const PROGRAM_RIGHTS = [
  'read_bookings', 'write_bookings', 'read_tasks', 'write_tasks', 'read_calls', 'hear_recordings', 'correct_calls',
  'read_callers', 'write_callers', 'read_shop', 'write_shop', 'read_users', 'read_audit',
] as const satisfies readonly Right[];

/** Days that the form offers; 0: until the key is taken away. */
export const KEY_DAYS = [30, 90, 365, 0] as const;

/** Whether a key opens nothing any more. */
export const ranOut = (key: { expires?: string | null }, now: number): boolean => key.expires != null && Date.parse(key.expires) <= now;

/** The rights with one more or one less, in the form's order. */
export const withRight = (rights: readonly Right[], right: Right, on: boolean): Right[] =>
  PROGRAM_RIGHTS.filter((r) => (r === right ? on : rights.includes(r)));
