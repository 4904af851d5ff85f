/** Days that are closed or have other hours for once, as the form asks for them. Pure. */
import { addDays } from './format';
import type { DayHours, SpecialDay } from '../api/types';

/** The longest reason, and the most days of one entry (crates/model, shop/special.rs). */
export const LONGEST_REASON = 40;
const MOST_DAYS = 92;

export interface SpecialDraft {
  date: string;
  until: string;
  way: 'closed' | 'open';
  from: string;
  to: string;
  breakFrom: string;
  breakTo: string;
  last: string;
  ko: string;
  en: string;
}

const cut = (time: string | null | undefined, otherwise = '') => time?.slice(0, 5) ?? otherwise;

/** The form of a day that stands, or an empty one for `today`. */
export function draftOf(day: SpecialDay | null, today: string): SpecialDraft {
  return {
    date: day?.date ?? today,
    until: day?.until ?? '',
    way: day?.hours ? 'open' : 'closed',
    from: cut(day?.hours?.open, '11:00'),
    to: cut(day?.hours?.close, '15:00'),
    breakFrom: cut(day?.hours?.break?.[0]),
    breakTo: cut(day?.hours?.break?.[1]),
    last: cut(day?.hours?.last_order),
    ko: day?.reason?.ko ?? '',
    en: day?.reason?.en ?? '',
  };
}

const full = (time: string) => `${time}:00`;

function hoursOf(draft: SpecialDraft): DayHours {
  return {
    open: full(draft.from),
    close: full(draft.to),
    ...(draft.breakFrom && draft.breakTo ? { break: [full(draft.breakFrom), full(draft.breakTo)] } : {}),
    ...(draft.last ? { last_order: full(draft.last) } : {}),
  };
}

/** What the form means. */
export function specialOf(draft: SpecialDraft): SpecialDay {
  const [ko, en] = [draft.ko.trim(), draft.en.trim()];
  return {
    date: draft.date,
    until: draft.until && draft.until !== draft.date ? draft.until : null,
    hours: draft.way === 'open' ? hoursOf(draft) : null,
    reason: ko ? { ko, ...(en ? { en } : {}) } : null,
  };
}

/** The last day that one entry may have. */
export const lastOf = (date: string): string => addDays(date, MOST_DAYS - 1);

/** Those that are not over, the next one first. */
export function toCome(days: readonly SpecialDay[], today: string): SpecialDay[] {
  return days.filter((d) => (d.until ?? d.date) >= today).sort((a, b) => a.date.localeCompare(b.date));
}

/** The days with one of them changed, added (`old` is null) or taken away (`day` is null). Those that are over are not kept. */
export function changed(days: readonly SpecialDay[], today: string, old: SpecialDay | null, day: SpecialDay | null): SpecialDay[] {
  const others = days.filter((d) => d !== old);
  // What began last night may still go on.
  return toCome(day ? [...others, day] : others, addDays(today, -1));
}
