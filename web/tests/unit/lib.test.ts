import { expect, test } from 'vitest';
import { inConsole } from '../../src/lib/address';
import { axis, clashes, place, snap, target } from '../../src/lib/calendar';
import { fill } from '../../src/lib/fill';
import { addDays, clock, monday, phone, Writer } from '../../src/lib/format';
import { openOn } from '../../src/lib/hours';
import { partsOf } from '../../src/lib/latency';
import { median } from '../../src/lib/median';
import { particle } from '../../src/lib/particle';
import { topicOf } from '../../src/lib/topics';
import { shownValue, understood } from '../../src/lib/understood';
import { lane, peaksOf } from '../../src/lib/wav';
import type { Booking } from '../../src/api/types';

test.each([
  ['행복식당', '을', '을'], ['커피', '을', '를'], ['서울', '으로', '로'], ['부산', '으로', '으로'], ['가게', '으로', '로'],
  ['오후 7:30', '으로', '으로'], ['12월 1', '으로', '로'], ['5', '이', '가'], ['Bob', '은', '은(는)'], ['Bob', '으로', '(으)로'], ['', '을', '을(를)'],
])('particle after %s: %s', (word, kind, right) => expect(particle(word, kind)).toBe(right));

test.each([
  ['/bookings/b-1?shop=s1', '/bookings?shop=s1&booking=b-1'], ['/orders/o1', '/orders'], ['/messages/m1/', '/messages'],
  ['/line?shop=s1', '/line?shop=s1'], ['/calls/c1?shop=s1#turn-3', '/calls/c1?shop=s1#turn-3'], ['/bookings?week=1', '/bookings?week=1'],
])('a record at %s', (from, to) => expect(inConsole(from)).toBe(to));

test('texts are filled in', () => {
  expect(fill('{name:을} 옮겼습니다', { name: '예약' })).toBe('예약을 옮겼습니다');
  expect(fill('{n|one call|{n} calls}', { n: 1 })).toBe('one call');
  expect(fill('{n|one call|{n} calls}', { n: 3 })).toBe('3 calls');
  expect(fill('{gone} stays', {})).toBe('{gone} stays');
});

test.each([
  ['01023456789', '010-2345-6789'], ['027001001', '02-700-1001'], ['0427001002', '042-700-1002'], ['+821023456789', '010-2345-6789'],
  ['15881234', '1588-1234'], ['119', '119'], ['+14155550100', '+14155550100'],
])('number %s', (from, to) => expect(phone(from)).toBe(to));

test('days and clocks', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  expect(monday('2026-11-29')).toBe('2026-11-23');
  expect(monday('2026-11-23')).toBe('2026-11-23');
  expect(clock(187)).toBe('3:07');
  const ko = new Writer('ko', 'Asia/Seoul', '{n}원');
  expect(ko.dateOf('2026-11-25T15:30:00Z')).toBe('2026-11-26');
  // Which word stands before it depends on the tables that Node was built with.
  expect(ko.civilTime('19:30:00')).toMatch(/7:30$/);
  expect(ko.won(12000)).toBe('12,000원');
});

const booking = (id: string, time: string, minutes: number, resource = 'a'): Booking => ({
  id, date: '2026-11-26', time, minutes, party_size: 2, name: id, phone: '01000000000', resource, services: [], requests: [], cancelled: false, made: '2026-11-25T00:00:00Z', etag: '"1"',
});

test('overlapping bookings stand side by side, others have the whole width', () => {
  const placed = place([booking('c', '19:00:00', 60), booking('a', '17:00:00', 120), booking('b', '18:00:00', 60), booking('d', '19:00:00', 30)]);
  const of = (id: string) => placed.find((p) => p.booking.id === id)!;
  expect([of('a').lane, of('b').lane, of('a').lanes]).toEqual([0, 1, 2]);
  expect([of('c').lanes, of('d').lanes]).toEqual([2, 2]);
  for (const one of placed) for (const other of placed) {
    if (one !== other && one.from < other.to && other.from < one.to) expect(one.lane).not.toBe(other.lane);
  }
});

test('the axis covers hours and bookings, past midnight too', () => {
  expect(axis([{ open: '15:00:00', close: '01:00:00' }], [])).toEqual({ from: 900, to: 1500 });
  expect(axis([null], place([booking('a', '08:30:00', 30)]))).toEqual({ from: 480, to: 540 });
  expect(axis([null], [])).toEqual({ from: 540, to: 1260 });
});

