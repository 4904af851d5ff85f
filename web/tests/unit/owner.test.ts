import { expect, test } from 'vitest';
import { chosen, pretty } from '../../src/lib/webhooks';
import { changesOf, differs, draftOf, faultsOf, flowsOf, found, heard, inOrder, readable } from '../../src/lib/words';
import { Problem } from '../../src/api/problem';
import type { Sentence } from '../../src/api/types';

test('what a program is told of: everything, until something is left out', () => {
  const less = chosen(['all'], 'digest', false);
  expect(less).not.toContain('all');
  expect(less).not.toContain('digest');
  expect(chosen(less, 'digest', true)).toEqual(['all']);
  expect(chosen(['booking'], 'booking', false)).toEqual([]);
  // What another client chose more finely is replaced by what the page shows.
  expect(chosen(['booking_made'], 'order', true)).toEqual(['order']);
});

test('a body is shown indented, or as it is', () => {
  expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(pretty('no json')).toBe('no json');
});

const sentence = (over: Partial<Sentence> = {}): Sentence => ({ flow: 'call', key: 'busy', ko: ['잠시만요.'], en: ['One moment.'], places: [], needed: [], own: null, ...over });

test('a sentence is heard as drafted, as the shop says it, or as usual', () => {
  const own = sentence({ own: { ko: '잠깐만요.' } });
  expect(heard(own, undefined, 'ko')).toEqual(['잠깐만요.']);
  expect(heard(own, undefined, 'en')).toEqual(['One moment.']);
  expect(heard(own, { ko: '네.', en: 'Yes.' }, 'en')).toEqual(['Yes.']);
  expect(heard(own, null, 'ko')).toEqual(['잠시만요.']);
  expect(heard(sentence({ en: [] }), undefined, 'en')).toEqual(['잠시만요.']);
});

test('a draft that says the usual is none', () => {
  expect(draftOf(sentence(), ' 잠시만요. ', '')).toBeNull();
  expect(draftOf(sentence(), '네.', ' ')).toEqual({ ko: '네.' });
  expect(draftOf(sentence({ ko: ['가', '나'] }), '가', '')).toEqual({ ko: '가' });
  expect(differs(sentence(), null)).toBe(false);
  expect(differs(sentence({ own: { ko: '네.' } }), null)).toBe(true);
  expect(differs(sentence({ own: { ko: '네.' } }), { ko: '네.' })).toBe(false);
});

test('changes, faults and what is sought name their sentence', () => {
  expect(changesOf({ 'change_order.ask_phone': null, 'call.busy': { ko: '네.' } })).toEqual([
    { flow: 'change_order', key: 'ask_phone', text: null },
    { flow: 'call', key: 'busy', text: { ko: '네.' } },
  ]);
  const problem = new Problem('invalid', 422, [{ field: 'wording.call.busy.ko', code: 'form' }, { field: 'wording.call.bye.ko', code: 'form' }]);
  expect(faultsOf(problem, 'call.busy')).toHaveLength(1);
  expect(faultsOf(undefined, 'call.busy')).toEqual([]);
  const all = [sentence(), sentence({ flow: 'zoo', key: 'a', ko: ['네.'], en: [] }), sentence({ flow: 'book', key: 'done', ko: ['예약됐어요.'], en: [] })];
  expect(flowsOf(all)).toEqual(['call', 'book', 'zoo']);
  expect(found(all, {}, '예약').map((s) => s.key)).toEqual(['done']);
  expect(found(all, { 'call.busy': { ko: '예약 중' } }, '예약').map((s) => s.key)).toEqual(['busy', 'done']);
});

test('a sentence is read without its signs, and the greeting comes first', () => {
  expect(readable('[{party} ]{when|으로/로} 할게요', (place) => (place === 'when' ? '때' : place))).toBe('‹party› ‹때› 할게요');
  const all = [sentence(), sentence({ key: 'greeting' }), sentence({ key: 'bye' })];
  expect(inOrder(all).map((s) => s.key)).toEqual(['greeting', 'busy', 'bye']);
});
