/** What one shop has: every question names the shop. */
import { BASE, client, ok } from './client';
import type {
  Availability, Booking, BookingChange, BookingList, CallDetail, Caller, CallerChange, CallerDetail, CallerPage, CallPage, Counts,
  Answer, Browser, Choices, ChoicesView, Digest, DigestEntry, Flow, Message, MessagePage, NewBooking, NewBrowser, Order, OrderList, Outcome, Profile, ProfileChange, Question, QuestionPage, QuestionState, Sentence, Shop, Tried, WordingChange,
} from './types';

export const shops = async (): Promise<Shop[]> => (await ok(client.GET('/api/v1/shops'))).items;

export const summary = (shop: string): Promise<Counts> => ok(client.GET('/api/v1/shops/{shop}/summary', { params: { path: { shop } } }));

export interface CallFilter {
  outcome?: Outcome;
  caller?: string;
  from?: string;
  to?: string;
  limit?: number;
}

export const calls = (shop: string, filter: CallFilter = {}, cursor?: string): Promise<CallPage> =>
  ok(client.GET('/api/v1/shops/{shop}/calls', { params: { path: { shop }, query: { ...filter, cursor } } }));

export const call = (shop: string, id: string): Promise<CallDetail> =>
  ok(client.GET('/api/v1/shops/{shop}/calls/{call}', { params: { path: { shop, call: id } } }));

export const recordingUrl = (shop: string, id: string): string => `${BASE}/shops/${encodeURIComponent(shop)}/calls/${encodeURIComponent(id)}/recording`;

export const eventsUrl = (shop: string): string => `${BASE}/shops/${encodeURIComponent(shop)}/events`;

export const bookings = (shop: string, from: string, to: string): Promise<BookingList> =>
  ok(client.GET('/api/v1/shops/{shop}/bookings', { params: { path: { shop }, query: { from, to } } }));

export const book = (shop: string, body: NewBooking, once: string): Promise<Booking> =>
  ok(client.POST('/api/v1/shops/{shop}/bookings', { params: { path: { shop }, header: { 'Idempotency-Key': once } }, body }));

export const changeBooking = (shop: string, booking: Booking, body: BookingChange): Promise<Booking> =>
  ok(client.PATCH('/api/v1/shops/{shop}/bookings/{booking}', { params: { path: { shop, booking: booking.id }, header: { 'If-Match': booking.etag } }, body }));

export const cancelBooking = (shop: string, booking: Booking): Promise<Booking> =>
  ok(client.DELETE('/api/v1/shops/{shop}/bookings/{booking}', { params: { path: { shop, booking: booking.id }, header: { 'If-Match': booking.etag } } }));

/** What is free on a day for a party, not counting the booking that is to be moved. */
export const availability = (shop: string, wish: { date: string; party_size?: number; services?: string; except?: string }): Promise<Availability> =>
  ok(client.GET('/api/v1/shops/{shop}/availability', { params: { path: { shop }, query: wish } }));

export const orders = (shop: string, from: string, to: string): Promise<OrderList> =>
  ok(client.GET('/api/v1/shops/{shop}/orders', { params: { path: { shop }, query: { from, to } } }));

export const cancelOrder = (shop: string, id: string): Promise<Order> =>
  ok(client.DELETE('/api/v1/shops/{shop}/orders/{order}', { params: { path: { shop, order: id } } }));

export const messages = (shop: string, done?: boolean, cursor?: string): Promise<MessagePage> =>
  ok(client.GET('/api/v1/shops/{shop}/messages', { params: { path: { shop }, query: { done, cursor } } }));

export const markMessage = (shop: string, id: string, done: boolean): Promise<Message> =>
  ok(client.PATCH('/api/v1/shops/{shop}/messages/{message}', { params: { path: { shop, message: id } }, body: { done } }));

export const callers = (shop: string, blocked?: boolean, cursor?: string): Promise<CallerPage> =>
  ok(client.GET('/api/v1/shops/{shop}/callers', { params: { path: { shop }, query: { blocked, cursor } } }));

