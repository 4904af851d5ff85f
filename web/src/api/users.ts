/** Who else may look after a shop. */
import { client, ok } from './client';
import type { AuditPage, Invitation, InvitationMade, Member, Role } from './types';

export const members = async (shop: string): Promise<Member[]> =>
  (await ok(client.GET('/api/v1/shops/{shop}/users', { params: { path: { shop } } }))).items;

export const setRole = (shop: string, user: string, role: Role): Promise<Member> =>
  ok(client.PATCH('/api/v1/shops/{shop}/users/{user}', { params: { path: { shop, user } }, body: { role } }));

export const removeMember = (shop: string, user: string): Promise<unknown> =>
  ok(client.DELETE('/api/v1/shops/{shop}/users/{user}', { params: { path: { shop, user } } }));

export const invitations = async (shop: string): Promise<Invitation[]> =>
  (await ok(client.GET('/api/v1/shops/{shop}/invitations', { params: { path: { shop } } }))).items;

export const invite = (shop: string, name: string, role: Role): Promise<InvitationMade> =>
  ok(client.POST('/api/v1/shops/{shop}/invitations', { params: { path: { shop } }, body: { name, role } }));

export const withdraw = (shop: string, invitation: string): Promise<unknown> =>
  ok(client.DELETE('/api/v1/shops/{shop}/invitations/{invitation}', { params: { path: { shop, invitation } } }));

/** What was done at the shop, newest first. */
export const audit = (shop: string, cursor?: string): Promise<AuditPage> =>
  ok(client.GET('/api/v1/shops/{shop}/audit', { params: { path: { shop }, query: { cursor, limit: 50 } } }));
