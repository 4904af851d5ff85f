/** The topics of a shop's facts that the understanding knows by name (model::understanding::Topic), and a guess of a question's. */
import words from '../wording/topic-words.json';

export const TOPICS = [
  'hours', 'location', 'parking', 'price', 'menu', 'wifi', 'pets', 'delivery', 'pickup', 'payment', 'staff', 'duration',
  'cancellation', 'capacity', 'availability', 'screening', 'programs', 'volunteer', 'wait',
] as const;

/** The topic that a question seems to be about, by its words; the owner sees it and may choose another. */
export function topicOf(question: string): string | null {
  return Object.entries(words).find(([, pattern]) => new RegExp(pattern, 'i').test(question))?.[0] ?? null;
}
