/** What the page says, in the reader's language. Korean comes along; English is fetched when it is asked for. */
import ko from '../wording/ko.json';
import { fill, type Values } from './fill';
import { look, setLook, type Language } from './look.svelte';

export type Key = keyof typeof ko;
type Table = Record<Key, string>;

const tables: { ko: Table; en: Table | null } = { ko, en: null };
let shown = $state.raw<Table>(ko);

/** The text of `key`, filled in. */
export function t(key: Key, values?: Values): string {
  return fill(shown[key], values);
}

/** Whether a key made from a code (of an error, an intent, a topic) has a text. */
export function isKey(key: string): key is Key {
  return Object.hasOwn(ko, key);
}

/** The text of a code under a prefix, or of `fallback`: the API may know codes that this page does not know yet. */
export function code(prefix: string, name: string, fallback: Key, values?: Values): string {
  const key = `${prefix}.${name}`;
  return t(isKey(key) ? key : fallback, values);
}

/** Shows the page in `language`; the old one stays until the new one is there. */
export async function speak(language: Language): Promise<void> {
  if (language === 'en' && !tables.en) tables.en = (await import('../wording/en.json')).default;
  shown = tables[language] ?? ko;
  if (look.language !== language) setLook({ language });
}
