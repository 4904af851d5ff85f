/** Keys by which programs use this shop's API. */
import { client, ok } from './client';
import type { NewProgramKey, ProgramKey, ProgramKeyMade } from './types';

export const keys = async (shop: string): Promise<ProgramKey[]> => (await ok(client.GET('/api/v1/shops/{shop}/keys', { params: { path: { shop } } }))).items;

export const makeKey = (shop: string, body: NewProgramKey): Promise<ProgramKeyMade> => ok(client.POST('/api/v1/shops/{shop}/keys', { params: { path: { shop } }, body }));

export const removeKey = (shop: string, key: string): Promise<unknown> => ok(client.DELETE('/api/v1/shops/{shop}/keys/{key}', { params: { path: { shop, key } } }));
