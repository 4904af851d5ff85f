/** How those who are asked by the line doctor did, as parts and times that people read. */
import type { TrunkState } from '../api/types';

/** A part in per cent with one decimal, "0.0" if nothing was asked. */
export const percent = (part: number, of: number): string => (of > 0 ? (part * 100) / of : 0).toFixed(1);

/** A round trip in milliseconds with one decimal. */
export const took = (ms: number | null | undefined): string | null => (ms == null ? null : ms.toFixed(1));

/** How a state looks. */
export function lookOf(state: TrunkState): 'good' | 'warn' | 'danger' {
  if (state === 'up') return 'good';
  return state === 'down' ? 'danger' : 'warn';
}
