/** Sign-in, and who is signed in. */
import { client, ok } from './client';
import type { InvitationCheck, RecoveryCodes, Session, TotpSecret } from './types';

export const whoAmI = (): Promise<Session> => ok(client.GET('/api/v1/session'));

export const signIn = (login: string, password: string, totp?: string): Promise<Session> =>
  ok(client.POST('/api/v1/session', { body: { login, password, ...(totp ? { totp } : {}) } }));

export const signOut = (): Promise<unknown> => ok(client.DELETE('/api/v1/session'));

/** An account without a password sets its first one, and gives none. */
export const changePassword = (current: string | null, next: string): Promise<unknown> =>
  ok(client.POST('/api/v1/session/password', { body: { ...(current === null ? {} : { current }), new: next } }));

export const enrolTotp = (password: string): Promise<TotpSecret> =>
  ok(client.POST('/api/v1/session/totp', { body: { password } }));

export const confirmTotp = (code: string): Promise<RecoveryCodes> => ok(client.POST('/api/v1/session/totp/confirm', { body: { code } }));

export const checkInvitation = (token: string): Promise<InvitationCheck> => ok(client.POST('/api/v1/invitations/check', { body: { token } }));

export const acceptInvitation = (body: { token: string; login: string; name: string; password: string; totp?: string }): Promise<Session> =>
  ok(client.POST('/api/v1/invitations/accept', { body }));

/** Whether the API answers, and how long that took in milliseconds, as seen from here. */
export async function health(): Promise<{ version: string; tookMs: number }> {
  const began = performance.now();
  const { version } = await ok(client.GET('/api/v1/health'));
  return { version, tookMs: performance.now() - began };
}