test('a drag snaps to the step and stays within the day', () => {
  const one = booking('a', '19:00:00', 60);
  expect(target(one, one.date, 40, 30)).toEqual({ date: one.date, time: '19:30:00' });
  expect(target(one, one.date, 10, 30)).toBeNull();
  expect(target(one, '2026-11-27', 0, 30)).toEqual({ date: '2026-11-27', time: '19:00:00' });
  expect(snap(5000, 30)).toBe(1410);
  expect(snap(-10, 30)).toBe(0);
});

test('a clash is told of the same table only', () => {
  const all = [booking('a', '17:00:00', 60), booking('b', '19:00:00', 60), booking('c', '19:00:00', 60, 'other')];
  expect(clashes(all[0]!, { date: '2026-11-26', time: '18:30:00' }, all).map((b) => b.id)).toEqual(['b']);
  expect(clashes(all[0]!, { date: '2026-11-26', time: '18:00:00' }, all)).toEqual([]);
});

test('a closed nth weekday and a holiday', () => {
  const hours = { week: { tue: { open: '15:00:00', close: '01:00:00' } }, closed_nth: [{ nth: 2, day: 'tue' }] };
  expect(openOn(hours, [], '2026-11-10')).toBeNull();
  expect(openOn(hours, [], '2026-11-17')?.open).toBe('15:00:00');
  expect(openOn(hours, [{ date: '2026-11-17', holiday: 'chuseok', substitute: false, hours: null }], '2026-11-17')).toBeNull();
});

test('what was understood is read with care', () => {
  const u = understood({ intents: ['book', 3], slots: [{ slot: 'time', value: { at: '19:30:00', sure: true } }, { slot: 'date', value: '2026-11-27', was: true }, 4], trace: ['why'], confidence: 0.9 });
  expect(u).toEqual({ intents: ['book'], acts: [], slots: [{ slot: 'time', value: { at: '19:30:00', sure: true } }], trace: ['why'], confidence: 0.9, emergency: false });
  expect(shownValue(u.slots[0]!, String, (t) => `at ${t}`)).toBe('at 19:30:00');
  expect(shownValue({ slot: 'menu_item', value: { name: '불고기', quantity: 2 } }, String, String)).toBe('불고기 × 2');
  for (const odd of [null, 3, 'x', [], { slots: 'x' }]) expect(understood(odd).slots).toEqual([]);
});

test('latency, median, topics', () => {
  expect(partsOf({ stt_ms: 12, nlu_ms: null, decision_ms: 3 })).toEqual([{ name: 'stt', ms: 12 }, { name: 'decision', ms: 3 }]);
  expect([median([]), median([3, 1, 2]), median([4, 1])]).toEqual([null, 2, 2.5]);
  expect([topicOf('강아지 데려가도 돼요?'), topicOf('오늘 날씨 좋네요')]).toEqual(['pets', null]);
});

function wav(samples: [number, number][], claims = samples.length * 4): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 4));
  const put = (at: number, text: string) => [...text].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  put(0, 'RIFF'); put(8, 'WAVE'); put(12, 'fmt '); put(36, 'data');
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 2, true); view.setUint32(24, 8000, true);
  view.setUint16(34, 16, true); view.setUint32(40, claims, true);
  samples.forEach(([l, r], i) => { view.setInt16(44 + 4 * i, l, true); view.setInt16(46 + 4 * i, r, true); });
  return view.buffer;
}

test('peaks of both channels; a header that lies is not believed', () => {
  const loud: [number, number][] = [[16384, 0], [0, 0], [0, -32768], [0, 0]];
  const peaks = peaksOf(wav(loud, 0xffffffff), 2)!;
  expect([...peaks.channels[0]!]).toEqual([0.5, 0]);
  expect([...peaks.channels[1]!]).toEqual([0, 1]);
  expect(peaks.seconds).toBe(4 / 8000);
  expect(lane(peaks.channels[0]!)).toMatch(/^M0.5 /);
  expect(peaksOf(new ArrayBuffer(10), 2)).toBeNull();
  expect(peaksOf(new Uint8Array(100).buffer, 2)).toBeNull();
});
