/** Setting a shop up, step by step, and rehearsing it. */
import { client, ok } from './client';
import type { Hours, RehearsalCall, Run, RunDetail, Setup, SetupBooking, SetupBusiness, SetupStep } from './types';

export const setup = (shop: string): Promise<Setup> => ok(client.GET('/api/v1/shops/{shop}/setup', { params: { path: { shop } } }));

export const saveBusiness = (shop: string, body: SetupBusiness): Promise<Setup> => ok(client.PUT('/api/v1/shops/{shop}/setup/business', { params: { path: { shop } }, body }));

export const saveHours = (shop: string, body: Hours): Promise<Setup> => ok(client.PUT('/api/v1/shops/{shop}/setup/hours', { params: { path: { shop } }, body }));

export const saveBooking = (shop: string, body: SetupBooking): Promise<Setup> => ok(client.PUT('/api/v1/shops/{shop}/setup/booking', { params: { path: { shop } }, body }));

export const markDone = (shop: string, done: SetupStep): Promise<Setup> => ok(client.PATCH('/api/v1/shops/{shop}/setup', { params: { path: { shop } }, body: { done } }));

export const runs = async (shop: string): Promise<Run[]> => (await ok(client.GET('/api/v1/shops/{shop}/rehearsals', { params: { path: { shop } } }))).items;

export const run = (shop: string, rehearsal: string): Promise<RunDetail> => ok(client.GET('/api/v1/shops/{shop}/rehearsals/{rehearsal}', { params: { path: { shop, rehearsal } } }));

export const beginRun = (shop: string): Promise<Run> => ok(client.POST('/api/v1/shops/{shop}/rehearsals', { params: { path: { shop } } }));

export const ringing = (shop: string): Promise<RehearsalCall> => ok(client.GET('/api/v1/shops/{shop}/rehearsal-call', { params: { path: { shop } } }));

export const ring = (shop: string): Promise<RehearsalCall> => ok(client.POST('/api/v1/shops/{shop}/rehearsal-call', { params: { path: { shop } } }));
