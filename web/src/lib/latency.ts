/** The parts of a response time in the order in which they follow each other. */
import type { Latency } from '../api/types';

const PARTS = ['end_of_turn', 'stt', 'nlu', 'decision', 'tts_first_audio', 'pacing'] as const;

export interface Part {
  name: (typeof PARTS)[number];
  ms: number;
}

/** The parts that took place; those that did not are left out. */
export function partsOf(latency: Latency): Part[] {
  return PARTS.flatMap((name) => {
    const ms = latency[`${name}_ms`];
    return typeof ms === 'number' && Number.isFinite(ms) ? [{ name, ms: Math.max(0, ms) }] : [];
  });
}
