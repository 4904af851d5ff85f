import { expect, test } from 'vitest';
import type { LineTrunk, TimelineFault } from '../../src/api/types';
import { lanesOf, lengthOf, marksOf, stretchOf, toneOf } from '../../src/lib/lanes';
import { lookOf, percent, took } from '../../src/lib/measured';

const HOUR = 3_600_000;
const now = Date.parse('2026-11-25T06:00:00Z');
const iso = (ms: number) => new Date(ms).toISOString();
const trunk = (name: string, region: string) => ({ name, region }) as LineTrunk;

function fault(id: string, of: Partial<TimelineFault>): TimelineFault {
  return {
    id, own: false, source: 'doctor', cause: 'trunk_dead', subject: 'trunk', name: 'kt', region: '02', began: iso(now - 6 * HOUR), ended: iso(now - 3 * HOUR),
    confidence: 0.9, sentence: '', findings: [], ...of,
  };
}

test('each trunk has its lane, by its region, also if nothing was wrong with it', () => {
  const stretch = stretchOf('day', 0, now);
  expect([stretch.from, stretch.to]).toEqual([now - 24 * HOUR, now]);
  const faults = [
    fault('closed', { subject: 'shop', name: '', region: '', cause: 'closed_early', source: 'shop', ended: null, began: iso(now - HOUR) }),
    fault('kt', {}),
    fault('far', { region: '051', cause: 'other_party_media' }),
    fault('way', { subject: 'uplink', name: 'eth0', region: '' }),
  ];
  const lanes = lanesOf(faults, [trunk('kt', '02'), trunk('lg', '')], stretch, now);
  expect(lanes.map((l) => [l.subject, l.name, l.region, l.placed.map((p) => p.fault.id)])).toEqual([
    ['trunk', 'kt', '02', ['kt']],
    ['trunk', 'lg', '', []],
    ['trunk', 'kt', '051', ['far']],
    ['uplink', 'eth0', '', ['way']],
    ['shop', '', '', ['closed']],
  ]);
  expect(lanes[0]!.placed[0]).toMatchObject({ left: 0.75, width: 0.125, tone: 'danger' });
  // What goes on lasts until now.
  expect(lanes[4]!.placed[0]!.left + lanes[4]!.placed[0]!.width).toBeCloseTo(1);
});

test('what began before the stretch is cut at its edge, what lies beside it is not there', () => {
  const stretch = stretchOf('day', 0, now);
  const [cut] = lanesOf([fault('long', { began: iso(now - 48 * HOUR), ended: iso(now - 12 * HOUR) })], [], stretch, now);
  expect(cut!.placed[0]).toMatchObject({ left: 0, width: 0.5 });
  expect(lanesOf([fault('kt', {})], [], stretchOf('day', 1, now), now)).toEqual([]);
  expect(stretchOf('week', 1, now).to).toBe(now - 7 * 24 * HOUR);
  expect(marksOf(stretch).map((m) => m.at)).toEqual([stretch.from, now - 18 * HOUR, now - 12 * HOUR, now - 6 * HOUR]);
});

test('how grave, how long, how much', () => {
  expect(toneOf({ source: 'exercise', cause: 'trunk_dead' })).toBe('info');
  expect(toneOf({ source: 'doctor', cause: 'cannot_tell' })).toBe('warn');
  expect(toneOf({ source: 'shop', cause: 'payments_down' })).toBe('danger');
  expect(lengthOf(89 * 60_000 + 5_400)).toEqual({ hours: 1, minutes: 29, seconds: 5 });
  expect(lengthOf(-1)).toEqual({ hours: 0, minutes: 0, seconds: 0 });
  expect([percent(1, 3), percent(0, 0), took(null), took(0.44)]).toEqual(['33.3', '0.0', null, '0.4']);
  expect([lookOf('up'), lookOf('probing'), lookOf('down')]).toEqual(['good', 'warn', 'danger']);
});
