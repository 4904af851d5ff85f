/** Signing in by passkeys, and one's own. */
import { client, ok } from './client';
import type { Passkey, PasskeyChallenge, Session } from './types';

/** Whether the API's address is one to which passkeys can belong. */
export const offered = async (): Promise<boolean> => (await ok(client.GET('/api/v1/health'))).passkeys;

export const beginEntering = (): Promise<PasskeyChallenge> => ok(client.POST('/api/v1/session/passkey/begin'));

export const enter = (ceremony: string, credential: object): Promise<Session> =>
  ok(client.POST('/api/v1/session/passkey', { body: { ceremony, credential: credential as Record<string, never> } }));

export const passkeys = async (): Promise<Passkey[]> => (await ok(client.GET('/api/v1/session/passkeys'))).items;

export const beginAdding = (password?: string): Promise<PasskeyChallenge> =>
  ok(client.POST('/api/v1/session/passkeys/begin', { body: password ? { password } : {} }));

export const add = (ceremony: string, name: string, credential: object): Promise<Passkey> =>
  ok(client.POST('/api/v1/session/passkeys', { body: { ceremony, name, credential: credential as Record<string, never> } }));

export const rename = (passkey: string, name: string): Promise<Passkey> =>
  ok(client.PATCH('/api/v1/session/passkeys/{passkey}', { params: { path: { passkey } }, body: { name } }));

export const remove = (passkey: string): Promise<unknown> =>
  ok(client.DELETE('/api/v1/session/passkeys/{passkey}', { params: { path: { passkey } } }));

export const beginInvited = (body: { token: string; login: string; name: string }): Promise<PasskeyChallenge> =>
  ok(client.POST('/api/v1/invitations/passkey/begin', { body }));

export const acceptInvited = (body: { token: string; ceremony: string; passkey: string }, credential: object): Promise<Session> =>
  ok(client.POST('/api/v1/invitations/passkey', { body: { ...body, credential: credential as Record<string, never> } }));
