/** What people were told, and how who is signed in wants to be told. */
import { client, ok } from './client';
import type { OwnNotices, Reader, ToldPage } from './types';

export interface Own { own: OwnNotices; etag: string | null }

/** How who is signed in is told, with the mark that a change gives back. */
export async function ownNotices(shop: string): Promise<Own> {
  const asked = await client.GET('/api/v1/shops/{shop}/notices/mine', { params: { path: { shop } } });
  return { own: await ok(Promise.resolve(asked)), etag: asked.response.headers.get('etag') };
}

export const changeOwnNotices = (shop: string, etag: string, reader: Reader | null): Promise<OwnNotices> =>
  ok(client.PUT('/api/v1/shops/{shop}/notices/mine', { params: { path: { shop }, header: { 'If-Match': etag } }, body: { reader } }));

/** What was told, newest first. */
export const toldNotices = (shop: string, cursor?: string): Promise<ToldPage> =>
  ok(client.GET('/api/v1/shops/{shop}/notices', { params: { path: { shop }, query: { cursor, limit: 20 } } }));
