import { expect, test } from 'vitest';
import { endOf, KINDS, pays } from '../../src/lib/outage';
import { stands } from '../../src/lib/outages.svelte';
import ko from '../../src/wording/ko.json';

test('an outage ends when it was said to, or not by itself', () => {
  const now = Date.parse('2026-11-24T03:00:00Z');
  expect(endOf('open', now)).toBeNull();
  expect(endOf('three', now)).toBe('2026-11-24T06:00:00.000Z');
  expect(stands({ ended: null, ends: null }, now)).toBe(true);
  expect(stands({ ended: null, ends: endOf('hour', now) }, now + 3_599_000)).toBe(true);
  expect(stands({ ended: null, ends: endOf('hour', now) }, now + 3_600_000)).toBe(false);
  expect(stands({ ended: '2026-11-24T02:00:00Z', ends: null }, now)).toBe(false);
});

test('an account is asked for only where it helps, and each kind has words', () => {
  expect(KINDS.filter(pays)).toEqual(['payments_down', 'internet_down']);
  for (const kind of KINDS) for (const family of ['cause', 'line.told']) expect(Object.keys(ko)).toContain(`${family}.${kind}`);
});
