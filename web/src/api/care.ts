/** How long data is kept, and one caller's data: handed out, erased. */
import { BASE, client, ok } from './client';
import type { Care, Erasure } from './types';

export async function readCare(shop: string): Promise<{ care: Care; etag: string }> {
  const asked = await client.GET('/api/v1/shops/{shop}/care', { params: { path: { shop } } });
  return { care: await ok(Promise.resolve(asked)), etag: asked.response.headers.get('etag') ?? '' };
}

export const changeCare = (shop: string, body: Care, etag: string): Promise<Care> =>
  ok(client.PUT('/api/v1/shops/{shop}/care', { params: { path: { shop }, header: { 'If-Match': etag } }, body }));

export const exportUrl = (shop: string, phone: string): string => `${BASE}/shops/${encodeURIComponent(shop)}/callers/${encodeURIComponent(phone)}/export`;

export const eraseCaller = (shop: string, phone: string): Promise<Erasure> =>
  ok(client.DELETE('/api/v1/shops/{shop}/callers/{phone}', { params: { path: { shop, phone } } }));
