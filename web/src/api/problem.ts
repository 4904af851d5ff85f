/** What the API says when something cannot be: a code, told to the reader in words of the wording files. */
import { code, t } from '../lib/wording.svelte';
import type { ConflictReason, FreeTime } from './types';

export interface FieldFault {
  field: string;
  code: string;
  /** The part of it that is wrong, such as the name of a place in a sentence. */
  at?: string;
}

/** An answer of the API that is no success. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly fields: FieldFault[] = [],
    readonly reason: ConflictReason | null = null,
    readonly alternatives: FreeTime[] = [],
    /** Seconds after which another try makes sense. */
    readonly retryAfter: number | null = null,
  ) {
    super(`${status} ${code}`);
  }
}

/** Reads a problem+json body; whatever else came counts as a fault of the program. */
export function problemOf(status: number, body: unknown, retryAfter: string | null): Problem {
  const b = (body && typeof body === 'object' ? body : {}) as Record<string, unknown>;
  const name = typeof b.code === 'string' ? b.code : status === 502 || status === 504 ? 'unavailable' : 'internal';
  const seconds = Number(retryAfter);
  return new Problem(
    name,
    status,
    Array.isArray(b.fields) ? (b.fields as FieldFault[]) : [],
    typeof b.reason === 'string' ? (b.reason as ConflictReason) : null,
    Array.isArray(b.alternatives) ? (b.alternatives as FreeTime[]) : [],
    retryAfter && Number.isFinite(seconds) ? seconds : null,
  );
}

/** What went wrong and what to do, in two short sentences. */
export function explain(error: unknown): { what: string; todo: string } {
  if (error instanceof Problem) {
    if (error.code === 'booking_conflict' && error.reason) {
      return { what: code('conflict', error.reason, 'conflict.other'), todo: t('conflict.todo') };
    }
    const values = { wait: waitOf(error.retryAfter) };
    return { what: code('problem', error.code, 'problem.internal'), todo: code('todo', error.code, 'todo.internal', values) };
  }
  // fetch() rejects with a TypeError when nothing answered.
  if (error instanceof TypeError) return { what: t('problem.offline'), todo: t('todo.offline') };
  return { what: t('problem.internal'), todo: t('todo.internal') };
}

function waitOf(seconds: number | null): string {
  if (seconds === null) return t('time.soon');
  return seconds < 60 ? t('time.seconds', { n: seconds }) : t('time.minutes', { n: Math.ceil(seconds / 60) });
}

/** What is wrong with a field of a form, if the API said so. */
export function faultOf(error: unknown, field: string): string | null {
  if (!(error instanceof Problem)) return null;
  const fault = error.fields.find((f) => f.field === field || f.field.startsWith(`${field}.`));
  return fault ? code('fault', fault.code, 'fault.form') : null;
}
