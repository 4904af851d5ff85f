/** What a person is told, as the page shows it, and as the API keeps it. */
import type { Choices, Reader } from '../api/types';

/** When something is told; `at` is an hour of the shop's clock. */
export const WHENS = ['at_once', 'hourly', 'opening', 'closing', 'at', 'never'] as const;
export type When = (typeof WHENS)[number];
/** Kinds of news, in the order of the page. */
export const KINDS = ['booking', 'order', 'message', 'missed', 'line', 'digest'] as const;
export type Kind = (typeof KINDS)[number];
/** Quiet times of one person at most (crates/notify/src/rules/config.rs). */
export const MOST_QUIET = 20;

type Window = NonNullable<Reader['quiet']>[number];
/** A time without notices; on which days is not the page's to say, and stays. */
export interface Quiet { from: string; to: string; days?: Window['days'] }

export interface Mine {
  push: boolean;
  email: string;
  phone: string;
  quiet: Quiet[];
  when: Record<Kind, When>;
  /** The hour for each kind, used where `when` is `at`. */
  at: Record<Kind, string>;
}

/** The hour that is offered first. */
const EVENING = '21:00';
const cut = (time: string | undefined) => time?.slice(0, 5) ?? '';
const isHour = (when: string): boolean => /^\d\d:\d\d/.test(when);
const whenOf = (when: string): When | undefined => (isHour(when) ? 'at' : WHENS.find((w) => w !== 'at' && w === when));

/** What somebody chose; of rules that this page does not make only the first that fits a kind is shown. */
export function mineOf(reader: Reader | undefined | null): Mine {
  const rule = (kind: Kind) => reader?.rule?.find((r) => r.events.includes(kind) || r.events.includes('all'))?.when;
  const each = <T>(of: (kind: Kind) => T) => Object.fromEntries(KINDS.map((kind) => [kind, of(kind)])) as Record<Kind, T>;
  return {
    push: reader?.by.includes('push') ?? false,
    email: reader?.by.includes('email') ? (reader.email ?? '') : '',
    phone: reader?.by.includes('text') ? (reader.phone ?? '') : '',
    quiet: (reader?.quiet ?? []).map((q) => ({ from: cut(q.from), to: cut(q.to), ...(q.days ? { days: q.days } : {}) })),
    when: each((kind) => whenOf(rule(kind) ?? '') ?? 'at_once'),
    at: each((kind) => { const when = rule(kind); return when && isHour(when) ? cut(when) : EVENING; }),
  };
}

/** Whether a rule is one of those that the page makes. */
const ours = (rule: NonNullable<Reader['rule']>[number]): boolean =>
  rule.events.length === 1 && KINDS.some((k) => k === rule.events[0]) && whenOf(rule.when) !== undefined && !rule.by && !rule.within;

/**
 * The reader that the page's choice makes; `null` if nothing is to be told by anything. What was set elsewhere and the page does not show (a
 * webhook, finer rules) stays as it was.
 */
export function readerOf(id: string, language: 'ko' | 'en', mine: Mine, before?: Reader | null): Reader | null {
  const email = mine.email.trim();
  const phone = mine.phone.trim();
  const webhook = before?.by.includes('webhook') ? (before.webhook ?? null) : null;
  const by: Reader['by'] = [
    ...(mine.push ? (['push'] as const) : []), ...(email ? (['email'] as const) : []), ...(phone ? (['text'] as const) : []), ...(webhook ? (['webhook'] as const) : []),
  ];
  if (by.length === 0) return null;
  // A time that is only half filled in is none.
  const quiet = mine.quiet.filter((q) => q.from && q.to).map((q) => ({ from: `${q.from}:00`, to: `${q.to}:00`, ...(q.days ? { days: q.days } : {}) }));
  const told = (kind: Kind) => (mine.when[kind] === 'at' ? mine.at[kind] : mine.when[kind]);
  const rule = KINDS.filter((kind) => mine.when[kind] !== 'at_once').map((kind) => ({ events: [kind], when: told(kind) }));
  const finer = (before?.rule ?? []).filter((r) => !ours(r));
  return { id, language, by, email: email || null, phone: phone || null, webhook, quiet, rule: [...rule, ...finer] };
}

/** The choices with this reader in the place of the one of the same id. */
export function withReader(choices: Choices, id: string, reader: Reader | null): Choices {
  const others = (choices.notices?.reader ?? []).filter((r) => r.id !== id);
  return { ...choices, notices: { ...choices.notices, reader: reader ? [...others, reader] : others } };
}
