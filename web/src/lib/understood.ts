/** Reads what was understood of a turn (model::understanding::Understanding as JSON). It came over the wire: nothing in it is taken for granted. */

export interface Slot {
  slot: string;
  value: unknown;
}

export interface Understood {
  intents: string[];
  acts: string[];
  slots: Slot[];
  trace: string[];
  /** 0 to 1; `null` if it was not told. */
  confidence: number | null;
  emergency: boolean;
}

const words = (value: unknown): string[] => (Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : []);

function slotOf(value: unknown): Slot | null {
  const s = value as { slot?: unknown; value?: unknown; was?: unknown } | null;
  return s && typeof s === 'object' && typeof s.slot === 'string' && s.was !== true ? { slot: s.slot, value: s.value } : null;
}

export function understood(json: unknown): Understood {
  const u = (json && typeof json === 'object' ? json : {}) as Record<string, unknown>;
  return {
    intents: words(u.intents),
    acts: words(u.acts),
    slots: (Array.isArray(u.slots) ? u.slots : []).map(slotOf).filter((s) => s !== null),
    trace: words(u.trace),
    confidence: typeof u.confidence === 'number' ? u.confidence : null,
    emergency: u.emergency === true,
  };
}

/** A slot's value in one line. `day` and `time` write civil dates and times as the reader does. */
export function shownValue(slot: Slot, day: (date: string) => string, time: (time: string) => string): string {
  const v = slot.value;
  if (typeof v === 'string') {
    if (/^\d{4}-\d\d-\d\d$/.test(v)) return day(v);
    return /^\d\d:\d\d(:\d\d)?$/.test(v) ? time(v) : v;
  }
  if (typeof v === 'number') return String(v);
  if (v && typeof v === 'object') {
    const o = v as Record<string, unknown>;
    if (typeof o.at === 'string') return time(o.at);
    if (typeof o.name === 'string') return typeof o.quantity === 'number' ? `${o.name} × ${o.quantity}` : o.name;
  }
  return '';
}
