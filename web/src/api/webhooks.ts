/** Programs that are told of events, and what was sent to them. */
import { client, ok } from './client';
import type { HookDelivery, HookDeliveryDetail, HookDeliveryPage, NewWebhook, Webhook, WebhookChange, WebhookMade } from './types';

export const webhooks = async (shop: string): Promise<Webhook[]> => (await ok(client.GET('/api/v1/shops/{shop}/webhooks', { params: { path: { shop } } }))).items;

export const addWebhook = (shop: string, body: NewWebhook): Promise<WebhookMade> => ok(client.POST('/api/v1/shops/{shop}/webhooks', { params: { path: { shop } }, body }));

export const changeWebhook = (shop: string, webhook: string, body: WebhookChange): Promise<Webhook> =>
  ok(client.PATCH('/api/v1/shops/{shop}/webhooks/{webhook}', { params: { path: { shop, webhook } }, body }));

export const removeWebhook = (shop: string, webhook: string): Promise<unknown> =>
  ok(client.DELETE('/api/v1/shops/{shop}/webhooks/{webhook}', { params: { path: { shop, webhook } } }));

export const renewSecret = (shop: string, webhook: string): Promise<WebhookMade> =>
  ok(client.POST('/api/v1/shops/{shop}/webhooks/{webhook}/secret', { params: { path: { shop, webhook } } }));

export const testWebhook = (shop: string, webhook: string): Promise<HookDelivery> =>
  ok(client.POST('/api/v1/shops/{shop}/webhooks/{webhook}/test', { params: { path: { shop, webhook } } }));

export const deliveries = (shop: string, webhook: string, cursor?: string): Promise<HookDeliveryPage> =>
  ok(client.GET('/api/v1/shops/{shop}/webhooks/{webhook}/deliveries', { params: { path: { shop, webhook }, query: { cursor, limit: 30 } } }));

export const delivery = (shop: string, webhook: string, id: string): Promise<HookDeliveryDetail> =>
  ok(client.GET('/api/v1/shops/{shop}/webhooks/{webhook}/deliveries/{delivery}', { params: { path: { shop, webhook, delivery: id } } }));

export const sendAgain = (shop: string, webhook: string, id: string): Promise<HookDelivery> =>
  ok(client.POST('/api/v1/shops/{shop}/webhooks/{webhook}/deliveries/{delivery}/again', { params: { path: { shop, webhook, delivery: id } } }));
