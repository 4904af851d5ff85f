/** What is said to callers: the usual sentences, a shop's own, and drafts that are tried before they are saved. */
import { Problem, type FieldFault } from '../api/problem';
import type { FlowStep, Sentence, Text, WordingChange } from '../api/types';

/** In the order in which a caller hears them. */
const ORDER = ['call', 'book', 'change', 'cancel', 'find', 'order', 'change_order', 'cancel_order', 'message', 'answer', 'ground', 'checkin'];

export const idOf = (one: { flow: string; key: string }): string => `${one.flow}.${one.key}`;

/** The flows that there are, the known ones first. */
export function flowsOf(sentences: readonly Sentence[]): string[] {
  const there = [...new Set(sentences.map((s) => s.flow))];
  const place = (flow: string) => (ORDER.includes(flow) ? ORDER.indexOf(flow) : ORDER.length);
  return there.sort((a, b) => place(a) - place(b) || a.localeCompare(b));
}

/** What a caller hears of a sentence now: the draft, the shop's own words, or the usual ones. */
export function heard(sentence: Sentence, draft: Text | null | undefined, language: 'ko' | 'en'): string[] {
  const own = draft === undefined ? sentence.own : draft;
  const said = own && (language === 'ko' ? own.ko : own.en);
  return said ? [said] : language === 'ko' || sentence.en.length === 0 ? sentence.ko : sentence.en;
}

/** A sentence as it is read: values by what they are called, without the signs around them. */
export const readable = (text: string, called: (place: string) => string): string =>
  text.replace(/[[\]]/g, '').replace(/\{(\w+)(?:\|[^}]*)?\}/g, (_, place: string) => `‹${called(place)}›`);

/** What a caller hears first comes first. */
export const inOrder = (sentences: readonly Sentence[]): Sentence[] => {
  const place = (s: Sentence) => (s.key.startsWith('greeting') ? 0 : 1);
  return [...sentences].sort((a, b) => place(a) - place(b));
};

/** Drafts as changes. */
export const changesOf = (drafts: Record<string, Text | null>): WordingChange[] =>
  Object.entries(drafts).map(([id, text]) => ({ flow: id.slice(0, id.indexOf('.')), key: id.slice(id.indexOf('.') + 1), text }));

/** A draft as it is sent: an empty English says the usual English; `null` if it says what is said anyway. */
export function draftOf(sentence: Sentence, ko: string, en: string): Text | null {
  const text: Text = { ko: ko.trim(), ...(en.trim() ? { en: en.trim() } : {}) };
  const usual = sentence.ko.length === 1 && text.ko === sentence.ko[0] && !text.en;
  return usual ? null : text;
}

/** Whether a draft changes anything. */
export const differs = (sentence: Sentence, draft: Text | null): boolean =>
  (draft?.ko ?? null) !== (sentence.own?.ko ?? null) || (draft?.en ?? null) !== (sentence.own?.en ?? null);

/** What the API says is wrong with a sentence. */
export function faultsOf(error: unknown, id: string): FieldFault[] {
  return error instanceof Problem ? error.fields.filter((f) => f.field.startsWith(`wording.${id}.`)) : [];
}

/** The sentences in which what is sought stands. */
export function found(sentences: readonly Sentence[], drafts: Record<string, Text | null>, sought: string): Sentence[] {
  const words = sought.trim().toLowerCase();
  if (!words) return [...sentences];
  const text = (s: Sentence) => [...heard(s, drafts[idOf(s)], 'ko'), ...heard(s, drafts[idOf(s)], 'en')].join(' ').toLowerCase();
  return sentences.filter((s) => text(s).includes(words));
}

/** The key of the sentence that a step says: of a confirmation, of something told, of a question of the flow's own. */
export const saidBy = (step: FlowStep): string | null =>
  step.does === 'ask' ? `ask_${step.what}` : step.does === 'confirm' || step.does === 'tell' ? step.what : null;
