import { expect, test } from 'vitest';
import { openOn } from '../../src/lib/hours';
import { changed, draftOf, lastOf, specialOf, toCome } from '../../src/lib/special';
import type { SpecialDay } from '../../src/api/types';

const off: SpecialDay = { date: '2026-11-26', until: '2026-11-28', hours: null, reason: { ko: '내부 수리', en: 'repairs' } };
const early: SpecialDay = { date: '2026-11-30', until: null, hours: { open: '11:00:00', close: '15:00:00', last_order: '14:00:00' }, reason: null };

const split: SpecialDay = { date: '2026-12-01', until: null, hours: { open: '11:00:00', close: '21:00:00', break: ['15:00:00', '17:00:00'] }, reason: null };

test('what the form shows is what it means', () => {
  for (const day of [off, early, split]) expect(specialOf(draftOf(day, '2026-11-24'))).toEqual(day);
  const fresh = draftOf(null, '2026-11-24');
  expect(fresh).toMatchObject({ date: '2026-11-24', way: 'closed', until: '' });
  expect(specialOf(fresh)).toEqual({ date: '2026-11-24', until: null, hours: null, reason: null });
  // Half a break is none.
  expect(specialOf({ ...draftOf(split, '2026-11-24'), breakTo: '' }).hours).toEqual({ open: '11:00:00', close: '21:00:00' });
  // One day is no span, and a reason of blanks is none.
  expect(specialOf({ ...fresh, until: '2026-11-24', ko: ' ', en: 'x' })).toMatchObject({ until: null, reason: null });
  expect(lastOf('2026-12-24')).toBe('2027-03-25');
});

test('a day is added, changed and taken away; what is over is forgotten', () => {
  expect(toCome([early, off], '2026-11-28').map((d) => d.date)).toEqual(['2026-11-26', '2026-11-30']);
  expect(toCome([off], '2026-11-29')).toEqual([]);
  expect(changed([early], '2026-11-24', null, off)).toEqual([off, early]);
  expect(changed([off, early], '2026-11-24', off, { ...off, until: null })).toEqual([{ ...off, until: null }, early]);
  expect(changed([off, early], '2026-11-24', early, null)).toEqual([off]);
  expect(changed([off], '2026-11-30', null, early)).toEqual([early]);
  expect(changed([off], '2026-11-29', null, early)).toEqual([off, early]);
});

test('a special day wins over the week and over holidays', () => {
  const hours = { week: { thu: { open: '11:00:00', close: '22:00:00' } }, special: [off, early] };
  expect(openOn(hours, [], '2026-11-26')).toBeNull();
  expect(openOn(hours, [], '2026-12-03')?.close).toBe('22:00:00');
  expect(openOn(hours, [{ date: '2026-11-30', holiday: 'chuseok', substitute: false, hours: null }], '2026-11-30')?.close).toBe('15:00:00');
});
