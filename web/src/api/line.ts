/** What of the line or the shop is out of order. */
import { BASE, client, ok } from './client';
import type { Language } from '../lib/look.svelte';
import type { Incident, IncidentPage, LineStatus, LineTimeline, NewIncident } from './types';

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

/** How the line is now; sentences in the reader's language. */
export const lineStatus = (shop: string, language: Language): Promise<LineStatus> =>
  ok(client.GET('/api/v1/shops/{shop}/line/status', { params: { path: { shop }, query: { language } } }));

/** What was out of order from one instant to another. */
export const lineTimeline = (shop: string, language: Language, from: string, to: string): Promise<LineTimeline> =>
  ok(client.GET('/api/v1/shops/{shop}/line/timeline', { params: { path: { shop }, query: { from, to, language } } }));
