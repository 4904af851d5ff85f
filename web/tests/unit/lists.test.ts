import { expect, test } from 'vitest';
import { copied } from '../../src/lib/copy';
import { Load } from '../../src/lib/load.svelte';
import { Pages } from '../../src/lib/pages.svelte';

/** A question whose answers come when the test says so. */
function asked<T>() {
  const waiting: { cursor: string | undefined; answer: (value: T) => void; refuse: (error: unknown) => void }[] = [];
  const ask = (cursor?: string) => new Promise<T>((answer, refuse) => waiting.push({ cursor, answer, refuse }));
  return { waiting, ask };
}

test('an answer that was overtaken by a later question is dropped', async () => {
  const { waiting, ask } = asked<string>();
  const load = new Load(() => ask());
  const [first, second] = [load.again(), load.again()];
  waiting[1]!.answer('new');
  waiting[0]!.answer('old');
  await Promise.all([first, second]);
  expect(load.data).toBe('new');
});

test('another question takes the old answer away, the same one keeps it', async () => {
  const { waiting, ask } = asked<string>();
  const load = new Load(() => ask());
  const first = load.again();
  waiting[0]!.answer('Thursday');
  await first;
  const same = load.again();
  expect(load.data).toBe('Thursday');
  waiting[1]!.answer('Thursday');
  await same;
  const other = load.anew();
  expect(load.waiting).toBe(true);
  waiting[2]!.refuse(new Error('no line'));
  await other;
  expect([load.data, load.error]).toEqual([undefined, new Error('no line')]);
});

const numbers = async (cursor?: string) => {
  const from = Number(cursor ?? 0);
  return { items: [from, from + 1], next: from < 4 ? String(from + 2) : null };
};

test('what is fetched anew is as long as what was shown', async () => {
  const list = new Pages(numbers);
  await list.again();
  await list.more();
  expect(list.items).toEqual([0, 1, 2, 3]);
  await list.again();
  expect([list.items, list.next]).toEqual([[0, 1, 2, 3], '4']);
  await list.more();
  await list.more();
  expect([list.items, list.next]).toEqual([[0, 1, 2, 3, 4, 5], null]);
  await list.anew();
  expect([list.items, list.next]).toEqual([[0, 1], '2']);
});

test('a next page that did not come is told and leaves what is shown', async () => {
  const { waiting, ask } = asked<{ items: number[]; next?: string }>();
  const list = new Pages(ask);
  const first = list.again();
  waiting[0]!.answer({ items: [1], next: 'b' });
  await first;
  const more = list.more();
  waiting[1]!.refuse('lost');
  await more;
  expect([list.items, list.error, list.next]).toEqual([[1], 'lost', 'b']);
  const again = list.again();
  waiting[2]!.answer({ items: [1], next: 'b' });
  await again;
  expect([list.error, waiting.length]).toEqual([undefined, 3]);
});

test('without a clipboard nothing is said to be copied', async () => {
  // Node has none, as a page on plain HTTP.
  expect(await copied('a link')).toBe(false);
});
