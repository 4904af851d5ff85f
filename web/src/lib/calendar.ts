/** Places bookings on a day's time axis: which stand side by side, and where a drag leads. Pure. */
import { minutesOf, timeOf } from './format';
import type { Booking, DayHours } from '../api/types';

export interface Placed {
  booking: Booking;
  /** Minutes since midnight. */
  from: number;
  to: number;
  /** Which of `lanes` columns it stands in. */
  lane: number;
  lanes: number;
}

/** Bookings that overlap stand side by side; each group of overlapping ones shares its width evenly. */
export function place(bookings: readonly Booking[]): Placed[] {
  const sorted = bookings
    .map((booking) => ({ booking, from: minutesOf(booking.time), to: minutesOf(booking.time) + booking.minutes, lane: 0, lanes: 1 }))
    .sort((a, b) => a.from - b.from || b.to - a.to || a.booking.id.localeCompare(b.booking.id));
  let group: Placed[] = [];
  let ends: number[] = [];
  const close = () => {
    for (const one of group) one.lanes = ends.length;
    group = [];
    ends = [];
  };
  for (const one of sorted) {
    if (group.length && one.from >= Math.max(...ends)) close();
    const free = ends.findIndex((end) => end <= one.from);
    one.lane = free >= 0 ? free : ends.length;
    ends[one.lane] = one.to;
    group.push(one);
  }
  close();
  return sorted;
}

/** The hours that the axis shows: the shop's own, and whatever is booked outside them. Whole hours, within the day and six hours of the next. */
export function axis(hours: readonly (DayHours | null | undefined)[], placed: readonly Placed[]): { from: number; to: number } {
  const opens = hours.flatMap((h) => (h ? [minutesOf(h.open)] : []));
  const closes = hours.flatMap((h) => (h ? [closing(h)] : []));
  const from = Math.min(...opens, ...placed.map((p) => p.from));
  const to = Math.max(...closes, ...placed.map((p) => p.to));
  if (!Number.isFinite(from) || !Number.isFinite(to)) return { from: 540, to: 1260 };
  return { from: Math.floor(from / 60) * 60, to: Math.min(Math.ceil(to / 60) * 60, 1800) };
}

/** When a day's hours end, in minutes since its midnight; past 1440 if it closes on the next day. */
export function closing(hours: DayHours): number {
  const close = minutesOf(hours.close);
  return close <= minutesOf(hours.open) ? close + 1440 : close;
}

/** The nearest start on the shop's grid, kept within the day. */
export function snap(minutes: number, step: number): number {
  const grid = Math.max(5, step);
  return Math.min(Math.max(0, Math.round(minutes / grid) * grid), 1440 - grid);
}

/** Where a booking would go: day and start. */
export interface Target {
  date: string;
  time: string;
}

/** The target of a drag by some minutes; `null` if it would stay where it is. */
export function target(booking: Booking, date: string, byMinutes: number, step: number): Target | null {
  const start = minutesOf(booking.time);
  const to = byMinutes === 0 ? start : snap(start + byMinutes, step);
  return to === start && date === booking.date ? null : { date, time: timeOf(to) };
}

/** The standing bookings that would overlap it there on the same table or with the same member of staff: told before the API is asked. */
export function clashes(booking: Booking, to: Target, all: readonly Booking[]): Booking[] {
  const from = minutesOf(to.time);
  const end = from + booking.minutes;
  return all.filter((other) => {
    if (other.id === booking.id || other.cancelled || other.date !== to.date || other.resource !== booking.resource) return false;
    const start = minutesOf(other.time);
    return start < end && from < start + other.minutes;
  });
}
