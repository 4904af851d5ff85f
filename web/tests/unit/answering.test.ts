import { expect, test } from 'vitest';
import { refuses, rings, ruleOf, timesOf } from '../../src/lib/answering';
import { DAYS, type Answering } from '../../src/api/types';

const usual: Answering = { open: 'at_once', closed: 'at_once', times: [], ring_seconds: 20, refusal: 'unavailable' };

test('what the form asks for depends on what is done at any hour', () => {
  expect([rings(usual), refuses(usual)]).toEqual([false, false]);
  expect(rings({ ...usual, closed: 'after_ringing' })).toBe(true);
  expect(refuses({ ...usual, open: 'never' })).toBe(true);
  const sunday = { days: ['sun'], from: '00:00:00', to: '00:00:00', answer: 'never' } as const;
  expect(refuses({ ...usual, times: [{ ...sunday, days: [...sunday.days] }] })).toBe(true);
});

test('a rule is what its form shows, and every day is none chosen', () => {
  const rule = { days: ['mon', 'sun'], from: '22:00:00', to: '06:00:00', answer: 'after_ringing' } as const;
  const shown = ruleOf({ ...rule, days: [...rule.days] });
  expect(shown).toEqual({ days: ['mon', 'sun'], from: '22:00', to: '06:00', answer: 'after_ringing' });
  expect(timesOf(shown)).toEqual(rule);
  expect(timesOf({ ...shown, days: [...DAYS] }).days).toEqual([]);
});
