import { expect, test } from 'vitest';
import { mineOf, readerOf, withReader, type Mine } from '../../src/lib/notices';

const HOURS = { booking: '21:00', order: '21:00', message: '21:00', missed: '08:30', line: '21:00', digest: '21:00' };
const chosen: Mine = {
  push: true, email: ' owner@example.com ', phone: '', quiet: [{ from: '12:00', to: '13:30' }, { from: '22:00', to: '07:00' }],
  when: { booking: 'at_once', order: 'never', message: 'closing', missed: 'at', line: 'hourly', digest: 'at_once' }, at: HOURS,
};

test('what was chosen comes back as it was: an hour, each full hour, several quiet times', () => {
  const reader = readerOf('me', 'ko', chosen)!;
  expect(reader).toMatchObject({ id: 'me', by: ['push', 'email'], email: 'owner@example.com', quiet: [{ from: '12:00:00', to: '13:30:00' }, { from: '22:00:00', to: '07:00:00' }] });
  expect(reader.rule).toEqual([{ events: ['order'], when: 'never' }, { events: ['message'], when: 'closing' }, { events: ['missed'], when: '08:30' }, { events: ['line'], when: 'hourly' }]);
  expect(mineOf(reader)).toEqual({ ...chosen, email: 'owner@example.com' });
  // As the API tells an hour, with or without seconds.
  expect(mineOf({ ...reader, rule: [{ events: ['missed'], when: '08:30:00' }] })).toMatchObject({ when: { missed: 'at' }, at: { missed: '08:30' } });
});

test('who wants to be told by nothing is no reader', () => {
  expect(readerOf('me', 'ko', { ...chosen, push: false, email: '' })).toBeNull();
  expect(mineOf(undefined)).toMatchObject({ push: false, email: '', phone: '', quiet: [], when: { booking: 'at_once' } });
});

test('what the page does not show stays; a quiet time that is half filled in is none', () => {
  const finer = { events: ['check_in' as const], when: 'hourly' };
  const before = { ...readerOf('me', 'ko', chosen)!, by: ['push' as const, 'webhook' as const], webhook: 'pos' };
  before.rule = [...before.rule!, finer];
  const shown = mineOf({ ...before, quiet: [{ from: '12:00:00', to: '13:30:00', days: ['mon'] }] });
  const after = readerOf('me', 'ko', { ...shown, email: 'owner@example.com', quiet: [...shown.quiet, { from: '22:00', to: '' }], when: { ...chosen.when, order: 'at_once' } }, before)!;
  expect(after.by).toEqual(['push', 'email', 'webhook']);
  expect(after.webhook).toBe('pos');
  expect(after.rule!.at(-1)).toEqual(finer);
  expect(after.rule!.some((r) => r.events[0] === 'order')).toBe(false);
  expect(after.quiet).toEqual([{ from: '12:00:00', to: '13:30:00', days: ['mon'] }]);
});

test('one reader changes and the others stay', () => {
  const other = readerOf('other', 'ko', chosen)!;
  const mine = readerOf('me', 'ko', chosen)!;
  const choices = { notices: { reader: [other, mine] }, digest: { on: true, at: '21:00:00' } };
  expect(withReader(choices, 'me', null).notices!.reader).toEqual([other]);
  expect(withReader(choices, 'new', { ...mine, id: 'new' }).notices!.reader).toHaveLength(3);
  expect(choices.notices.reader).toHaveLength(2);
});
