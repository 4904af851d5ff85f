/** Who answers when, as the page shows it and the form asks for it. Pure. */
import { DAYS, type Answering, type AnswerTimes, type Day } from '../api/types';

export const ANSWERS = ['at_once', 'after_ringing', 'never'] as const satisfies readonly Answering['open'][];
export const REFUSALS = ['unavailable', 'busy'] as const satisfies readonly Answering['refusal'][];
/** How long it may ring, in seconds, and for how many hours of the week there may be a rule (crates/model, shop/answering.rs). */
export const RING = [3, 55] as const;
export const MOST_TIMES = 20;

/** Whether anything of it rings before it is answered. */
export const rings = (a: Answering): boolean => every(a).includes('after_ringing');

/** Whether anything of it is not answered. */
export const refuses = (a: Answering): boolean => every(a).includes('never');

const every = (a: Answering) => [a.open, a.closed, ...(a.times ?? []).map((r) => r.answer)];

/** A rule of the form: times without seconds, no day for every day. */
export interface Rule {
  days: Day[];
  from: string;
  to: string;
  answer: AnswerTimes['answer'];
}

export const ruleOf = (times: AnswerTimes): Rule => ({
  days: DAYS.filter((day) => times.days?.includes(day)),
  from: times.from.slice(0, 5),
  to: times.to.slice(0, 5),
  answer: times.answer,
});

export const timesOf = (rule: Rule): AnswerTimes => ({
  // All seven are every day.
  days: rule.days.length === DAYS.length ? [] : rule.days,
  from: `${rule.from}:00`,
  to: `${rule.to}:00`,
  answer: rule.answer,
});
