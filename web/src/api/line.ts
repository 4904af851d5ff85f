/** What of the line or the shop is out of order. */
import { BASE, client, ok } from './client';
import type { Incident, IncidentPage, NewIncident } from './types';

export const incidents = (shop: string, cursor?: string): Promise<IncidentPage> =>
  ok(client.GET('/api/v1/shops/{shop}/incidents', { params: { path: { shop }, query: { cursor, limit: 50 } } }));

export const beginIncident = (shop: string, body: NewIncident): Promise<Incident> =>
  ok(client.POST('/api/v1/shops/{shop}/incidents', { params: { path: { shop } }, body }));

export const endIncident = (shop: string, incident: string): Promise<Incident> =>
  ok(client.POST('/api/v1/shops/{shop}/incidents/{incident}/end', { params: { path: { shop, incident } } }));

/** The page to be printed, of the last month. */
export const reportUrl = (shop: string, language: string): string => `${BASE}/shops/${encodeURIComponent(shop)}/line/report?language=${language}`;

/** The same as data. */
export const evidenceUrl = (shop: string): string => `${BASE}/shops/${encodeURIComponent(shop)}/line/evidence`;
