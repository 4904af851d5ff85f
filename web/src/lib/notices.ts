/** What a person is told, as the page shows it, and as the API keeps it. */
import type { Choices, Reader } from '../api/types';

export type When = 'at_once' | 'closing' | 'never';
export const WHENS: readonly When[] = ['at_once', 'closing', 'never'];
/** Kinds of news, in the order of the page. */
export const KINDS = ['booking', 'order', 'message', 'missed', 'digest'] as const;
export type Kind = (typeof KINDS)[number];

export interface Mine {
  push: boolean;
  email: string;
  phone: string;
  quietFrom: string;
  quietTo: string;
  when: Record<Kind, When>;
}

const cut = (time: string | undefined) => time?.slice(0, 5) ?? '';

/** What somebody chose; of rules that this page does not make only the first that fits a kind is shown. */
export function mineOf(reader: Reader | undefined): Mine {
  const rule = (kind: Kind): When => {
    const found = reader?.rule?.find((r) => r.events.includes(kind) || r.events.includes('all'));
    return WHENS.find((w) => w === found?.when) ?? 'at_once';
  };
  return {
    push: reader?.by.includes('push') ?? false,
    email: reader?.by.includes('email') ? (reader.email ?? '') : '',
    phone: reader?.by.includes('text') ? (reader.phone ?? '') : '',
    quietFrom: cut(reader?.quiet?.[0]?.from),
    quietTo: cut(reader?.quiet?.[0]?.to),
    when: Object.fromEntries(KINDS.map((kind) => [kind, rule(kind)])) as Record<Kind, When>,
  };
}

/** Whether a rule is one of those that the page makes. */
const ours = (rule: NonNullable<Reader['rule']>[number]): boolean =>
  rule.events.length === 1 && KINDS.some((k) => k === rule.events[0]) && WHENS.some((w) => w === rule.when) && !rule.by && !rule.within;

/**
 * The reader that the page's choice makes; `null` if nothing is to be told by anything. What was set elsewhere and the page does not show (a
 * webhook, finer rules, more quiet times) stays as it was.
 */
export function readerOf(id: string, language: 'ko' | 'en', mine: Mine, before?: Reader): Reader | null {
  const email = mine.email.trim();
  const phone = mine.phone.trim();
  const webhook = before?.by.includes('webhook') ? (before.webhook ?? null) : null;
  const by: Reader['by'] = [
    ...(mine.push ? (['push'] as const) : []), ...(email ? (['email'] as const) : []), ...(phone ? (['text'] as const) : []), ...(webhook ? (['webhook'] as const) : []),
  ];
  if (by.length === 0) return null;
  const quiet = mine.quietFrom && mine.quietTo ? [{ from: `${mine.quietFrom}:00`, to: `${mine.quietTo}:00`, ...(before?.quiet?.[0]?.days ? { days: before.quiet[0].days } : {}) }] : [];
  const rule = KINDS.filter((kind) => mine.when[kind] !== 'at_once').map((kind) => ({ events: [kind], when: mine.when[kind] }));
  const finer = (before?.rule ?? []).filter((r) => !ours(r));
  return { id, language, by, email: email || null, phone: phone || null, webhook, quiet: [...quiet, ...(before?.quiet ?? []).slice(1)], rule: [...rule, ...finer] };
}

/** The choices with this reader in the place of the one of the same id. */
export function withReader(choices: Choices, id: string, reader: Reader | null): Choices {
  const others = (choices.notices?.reader ?? []).filter((r) => r.id !== id);
  return { ...choices, notices: { ...choices.notices, reader: reader ? [...others, reader] : others } };
}
