/** Days, times, sums and numbers as people read them. Instants are shown in the shop's own zone. */
import type { Language } from './look.svelte';

const LOCALES: Record<Language, string> = { ko: 'ko-KR', en: 'en-GB' };
const made = new Map<string, Intl.DateTimeFormat>();

function formatter(language: Language, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${zone} ${JSON.stringify(options)}`;
  let found = made.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(LOCALES[language], { timeZone: zone, ...options });
    made.set(key, found);
  }
  return found;
}

/** The parts of a day that the page shows in one line. */
export type DayStyle = 'short' | 'long' | 'weekday';
const DAYS: Record<DayStyle, Intl.DateTimeFormatOptions> = {
  short: { month: 'numeric', day: 'numeric', weekday: 'short' },
  long: { month: 'long', day: 'numeric', weekday: 'long' },
  weekday: { weekday: 'short' },
};

/** Writes days and times for one reader and one shop. */
export class Writer {
  constructor(
    readonly language: Language,
    readonly zone: string,
    /** How a sum is written, with `{n}` for the number. */
    readonly money = '₩{n}',
  ) {}

  /** "오후 7:30" of an instant. */
  time(at: string | number | Date): string {
    return formatter(this.language, this.zone, { hour: 'numeric', minute: '2-digit' }).format(new Date(at));
  }

  /** The day of an instant. */
  day(at: string | number | Date, style: DayStyle = 'short'): string {
    return formatter(this.language, this.zone, DAYS[style]).format(new Date(at));
  }

  /** A civil date, "2026-11-26", without any zone. */
  civilDay(date: string, style: DayStyle = 'short'): string {
    return formatter(this.language, 'UTC', DAYS[style]).format(new Date(`${date}T00:00:00Z`));
  }

  /** A civil time, "19:30:00" or "19:30". */
  civilTime(time: string): string {
    return formatter(this.language, 'UTC', { hour: 'numeric', minute: '2-digit' }).format(
      new Date(`1970-01-01T${time.length === 5 ? `${time}:00` : time}Z`),
    );
  }

  /** The civil date of an instant in the shop's zone, "2026-11-26". */
  dateOf(at: string | number | Date): string {
    return new Intl.DateTimeFormat('sv-SE', { timeZone: this.zone }).format(new Date(at));
  }

  /** A sum of won. */
  won(sum: number): string {
    return this.money.replace('{n}', this.count(sum));
  }

  /** A whole number with separators. */
  count(n: number): string {
    return new Intl.NumberFormat(LOCALES[this.language]).format(n);
  }
}

/** Adds days to a civil date. */
export function addDays(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** The Monday of a civil date's week. */
export function monday(date: string): string {
  const day = (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(date, -day);
}

/** Minutes since midnight of a civil time. */
export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** A civil time, "19:30:00", of minutes since midnight (0 to 1439). */
export function timeOf(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:00`;
}

/** A length as "3:07". */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** A Korean telephone number with its hyphens; anything else as it is. */
export function phone(number: string): string {
  const national = number.replace(/^\+82/, '0').replace(/[^0-9]/g, '');
  const area = /^(02|01[016789]|0[3-6][1-5]|070|080|050\d)(\d{3,4})(\d{4})$/.exec(national);
  if (area) return `${area[1]}-${area[2]}-${area[3]}`;
  const whole = /^(1[568]\d\d)(\d{4})$/.exec(national);
  return whole ? `${whole[1]}-${whole[2]}` : number;
}
