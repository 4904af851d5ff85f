/** What the digest's news are chosen by. */
import { client, ok } from './client';
import type { StoryRead, Topics, TopicWish } from './types';

export const topics = (shop: string): Promise<Topics> => ok(client.GET('/api/v1/shops/{shop}/digest-topics', { params: { path: { shop } } }));

export const changeTopic = (shop: string, word: string, wish: TopicWish): Promise<Topics> =>
  ok(client.POST('/api/v1/shops/{shop}/digest-topics', { params: { path: { shop } }, body: { word, wish } }));

/** Tells that a story was opened, or put aside; also while the page is left for the story. */
export const tellStory = (shop: string, date: string, link: string, did: StoryRead): Promise<unknown> =>
  ok(client.POST('/api/v1/shops/{shop}/digests/{date}/stories', { params: { path: { shop, date } }, body: { link, did }, keepalive: true }));
