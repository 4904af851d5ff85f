/** What a shop sells and lets callers book, as it is typed: drafts and back. Pure. */
import type { SetupBooking } from '../api/types';

/** A draft keeps what was typed under every mode, so that choosing another one loses nothing. */
export interface Draft {
  mode: SetupBooking['mode'];
  tables: { name: string; seats: number; count: number; stay: number | null; least: number | null }[];
  windows: { from: string; to: string }[];
  /** `services` holds ids; it counts unless they do all. */
  staff: { name: string; off: string[]; all: boolean; services: string[] }[];
  /** Each has an id of its own, so that who does it goes on doing it under another name. */
  services: { id: string; name: string; minutes: number; won: number | null; ko: string; en: string }[];
  menu: { name: string; won: number }[];
  stay: number;
  step: number;
  ahead: number;
  days: number;
}

/** What is usual where nothing is said. */
const USUAL = { step: 30, stay: 90, ahead: 60, days: 60 };

let made = 0;
/** An id for a service that is typed here. */
export const newId = (): string => `service-${++made}`;

const cut = (time: string) => time.slice(0, 5);

export function draft(of: SetupBooking | null | undefined): Draft {
  const services = (of?.services ?? []).map((one) => ({ id: newId(), name: one.name, minutes: one.minutes, won: one.won ?? null, ko: one.note?.ko ?? '', en: one.note?.en ?? '' }));
  const ids = (names: string[] | undefined) => services.filter((one) => names?.includes(one.name)).map((one) => one.id);
  return {
    mode: of?.mode ?? 'none',
    tables: (of?.tables ?? []).map((one) => ({ name: one.name, seats: one.seats, count: one.count, stay: one.stay_minutes ?? null, least: one.min_party ?? null })),
    windows: (of?.windows ?? []).map((pair) => ({ from: cut(pair[0] ?? ''), to: cut(pair[1] ?? '') })),
    staff: (of?.staff ?? []).map((one) => ({ name: one.name, off: [...(one.off ?? [])], all: !one.services?.length, services: ids(one.services) })),
    services,
    menu: (of?.menu ?? []).map((one) => ({ ...one })),
    stay: of?.stay_minutes || USUAL.stay,
    step: of?.step_minutes || USUAL.step,
    ahead: of?.mode === 'none' ? USUAL.ahead : (of?.ahead_minutes ?? USUAL.ahead),
    days: of?.ahead_days || USUAL.days,
  };
}

/** A field for a number may hold nothing, or a fraction. */
const whole = (n: number | null | undefined) => Math.max(0, Math.round(Number(n) || 0));
const wholeOrNone = (n: number | null | undefined) => (n == null || Number.isNaN(Number(n)) ? null : whole(n));

const noteOf = (one: Draft['services'][number]) => (one.ko.trim() ? { ko: one.ko.trim(), ...(one.en.trim() ? { en: one.en.trim() } : {}) } : null);

/** The services that somebody does, by name; those that were taken away are nobody's. */
const doneBy = (d: Draft, one: Draft['staff'][number]) => d.services.filter((s) => one.services.includes(s.id)).map((s) => s.name);

/** Who is left with no service to do: an empty list would mean all of them. */
export const idle = (d: Draft): number[] => (d.mode === 'staff' ? d.staff.flatMap((one, n) => (!one.all && doneBy(d, one).length === 0 ? [n] : [])) : []);

/** What is sent: of the chosen mode only. */
export function written(d: Draft): SetupBooking {
  const tables = d.mode === 'tables';
  const staff = d.mode === 'staff';
  const booked = d.mode !== 'none';
  return {
    mode: d.mode,
    tables: tables ? d.tables.map((one) => ({ name: one.name, seats: whole(one.seats), count: whole(one.count), stay_minutes: wholeOrNone(one.stay), min_party: wholeOrNone(one.least) })) : [],
    windows: tables && d.windows.length ? d.windows.map((one) => [`${one.from}:00`, `${one.to}:00`]) : null,
    stay_minutes: tables ? whole(d.stay) : 0,
    staff: staff ? d.staff.map((one) => ({ name: one.name, off: one.off, services: one.all ? [] : doneBy(d, one) })) : [],
    services: d.services.map((one) => ({ name: one.name, minutes: whole(one.minutes), won: wholeOrNone(one.won), note: noteOf(one) })),
    menu: d.menu.map((one) => ({ name: one.name, won: whole(one.won) })),
    step_minutes: booked ? whole(d.step) : 0,
    ahead_minutes: booked ? whole(d.ahead) : 0,
    ahead_days: booked ? whole(d.days) : 0,
  };
}
