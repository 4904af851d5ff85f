/** What callers meant where they were understood otherwise. */
import { client, ok } from './client';
import type { Correction, NewCorrection } from './types';

export const corrections = async (shop: string): Promise<Correction[]> => (await ok(client.GET('/api/v1/shops/{shop}/corrections', { params: { path: { shop } } }))).items;

export const correct = (shop: string, call: string, turn: number, body: NewCorrection): Promise<Correction> =>
  ok(client.PUT('/api/v1/shops/{shop}/calls/{call}/turns/{turn}/correction', { params: { path: { shop, call, turn } }, body }));

export const uncorrect = (shop: string, call: string, turn: number): Promise<unknown> =>
  ok(client.DELETE('/api/v1/shops/{shop}/calls/{call}/turns/{turn}/correction', { params: { path: { shop, call, turn } } }));
