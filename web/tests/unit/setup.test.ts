import { expect, test } from 'vitest';
import ko from '../../src/wording/ko.json';
import { askedAt, isOpen, isUnfinished, KINDS, stepOf, STEPS } from '../../src/lib/setup';
import type { Setup } from '../../src/api/types';

const setup = (made: boolean, ...done: Setup['done']): Setup => ({ made, editable: true, kind: null, name: null, address: null, numbers: [], hours: null, booking: null, done });

test('the first step that is not done is open, and none beyond what there is', () => {
  expect(stepOf(null, setup(false))).toBe('business');
  expect(stepOf('call', setup(false))).toBe('business');
  expect(stepOf(null, setup(false, 'business'))).toBe('hours');
  expect(stepOf('booking', setup(false, 'business'))).toBe('hours');
  expect(stepOf(null, setup(true, 'business', 'hours', 'booking'))).toBe('facts');
  expect(stepOf('hours', setup(true, 'business', 'hours', 'booking'))).toBe('hours');
  expect(stepOf(null, setup(true, ...STEPS))).toBe('business');
  // A shop that was written by hand.
  expect(STEPS.filter((step) => isOpen(step, setup(true)))).toEqual([...STEPS]);
});

test('only what was begun is to be finished', () => {
  expect([setup(true), setup(true, 'business'), setup(true, ...STEPS)].map(isUnfinished)).toEqual([false, true, false]);
});

test('every question has its words and an example', () => {
  const words = ko as Record<string, string>;
  for (const kind of KINDS) for (const topic of askedAt(kind)) expect([topic, !!words[`asks.${topic}`], !!words[`answers.${topic}`], !!words[`topic.${topic}`]]).toEqual([topic, true, true, true]);
});
