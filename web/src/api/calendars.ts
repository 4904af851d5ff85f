/** Calendars out and in, the feeds of digests, and callers as cards. */
import { BASE, client, ok } from './client';
import type { DigestFeed, DigestFeedMade, Feed, FeedMade, Import, NewFeed, NewImport } from './types';

export const feeds = async (shop: string): Promise<Feed[]> => (await ok(client.GET('/api/v1/shops/{shop}/calendars', { params: { path: { shop } } }))).items;

export const makeFeed = (shop: string, body: NewFeed): Promise<FeedMade> => ok(client.POST('/api/v1/shops/{shop}/calendars', { params: { path: { shop } }, body }));

export const renewFeed = (shop: string, feed: string): Promise<FeedMade> =>
  ok(client.POST('/api/v1/shops/{shop}/calendars/{feed}/address', { params: { path: { shop, feed } } }));

export const removeFeed = (shop: string, feed: string): Promise<unknown> => ok(client.DELETE('/api/v1/shops/{shop}/calendars/{feed}', { params: { path: { shop, feed } } }));

export const imports = async (shop: string): Promise<Import[]> => (await ok(client.GET('/api/v1/shops/{shop}/imports', { params: { path: { shop } } }))).items;

export const addImport = (shop: string, body: NewImport): Promise<Import> => ok(client.POST('/api/v1/shops/{shop}/imports', { params: { path: { shop } }, body }));

export const removeImport = (shop: string, id: string): Promise<unknown> => ok(client.DELETE('/api/v1/shops/{shop}/imports/{import}', { params: { path: { shop, import: id } } }));

export const digestFeeds = async (shop: string): Promise<DigestFeed[]> => (await ok(client.GET('/api/v1/shops/{shop}/digest-feeds', { params: { path: { shop } } }))).items;

export const makeDigestFeed = (shop: string, name: string): Promise<DigestFeedMade> =>
  ok(client.POST('/api/v1/shops/{shop}/digest-feeds', { params: { path: { shop } }, body: { name } }));

export const removeDigestFeed = (shop: string, feed: string): Promise<unknown> =>
  ok(client.DELETE('/api/v1/shops/{shop}/digest-feeds/{digest_feed}', { params: { path: { shop, digest_feed: feed } } }));

export const cardUrl = (shop: string, phone: string): string => `${BASE}/shops/${encodeURIComponent(shop)}/callers/${encodeURIComponent(phone)}/card`;
