import { expect, test } from 'vitest';
import { mineOf, readerOf, withReader } from '../../src/lib/notices';

const chosen = { push: true, email: ' owner@example.com ', phone: '', quietFrom: '12:00', quietTo: '13:30', when: { booking: 'at_once', order: 'never', message: 'closing', missed: 'at_once', digest: 'at_once' } } as const;

test('what was chosen comes back as it was', () => {
  const reader = readerOf('me', 'ko', chosen)!;
  expect(reader).toMatchObject({ id: 'me', by: ['push', 'email'], email: 'owner@example.com', quiet: [{ from: '12:00:00', to: '13:30:00' }] });
  expect(reader.rule).toEqual([{ events: ['order'], when: 'never' }, { events: ['message'], when: 'closing' }]);
  expect(mineOf(reader)).toEqual({ ...chosen, email: 'owner@example.com' });
});

test('who wants to be told by nothing is no reader', () => {
  expect(readerOf('me', 'ko', { ...chosen, push: false, email: '' })).toBeNull();
  expect(mineOf(undefined)).toMatchObject({ push: false, email: '', phone: '', when: { booking: 'at_once' } });
});

test('what the page does not show stays', () => {
  const finer = { events: ['check_in' as const], when: 'hourly' };
  const before = { ...readerOf('me', 'ko', chosen)!, by: ['push' as const, 'webhook' as const], webhook: 'pos' };
  before.rule = [...before.rule!, finer];
  before.quiet = [...before.quiet!, { from: '22:00:00', to: '07:00:00' }];
  const after = readerOf('me', 'ko', { ...chosen, when: { ...chosen.when, order: 'at_once' } }, before)!;
  expect(after.by).toEqual(['push', 'email', 'webhook']);
  expect(after.webhook).toBe('pos');
  expect(after.rule).toEqual([{ events: ['message'], when: 'closing' }, finer]);
  expect(after.quiet).toHaveLength(2);
});

test('one reader changes and the others stay', () => {
  const other = readerOf('other', 'ko', chosen)!;
  const mine = readerOf('me', 'ko', chosen)!;
  const choices = { notices: { reader: [other, mine] }, digest: { on: true, at: '21:00:00' } };
  expect(withReader(choices, 'me', null).notices!.reader).toEqual([other]);
  expect(withReader(choices, 'new', { ...mine, id: 'new' }).notices!.reader).toHaveLength(3);
  expect(choices.notices.reader).toHaveLength(2);
});
