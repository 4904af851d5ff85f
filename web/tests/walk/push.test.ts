/** Notices in the browser, from end to end: the real program, our own push service in the place of a browser maker's, and the console's service
 *  worker in Debian's chromium. That one has no maker's service behind it, so `subscribe` is answered by ours, with keys of ours; what arrives
 *  there is handed to the worker as the browser would, by the DevTools protocol. */
import { chromium, type Browser, type BrowserContext, type CDPSession, type Page, type Worker } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MORNING, Place, type Service } from './biseo';
import { PushService } from './world';

const PATIENCE = 60_000;
const LOOKS = { timeout: PATIENCE, interval: 100 };

let browser: Browser;
let place: Place;
let service: Service;
let endpoint: string;
const push = new PushService();

beforeAll(async () => {
  endpoint = await push.listen();
  place = new Place('[notices]\ncontact = "mailto:biseo@example.com"\nallow = ["127.0.0.0/8"]\n', true);
  service = await place.serve(MORNING);
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
  push.close();
  place?.remove();
});

interface Asked { visible: boolean; key: string }
/** What of a service worker's world is used here. */
interface Scope extends EventTarget { registration: ServiceWorkerRegistration; clients: object }
interface Told { id: string; tag: string; title: string; body: string; url: string | null; urgent: boolean }

/** A browser whose maker's push service is ours. What the page asked of it is kept in `asked`. */
async function ours(context: BrowserContext): Promise<void> {
  await context.addInitScript(({ endpoint, keys }) => {
    const octets = (text: string) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    const subscribe = async (options: PushSubscriptionOptionsInit) => {
      const key = String.fromCharCode(...(options.applicationServerKey as Uint8Array));
      Object.assign(window, { asked: { visible: options.userVisibleOnly, key: btoa(key).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '') } });
      return { endpoint, getKey: (name: 'p256dh' | 'auth') => octets(keys[name]).buffer };
    };
    Object.assign(PushManager.prototype, { subscribe });
  }, { endpoint, keys: push.keys() });
}

/** Hands octets to the page's service worker as a push service's notice. */
async function postman(context: BrowserContext, page: Page): Promise<(data: string) => Promise<void>> {
  const session: CDPSession = await context.newCDPSession(page);
  const registration = new Promise<string>((found) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => { if (registrations[0]) found(registrations[0].registrationId); });
  });
  await session.send('ServiceWorker.enable');
  const registrationId = await registration;
  return async (data) => { await session.send('ServiceWorker.deliverPushMessage', { origin: service.console, registrationId, data }); };
}

const shown = (worker: Worker) => worker.evaluate(async () => {
  const all = await (self as unknown as Scope).registration.getNotifications();
  return all.map((n) => ({ title: n.title, body: n.body, tag: n.tag, url: n.data.url as string | null, stays: n.requireInteraction }));
});

/** Delivers until it is seen, as a push service repeats what was not taken: a browser on a busy machine may drop one while it starts its worker, or
 *  wait for the notice's icon for a minute and a half. */
async function repeated(deliver: () => Promise<void>, seen: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 6; round++) {
    await deliver();
    for (const until = Date.now() + 15_000; Date.now() < until; await new Promise((done) => setTimeout(done, 100))) if (await seen()) return;
  }
}

/** The reader presses a notice. No protocol can press what a headless browser shows, so that the worker's own event is told of the shown notice. */
const pressed = (worker: Worker, tag: string) => worker.evaluate(async (tag) => {
  const scope = self as unknown as Scope;
  const [notification] = await scope.registration.getNotifications({ tag });
  let done: Promise<unknown> | undefined;
  scope.dispatchEvent(Object.assign(new Event('notificationclick'), { notification, waitUntil: (what: Promise<unknown>) => { done = what; } }));
  await done;
}, tag);

async function signedIn(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(service.welcome('행복식당'));
  await page.getByLabel('이름').fill('김사장');
  await page.getByLabel('아이디').fill('sajang');
  await page.getByLabel('비밀번호').fill('단골손님 환영합니다');
  await page.locator('form button[type=submit]').click();
  await page.waitForURL((url) => !url.pathname.startsWith('/welcome'));
  return page;
}