export const caller = (shop: string, phone: string): Promise<CallerDetail> =>
  ok(client.GET('/api/v1/shops/{shop}/callers/{phone}', { params: { path: { shop, phone } } }));

export const changeCaller = (shop: string, caller: Caller, body: CallerChange): Promise<Caller> =>
  ok(client.PATCH('/api/v1/shops/{shop}/callers/{phone}', { params: { path: { shop, phone: caller.phone }, header: { 'If-Match': caller.etag } }, body }));

export const questions = (shop: string, state?: QuestionState, cursor?: string): Promise<QuestionPage> =>
  ok(client.GET('/api/v1/shops/{shop}/questions', { params: { path: { shop }, query: { state, cursor } } }));

export const answer = (shop: string, id: string, body: Answer): Promise<Question> =>
  ok(client.PATCH('/api/v1/shops/{shop}/questions/{question}', { params: { path: { shop, question: id } }, body }));

/** A shop's profile with the mark that a change has to name. */
export async function profile(shop: string): Promise<{ profile: Profile; etag: string | null }> {
  const asked = client.GET('/api/v1/shops/{shop}/profile', { params: { path: { shop } } });
  const found = await ok(asked);
  return { profile: found, etag: (await asked).response.headers.get('etag') };
}

export const changeProfile = (shop: string, etag: string, body: ProfileChange): Promise<Profile> =>
  ok(client.PATCH('/api/v1/shops/{shop}/profile', { params: { path: { shop }, header: { 'If-Match': etag } }, body }));

/** Who is told what and the evening digest, with the mark that a change gives back. */
export async function choices(shop: string): Promise<{ choices: ChoicesView; etag: string | null }> {
  const asked = await client.GET('/api/v1/shops/{shop}/choices', { params: { path: { shop } } });
  return { choices: await ok(Promise.resolve(asked)), etag: asked.response.headers.get('etag') };
}

export const changeChoices = (shop: string, etag: string, body: Choices): Promise<ChoicesView> =>
  ok(client.PUT('/api/v1/shops/{shop}/choices', { params: { path: { shop }, header: { 'If-Match': etag } }, body }));

export const browsers = async (shop: string): Promise<Browser[]> => (await ok(client.GET('/api/v1/shops/{shop}/browsers', { params: { path: { shop } } }))).items;

export const addBrowser = (shop: string, body: NewBrowser): Promise<Browser> => ok(client.POST('/api/v1/shops/{shop}/browsers', { params: { path: { shop } }, body }));

export const removeBrowser = (shop: string, browser: string): Promise<unknown> =>
  ok(client.DELETE('/api/v1/shops/{shop}/browsers/{browser}', { params: { path: { shop, browser } } }));

export const digests = async (shop: string): Promise<DigestEntry[]> => (await ok(client.GET('/api/v1/shops/{shop}/digests', { params: { path: { shop } } }))).items;

export const digest = (shop: string, date: string, all: boolean): Promise<Digest> =>
  ok(client.GET('/api/v1/shops/{shop}/digests/{date}', { params: { path: { shop, date }, query: { all } } }));

/** The conversation that comes of a caller's words; nothing of it is stored. */
export const tryOut = (shop: string, said: string[], wording: WordingChange[] = []): Promise<Tried> =>
  ok(client.POST('/api/v1/shops/{shop}/tryout', { params: { path: { shop } }, body: { said, wording } }));

/** What is said to callers, by flow and key. */
export const sentences = async (shop: string): Promise<Sentence[]> => (await ok(client.GET('/api/v1/shops/{shop}/wording', { params: { path: { shop } } }))).items;

/** What is asked and done in the shop's conversations, flow by flow. */
export const flows = async (shop: string): Promise<Flow[]> => (await ok(client.GET('/api/v1/shops/{shop}/flows', { params: { path: { shop } } }))).items;
