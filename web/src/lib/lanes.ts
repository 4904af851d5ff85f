/** What was out of order, in lanes over time: one for each trunk with its region, each way out, and what else had a fault. */
import type { LineSubject, LineTrunk, TimelineFault } from '../api/types';

/** How long a stretch is shown at once, in hours. */
export const RANGES = { day: 24, week: 7 * 24, month: 31 * 24 } as const;
export type Range = keyof typeof RANGES;

export interface Stretch { from: number; to: number }

/** The stretch that ends `back` stretches before `now`, milliseconds since 1970. */
export function stretchOf(range: Range, back: number, now: number): Stretch {
  const length = RANGES[range] * 3_600_000;
  const to = now - back * length;
  return { from: to - length, to };
}

/** How grave a fault is to look at. */
export type Tone = 'danger' | 'warn' | 'info';

/** What hardly anybody notices, or of which nobody knows what it is. */
const SLIGHT = new Set(['path_changed', 'random_loss', 'other_party_media', 'cannot_tell']);

export function toneOf(fault: Pick<TimelineFault, 'source' | 'cause'>): Tone {
  if (fault.source === 'exercise') return 'info';
  return SLIGHT.has(fault.cause) ? 'warn' : 'danger';
}

/** A fault in its lane: where it begins and how long it is, as parts of the stretch. */
export interface Placed { fault: TimelineFault; left: number; width: number; tone: Tone }

export interface Lane { key: string; subject: LineSubject; name: string; region: string; placed: Placed[] }

const ORDER: readonly LineSubject[] = ['trunk', 'uplink', 'names', 'host', 'shop'];

const keyOf = (of: { subject: LineSubject; name: string; region: string }): string => `${of.subject}/${of.name}/${of.region}`;

/** All lanes: trunks first, as configured, also those without a fault. What goes on lasts until `now`. */
export function lanesOf(faults: readonly TimelineFault[], trunks: readonly LineTrunk[], stretch: Stretch, now: number): Lane[] {
  const lanes = new Map<string, Lane>();
  const lane = (of: { subject: LineSubject; name: string; region: string }): Lane => {
    const key = keyOf(of);
    const found = lanes.get(key) ?? { key, subject: of.subject, name: of.name, region: of.region, placed: [] };
    lanes.set(key, found);
    return found;
  };
  for (const trunk of trunks) lane({ subject: 'trunk', name: trunk.name, region: trunk.region });
  for (const fault of faults) {
    const placed = place(fault, stretch, now);
    if (placed) lane({ subject: fault.subject, name: fault.subject === 'shop' ? '' : fault.name, region: fault.region }).placed.push(placed);
  }
  // Sorting is stable: within a kind the order of the configuration stays.
  return [...lanes.values()].sort((a, b) => ORDER.indexOf(a.subject) - ORDER.indexOf(b.subject));
}

function place(fault: TimelineFault, { from, to }: Stretch, now: number): Placed | null {
  const began = Math.max(Date.parse(fault.began), from);
  const ended = Math.min(fault.ended ? Date.parse(fault.ended) : now, to);
  if (ended < began) return null;
  const length = to - from;
  return { fault, left: (began - from) / length, width: (ended - began) / length, tone: toneOf(fault) };
}

/** Where the stretch is marked: four even steps from its beginning. */
export const marksOf = ({ from, to }: Stretch): { at: number; left: number }[] =>
  [0, 0.25, 0.5, 0.75].map((left) => ({ at: from + left * (to - from), left }));

/** A length as hours and minutes, minutes, or seconds. */
export function lengthOf(ms: number): { hours: number; minutes: number; seconds: number } {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return { hours: Math.floor(seconds / 3600), minutes: Math.floor((seconds % 3600) / 60), seconds: seconds % 60 };
}
