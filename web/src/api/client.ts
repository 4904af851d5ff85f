/** Asks the API. Every path, parameter and answer is checked against the contract (schema.d.ts) by the compiler. */
import createClient from 'openapi-fetch';
import { problemOf } from './problem';
import type { paths } from './schema';

export const BASE = '/api/v1';

export const client = createClient<paths>({
  credentials: 'same-origin',
  // No other site can send this header without being asked first (CORS): it keeps forged requests out.
  headers: { 'X-Biseo': '1' },
});

let signedOut: () => void = () => {};

/** What is done when the API says that nobody is signed in any more. */
export function onSignedOut(run: () => void): void {
  signedOut = run;
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer; a `Problem` is thrown if it was none. */
export async function ok<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok) return data as T;
  const problem = problemOf(response.status, error, response.headers.get('retry-after'));
  if (problem.code === 'unauthenticated') signedOut();
  throw problem;
}