test('a browser is subscribed on the page; a notice is shown in it, once, and leads to what it is about', async () => {
  const context = await browser.newContext({ locale: 'ko-KR', timezoneId: 'Asia/Seoul', serviceWorkers: 'allow', permissions: ['notifications'] });
  await ours(context);
  const page = await signedIn(context);
  await page.goto(`${service.console}/notices`);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));

  // The page asks the browser, and tells Biseo.
  await page.getByRole('button', { name: '이 휴대폰에서 알림 받기' }).click();
  await page.getByRole('button', { name: '이 브라우저 빼기' }).waitFor();
  const shopUrl = `${service.console}/api/v1/shops/haengbok`;
  const choices = await (await context.request.get(`${shopUrl}/choices`)).json() as { push_key: string };
  expect(await page.evaluate(() => (window as unknown as { asked: Asked }).asked)).toEqual({ visible: true, key: choices.push_key });
  await page.getByRole('button', { name: '저장' }).click();
  await page.getByText('저장했습니다. 다음 일부터 이대로 알립니다.').waitFor();

  // Something happens at the shop: it arrives at the push service, sealed for this browser.
  const begun = await context.request.post(`${shopUrl}/incidents`, { data: { kind: 'payments_down' }, headers: { 'X-Biseo': '1', origin: service.console } });
  expect(begun.status(), await begun.text()).toBe(201);
  await expect.poll(() => push.notices.length, LOOKS).toBeGreaterThan(0);
  expect(push.wrong).toEqual([]);
  const sent = push.notices[0]!;
  const told = JSON.parse(sent) as Told;
  expect(told.body).toContain('카드 결제가 안 됨');

  // The worker shows it; the same again (a repetition) is not shown twice; what is no notice shows nothing.
  const deliver = await postman(context, page);
  await expect.poll(() => context.serviceWorkers().length, LOOKS).toBe(1);
  const worker = context.serviceWorkers()[0]!;
  const first = { title: told.title, body: told.body, tag: told.tag, url: told.url, stays: told.urgent };
  await repeated(() => deliver(sent), async () => JSON.stringify(await shown(worker)) === JSON.stringify([first]));
  expect(await shown(worker)).toEqual([first]);
  await deliver(sent);
  await deliver('no notice');
  const other = { ...told, tag: 'other', title: 'other', url: 'https://elsewhere.example/trap' };
  const linked = { ...told, tag: 'linked', url: `${service.console}/line?shop=haengbok` };
  const both = async () => { await deliver(JSON.stringify(other)); await deliver(JSON.stringify(linked)); };
  const tags = async () => (await shown(worker)).map((n) => n.tag).sort();
  const all = [told.tag, 'linked', 'other'].sort();
  await repeated(both, async () => JSON.stringify(await tags()) === JSON.stringify(all));
  expect(await tags()).toEqual(all);

  // Pressed, it leads the console's window to what it is about, to Today if it names nothing, and is gone.
  await page.goto(`${service.console}/orders`);
  await pressed(worker, 'linked');
  await page.waitForURL(`${service.console}/line?shop=haengbok`);
  await pressed(worker, told.tag);
  await page.waitForURL((url) => url.pathname === (told.url ? new URL(told.url, service.console).pathname : '/'));
  expect((await shown(worker)).map((n) => n.tag)).toEqual(['other']);

  // An address elsewhere is never opened; without a window a new one is.
  await page.goto('about:blank');
  const opened = await worker.evaluate(() => {
    const opened: string[] = [];
    Object.assign((self as unknown as Scope).clients, { openWindow: async (url: string) => { opened.push(url); return null; } });
    Object.assign(self, { opened });
    return opened;
  });
  expect(opened).toEqual([]);
  await pressed(worker, 'other');
  expect(await worker.evaluate(() => (self as unknown as { opened: string[] }).opened)).toEqual([service.console]);
  await context.close();
});
