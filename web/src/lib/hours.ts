/** When a shop is open on a day, by its profile: special days, weekly hours, the nth weekdays that are closed, holidays with their own. */
import { DAYS, type Day, type DayHours, type HolidayOn, type Hours } from '../api/types';

/** The day of the week of a civil date. */
export function dayOf(date: string): Day {
  return DAYS[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7]!;
}

/** The hours of a day; `null` if the shop is closed. The API tells a holiday's hours itself. */
export function openOn(hours: Hours, holidays: readonly HolidayOn[], date: string): DayHours | null {
  const special = hours.special?.find((s) => s.date <= date && date <= (s.until ?? s.date));
  if (special) return special.hours ?? null;
  const day = dayOf(date);
  const holiday = holidays.find((h) => h.date === date);
  if (holiday) return holiday.hours ?? null;
  const nth = Math.ceil(Number(date.slice(8)) / 7);
  if (hours.closed_nth?.some((n) => n.day === day && n.nth === nth)) return null;
  return hours.week[day] ?? null;
}

/** The public holidays by the codes of the profile (model::holiday). */
export const HOLIDAYS = [
  'new_year', 'seollal', 'march1', 'labour', 'children', 'buddha', 'memorial', 'constitution', 'liberation', 'chuseok', 'foundation', 'hangul', 'christmas',
] as const;
