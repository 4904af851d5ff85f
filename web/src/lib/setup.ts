/** The steps of setting a shop up: which one is open, and what can be asked. Pure. */
import type { Setup, SetupStep, ShopKind } from '../api/types';

export const STEPS = ['business', 'hours', 'booking', 'facts', 'rehearsal', 'call'] as const satisfies readonly SetupStep[];
export const KINDS = ['restaurant', 'hair', 'clinic', 'orders', 'other'] as const satisfies readonly ShopKind[];

/** Whether a step can be opened: without the first two there is no shop. */
export function isOpen(step: SetupStep, setup: Setup): boolean {
  if (step === 'business') return true;
  if (step === 'hours') return setup.made || setup.done.includes('business');
  return setup.made;
}

/** The step that is shown: the one asked for if it can be opened, else the first that is not done. */
export function stepOf(asked: string | null, setup: Setup): SetupStep {
  const wanted = STEPS.find((s) => s === asked);
  if (wanted && isOpen(wanted, setup)) return wanted;
  return STEPS.find((s) => !setup.done.includes(s) && isOpen(s, setup)) ?? 'business';
}

/** Whether somebody has begun and not come to the end. */
export const isUnfinished = (setup: Setup): boolean => setup.done.length > 0 && !setup.done.includes('call');

const ASKED: Record<ShopKind, readonly string[]> = {
  restaurant: ['parking', 'location', 'payment', 'pickup', 'delivery', 'pets', 'wifi'],
  hair: ['parking', 'location', 'payment', 'cancellation', 'wifi'],
  clinic: ['parking', 'location', 'screening', 'cancellation', 'payment'],
  orders: ['delivery', 'wait', 'payment', 'location', 'parking'],
  other: ['location', 'parking', 'payment', 'programs', 'volunteer'],
};

/** What callers of such a shop ask most. */
export const askedAt = (kind: ShopKind | null | undefined): readonly string[] => ASKED[kind ?? 'other'];
