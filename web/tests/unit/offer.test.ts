import { expect, test } from 'vitest';
import { draft, idle, written } from '../../src/lib/offer';
import type { SetupBooking } from '../../src/api/types';

const TABLES: SetupBooking = {
  mode: 'tables',
  tables: [
    { name: '4인석', seats: 4, count: 6, stay_minutes: null, min_party: null },
    { name: '룸', seats: 12, count: 1, stay_minutes: 180, min_party: 7 },
  ],
  windows: [['11:00:00', '13:30:00'], ['17:00:00', '20:30:00']],
  stay_minutes: 120,
  staff: [],
  services: [],
  menu: [{ name: '김치찌개', won: 9000 }],
  step_minutes: 30,
  ahead_minutes: 60,
  ahead_days: 60,
};
const STAFF: SetupBooking = {
  ...TABLES,
  mode: 'staff',
  tables: [],
  windows: null,
  stay_minutes: 0,
  staff: [
    { name: '지은', off: ['wed'], services: ['커트'] },
    { name: '민호', off: [], services: [] },
  ],
  services: [
    { name: '커트', minutes: 40, won: 20000, note: null },
    { name: '펌', minutes: 150, won: null, note: { ko: '머리를 감고 오세요.', en: 'Please wash your hair before.' } },
  ],
  ahead_minutes: 0,
};

test('what is saved as it was stays as it was', () => {
  for (const one of [TABLES, STAFF]) expect(written(draft(one))).toEqual(one);
});

test('another mode sends only what is its own, and choosing back loses nothing', () => {
  const it = draft(TABLES);
  it.mode = 'none';
  expect(written(it)).toMatchObject({ mode: 'none', tables: [], windows: null, stay_minutes: 0, step_minutes: 0, ahead_days: 0, menu: TABLES.menu });
  it.mode = 'tables';
  expect(written(it)).toEqual(TABLES);
});

test('a service keeps who does it under another name, and one that is gone leaves nobody with all of them', () => {
  const it = draft(STAFF);
  it.services[0]!.name = '컷';
  expect(written(it).staff?.[0]).toMatchObject({ name: '지은', services: ['컷'] });
  expect(idle(it)).toEqual([]);
  it.services.shift();
  expect(idle(it)).toEqual([0]);
  it.mode = 'none';
  expect(idle(it)).toEqual([]);
});

test('fields that were emptied are no numbers', () => {
  const it = draft(TABLES);
  Object.assign(it.tables[1]!, { stay: null, least: undefined, seats: '' as unknown as number });
  expect(written(it).tables?.[1]).toEqual({ name: '룸', seats: 0, count: 1, stay_minutes: null, min_party: null });
});

test('a new shop begins with what is usual', () => {
  expect(written({ ...draft(null), mode: 'tables' })).toMatchObject({ stay_minutes: 90, step_minutes: 30, ahead_minutes: 60, ahead_days: 60, windows: null });
});
