import { mkdirSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT, AXE, DESKTOP, PHONE, settled, stage, violations, visit, type Stage } from './stage';

const ROUTES = ['/', '/calls', '/bookings', '/bookings?view=week', '/messages', '/orders', '/callers', '/questions', '/digests', '/notices', '/calendars', '/webhooks', '/try', '/rehearsals', '/start', '/shop', '/offer', '/numbers', '/words', '/settings', '/line', '/audit', '/health', '/more', '/none'];
/** `SHOTS=1` keeps pictures of the main pages in docs/console. */
const DOCS = new URL('../../../docs/console/', import.meta.url).pathname;

let on: Stage;
beforeAll(async () => { on = await stage(); });
afterAll(async () => { await on?.close(); });

interface Booked { id: string; date: string; time: string; resource: string; party_size: number; cancelled: boolean; etag: string }

const shopUrl = () => `${on.url}/api/v1/shops/haengbok`;
/** What the API wants of a request that changes something. */
const WRITES = () => ({ 'X-Biseo': '1', origin: on.url });

async function get<T>(context: BrowserContext, path: string): Promise<T> {
  return (await context.request.get(`${shopUrl()}/${path}`)).json() as Promise<T>;
}

/** Changes something as another tab of the same person would. */
async function change(context: BrowserContext, path: string, etag: string | null, data: object): Promise<void> {
  const answer = await context.request.patch(`${shopUrl()}/${path}`, { data, headers: { ...WRITES(), ...(etag ? { 'If-Match': etag } : {}) } });
  expect(answer.status(), await answer.text()).toBe(200);
}

const day = (from: number) => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);

/** A booking some days ahead, so that no rule about notice stands in its way; on Mondays the shop is closed. */
async function later(context: BrowserContext): Promise<Booked> {
  const { items } = await get<{ items: Booked[] }>(context, `bookings?from=${day(2)}&to=${day(7)}`);
  const found = items.find((b) => !b.cancelled && new Date(b.date).getUTCDay() !== 1);
  if (!found) throw new Error('the example has no booking in the days to come');
  return found;
}

async function find(context: BrowserContext, booking: Booked): Promise<Booked> {
  const { items } = await get<{ items: Booked[] }>(context, `bookings?from=${booking.date}&to=${booking.date}`);
  return items.find((b) => b.id === booking.id)!;
}

/** A program that is told, with something sent to it, so that its page has something to show. */
async function program(context: BrowserContext): Promise<string> {
  const { items } = await get<{ items: { id: string }[] }>(context, 'webhooks');
  if (items[0]) return items[0].id;
  const made = await context.request.post(`${shopUrl()}/webhooks`, { data: { name: '계산대', url: 'https://127.0.0.1:1/hook', events: ['all'] }, headers: WRITES() });
  const { webhook } = (await made.json()) as { webhook: { id: string } };
  const sent = await context.request.post(`${shopUrl()}/webhooks/${webhook.id}/test`, { data: {}, headers: WRITES() });
  expect(sent.ok(), await sent.text()).toBe(true);
  return webhook.id;
}

/** The pages of single things, whose paths hold what the example has made up. */
async function details(context: BrowserContext, call: string): Promise<string[]> {
  const { items } = await get<{ items: { date: string }[] }>(context, 'digests');
  return [call, '/callers/01023456701', `/digests/${items[0]!.date}`, `/webhooks/${await program(context)}`];
}

const LOOKS = [
  ['phone', 'light', 'ko'], ['phone', 'dark', 'ko'], ['desktop', 'light', 'ko'], ['desktop', 'dark', 'ko'], ['phone', 'light', 'en'], ['desktop', 'light', 'en'],
] as const;
const SIZES = { phone: PHONE, desktop: DESKTOP };
const lookOf = ([name, colorScheme]: (typeof LOOKS)[number]) => ({ viewport: SIZES[name], colorScheme, isMobile: name === 'phone', hasTouch: name === 'phone', reducedMotion: 'reduce' }) as const;
const inLanguage = (page: Page, language: string) => page.addInitScript((language) => { if (!localStorage.getItem('biseo.look')) localStorage.setItem('biseo.look', JSON.stringify({ language })); }, language);

for (const look of LOOKS) {
  const [name, colorScheme, language] = look;
  test(`${look.join(', ')}: the sign-in page is accessible and fits`, async () => {
    const context = await on.browser.newContext({ locale: 'ko-KR', serviceWorkers: 'block', ...lookOf(look) });
    const page = await context.newPage();
    await inLanguage(page, language);
    await page.route('**/axe.min.js', (route) => route.fulfill({ path: AXE, contentType: 'text/javascript' }));
    await page.goto(on.url);
    await page.getByLabel(language === 'ko' ? '비밀번호' : 'Password').waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    await context.close();
  });

  test(`${look.join(', ')}: every route is accessible, fits, and says no error`, async () => {
    const { context, page, wrong } = await visit(on, lookOf(look));
    await inLanguage(page, language);
    await page.route('**/axe.min.js', (route) => route.fulfill({ path: AXE, contentType: 'text/javascript' }));
    await page.goto(`${on.url}/calls`);
    await settled(page);
    const call = await page.locator('a.row[href^="/calls/"]:has(.good)').first().getAttribute('href');
    const seen: string[] = [];
    for (const path of [...ROUTES, ...(await details(context, call!))]) {
      await page.goto(on.url + path);
      await settled(page);
      seen.push(...(await violations(page)).map((v) => `${path} ${v}`));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) seen.push(`${path} is ${wide} px wider than the screen`);
    }
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(language);
    if (process.env.SHOTS && language === 'ko') await shots(page, `${name}-${colorScheme}`, call!);
    expect(seen).toEqual([]);
    expect(wrong).toEqual([]);
    await context.close();
    // Some thirty pages, each looked through by axe.
  }, 300_000);
}

async function shots(page: Page, name: string, call: string): Promise<void> {
  mkdirSync(DOCS, { recursive: true });
  const kept: Record<string, [string, string][]> = {
    'phone-light': [['today', '/'], ['bookings', '/bookings'], ['call', call], ['numbers', '/numbers'], ['offer', '/offer'], ['calendars', '/calendars'], ['webhooks', '/webhooks'], ['questions', '/questions']],
    'phone-dark': [['today', '/'], ['settings', '/settings']],
    'desktop-light': [['today', '/'], ['bookings', '/bookings?view=week'], ['words', '/words']],
    'desktop-dark': [['call', call]],
  };
  for (const [what, path] of kept[name]!) {
    await page.goto(on.url + path);
    await settled(page);
    await page.waitForFunction(() => document.fonts.status === 'loaded' && [...document.fonts].some((f) => f.status === 'loaded'));
    if (what === 'bookings' && name === 'phone-light') await page.locator('.booking').first().scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${DOCS}${what}-${name}.png` });
  }
}

test('sign-in: a wrong password is told in words, the right one opens Today', async () => {
  const context = await on.browser.newContext({ viewport: PHONE, locale: 'ko-KR', serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.goto(on.url);
  await page.getByLabel('아이디').fill(ACCOUNT.login);
  await page.getByLabel('비밀번호').fill('nothing-of-the-kind');
  await page.getByRole('button', { name: '로그인' }).click();
  await page.getByText('아이디, 비밀번호 또는 코드가 맞지 않습니다.').waitFor();
  await page.getByLabel('비밀번호').fill(ACCOUNT.password);
  await page.getByRole('button', { name: '로그인' }).click();
  await page.getByRole('navigation').first().waitFor();
  await context.close();
});

test('size, theme and language are kept over a reload', async () => {
  const { context, page } = await visit(on, { viewport: PHONE });
  await page.goto(`${on.url}/settings`);
  await page.getByRole('radio', { name: '가장 크게' }).check({ force: true });
  await page.getByRole('radio', { name: '어둡게' }).check({ force: true });
  await page.getByRole('radio', { name: 'English' }).check({ force: true });
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  const root = await page.evaluate(() => ({ ...document.documentElement.dataset, lang: document.documentElement.lang, px: getComputedStyle(document.documentElement).fontSize }));
  expect(root).toMatchObject({ size: '5', theme: 'dark', lang: 'en', px: '23px' });
  await context.close();
});

test('a call appears as it is spoken', async () => {
  const { context, page } = await visit(on, { viewport: PHONE });
  const live = page.locator('article.live').first();
  await live.waitFor({ timeout: 60_000 });
  await page.locator('article.live .talk.caller').first().waitFor({ timeout: 60_000 });
  await page.locator('article.live .talk.biseo').first().waitFor({ timeout: 60_000 });
  await context.close();
});

test('a message is marked as done and brought back', async () => {
  const { context, page } = await visit(on, { viewport: PHONE });
  await page.goto(`${on.url}/messages`);
  await settled(page);
  const rows = page.locator('article.message');
  const before = await rows.count();
  expect(await rows.first().getByRole('link', { name: /전화하기/ }).getAttribute('href')).toMatch(/^tel:\d+$/);
  await rows.first().getByRole('button', { name: '끝냄' }).click();
  await page.waitForFunction((n) => document.querySelectorAll('article.message').length < n, before);
  await page.getByRole('button', { name: '되돌리기' }).click();
  await page.waitForFunction((n) => document.querySelectorAll('article.message').length >= n, before);
  await context.close();
});

test('a booking is asked about before it is moved, by keyboard and by the mouse', async () => {
  const { context, page } = await visit(on, { viewport: DESKTOP });
  await page.goto(`${on.url}/bookings`);
  await settled(page);
  await page.getByRole('button', { name: '하루 뒤로' }).click();
  const first = page.locator('.booking').first();
  await first.waitFor();
  await first.focus();
  await page.keyboard.press('Alt+ArrowDown');
  const bar = page.getByRole('region', { name: '예약 옮기기' });
  await bar.getByText('→').waitFor();
  await bar.getByRole('button', { name: '그대로 두기' }).click();
  await bar.waitFor({ state: 'detached' });
  await first.scrollIntoViewIfNeeded();
  const box = (await first.boundingBox())!;
  await page.mouse.move(box.x + 20, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + 20, box.y + 60, { steps: 6 });
  await page.mouse.up();
  await bar.getByText('→').waitFor();
  await context.close();
});

/** A day of next week on the shop's clock, counted from its Monday: the rules take bookings on it. */
function nextWeek(days: number): string {
  const here = new Date(Date.now() + 9 * 3_600_000);
  const monday = 7 - ((here.getUTCDay() + 6) % 7);
  here.setUTCDate(here.getUTCDate() + monday + days);
  return here.toISOString().slice(0, 10);
}

/** A party for which only the room is large enough. */
async function party(context: BrowserContext, date: string, name: string): Promise<Booked> {
  const data = { date, time: '18:00:00', party_size: 9, name, phone: '010-3333-4444' };
  const made = await context.request.post(`${shopUrl()}/bookings`, { data, headers: WRITES() });
  expect(made.status(), await made.text()).toBe(201);
  return made.json() as Promise<Booked>;
}

/** Drags a booking of the week into another day's column, at the same hour. */
async function drag(page: Page, name: string, date: string): Promise<void> {
  const shown = page.locator('.booking', { hasText: name });
  await shown.evaluate((box) => box.scrollIntoView({ block: 'center' }));
  const [box, column] = [(await shown.boundingBox())!, (await page.locator(`[data-day="${date}"]`).boundingBox())!];
  const y = box.y + 12;
  await page.mouse.move(box.x + box.width / 2, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 20, y, { steps: 4 });
  await page.mouse.move(column.x + column.width / 2, y, { steps: 8 });
  await page.locator(`[data-day="${date}"] .ghost`).waitFor();
  await page.mouse.up();
}

test('in the week a booking is dragged to another day, and never onto one that stands in the same room', async () => {
  const { context, page, wrong } = await visit(on, { viewport: DESKTOP, reducedMotion: 'reduce' });
  const [wed, thu, fri] = [nextWeek(2), nextWeek(3), nextWeek(4)];
  const [ours, theirs] = [await party(context, wed, '한가람'), await party(context, fri, '고정수')];
  expect([ours.resource, theirs.resource]).toEqual(['룸-1', '룸-1']);
  await page.goto(`${on.url}/bookings?view=week&date=${wed}`);
  await settled(page);
  const bar = page.getByRole('region', { name: '예약 옮기기' });
  await drag(page, '한가람', thu);
  await bar.getByRole('button', { name: '옮기기', exact: true }).click();
  await page.locator('.toasts').getByText('옮겼습니다').waitFor();
  await page.locator(`[data-day="${thu}"] .booking`, { hasText: '한가람' }).waitFor();
  expect((await find(context, { ...ours, date: thu })).time).toBe('18:00:00');

  // Onto the other party: told before it is asked for, refused when it is, with what is free instead; both stay.
  await drag(page, '한가람', fri);
  await bar.getByText('그 시간 룸-1에는 고정수 님 예약이 있어요.').waitFor();
  await bar.getByRole('button', { name: '옮기기', exact: true }).click();
  await bar.getByRole('alert').getByText('그 시간에는 빈 자리가 없습니다.').waitFor();
  await bar.getByText('비어 있는 시간').waitFor();
  expect(await bar.locator('.other button').count()).toBeGreaterThan(0);
  expect((await find(context, { ...ours, date: thu })).resource).toBe('룸-1');
  expect((await find(context, { ...theirs, date: fri })).time).toBe('18:00:00');
  // What is offered instead is free, and is taken.
  await bar.locator('.other button').first().click();
  await bar.getByRole('button', { name: '옮기기', exact: true }).click();
  await bar.waitFor({ state: 'detached' });
  const { items } = await get<{ items: Booked[] }>(context, `bookings?from=${nextWeek(0)}&to=${nextWeek(20)}`);
  const room = items.filter((b) => b.resource === '룸-1' && !b.cancelled).map((b) => `${b.date} ${b.time}`);
  expect(new Set(room).size).toBe(room.length);
  expect(wrong.filter((w) => !w.includes('409'))).toEqual([]);
  await context.close();
});

test('a finger that holds drags a booking, and one that swipes at once drags nothing', async () => {
  const { context, page } = await visit(on, { viewport: PHONE, isMobile: true, hasTouch: true });
  const booking = await later(context);
  await page.goto(`${on.url}/bookings?date=${booking.date}`);
  await settled(page);
  const shown = page.locator('.booking').first();
  await shown.waitFor();
  await shown.evaluate((box) => box.scrollIntoView({ block: 'center' }));
  const box = (await shown.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + Math.min(20, box.height / 2)];
  const finger = await context.newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: number) => finger.send('Input.dispatchTouchEvent', { type, touchPoints: at === undefined ? [] : [{ x, y: at }] });
  const bar = page.getByRole('region', { name: '예약 옮기기' });
  await touch('touchStart', y);
  await page.waitForTimeout(600);
  for (const by of [10, 25, 40, 70, 100]) await touch('touchMove', y + by);
  await page.locator('.ghost').waitFor();
  await touch('touchEnd');
  await bar.getByText('→').waitFor();
  await bar.getByRole('button', { name: '그대로 두기' }).click();
  await bar.waitFor({ state: 'detached' });
  await touch('touchStart', y);
  for (const by of [10, 30, 60, 90, 120]) await touch('touchMove', y - by);
  expect(await page.locator('.ghost').count()).toBe(0);
  await touch('touchEnd');
  expect(await bar.count()).toBe(0);
  await context.close();
});

test('a booking goes to a free time and, by the way back, to where it was', async () => {
  const { context, page } = await visit(on, { viewport: DESKTOP });
  const booking = await later(context);
  await page.goto(`${on.url}/bookings?date=${booking.date}&booking=${booking.id}`);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '시간 옮기기' }).click();
  await dialog.locator('.free button[aria-pressed="false"]').last().click();
  await dialog.locator('form').getByRole('button').last().click();
  const bar = page.getByRole('region', { name: '예약 옮기기' });
  await bar.getByRole('button', { name: '옮기기', exact: true }).click();
  await page.locator('.toasts').getByText('옮겼습니다').waitFor();
  expect((await find(context, booking)).time).not.toBe(booking.time);
  const back = page.waitForResponse((r) => r.request().method() === 'PATCH');
  await page.getByRole('button', { name: '되돌리기' }).click();
  expect((await back).status()).toBe(200);
  expect(await find(context, booking)).toMatchObject({ time: booking.time, resource: booking.resource });
  await context.close();
});

test('what is refused is told in the dialog, and no switch stays switched', async () => {
  const { context, page } = await visit(on, { viewport: PHONE });
  const booking = await later(context);
  const caller = await get<{ caller: { phone: string; etag: string } }>(context, 'callers/01023456701');
  // Without events the page does not hear that somebody else changes both.
  await page.route('**/events', (route) => route.fulfill({ status: 502 }));
  await page.goto(`${on.url}/bookings?date=${booking.date}&booking=${booking.id}`);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: '예약 취소' }).click();
  await change(context, `bookings/${booking.id}`, booking.etag, { party_size: booking.party_size === 2 ? 3 : 2 });
  await dialog.getByRole('alertdialog').getByRole('button').last().click();
  await dialog.getByRole('alert').getByText('다른 사람이').waitFor();

  await page.goto(`${on.url}/callers/01023456701`);
  const blocked = page.getByRole('switch');
  await blocked.waitFor();
  await change(context, 'callers/01023456701', caller.caller.etag, { note: '창가 자리' });
  await blocked.click();
  await page.locator('.toasts').getByText('다른 사람이').waitFor();
  expect(await blocked.isChecked()).toBe(false);
  await page.getByRole('button', { name: '새로 불러오기' }).click();
  await page.waitForFunction(() => document.querySelector('textarea')?.value === '창가 자리');
  await context.close();
});

test('a fact that somebody else changed meanwhile is not overwritten', async () => {
  const { context, page } = await visit(on, { viewport: PHONE });
  await page.goto(`${on.url}/shop`);
  await settled(page);
  const fact = page.locator('ul.rows li').first();
  const title = (await fact.locator('h3').textContent())!;
  await fact.getByRole('button').click();
  const profile = await context.request.get(`${shopUrl()}/profile`);
  const [topic] = Object.keys((await profile.json()).facts);
  await change(context, 'profile', profile.headers().etag!, { facts: [{ topic, text: { ko: '그사이에 바뀐 답입니다.' } }] });
  // The event has brought the new text below the dialog.
  await page.locator('ul.rows li', { hasText: title }).getByText('그사이에 바뀐 답입니다.').waitFor();
  const dialog = page.getByRole('dialog');
  await dialog.locator('textarea').first().fill('내가 쓴 답입니다.');
  await dialog.getByRole('button', { name: '저장' }).click();
  await dialog.getByRole('alert').getByText('다른 사람이').waitFor();
  await context.close();
});

test('what happened while the events were cut off is there when they come back', async () => {
  const { context, page } = await visit(on, { viewport: PHONE });
  const booking = await later(context);
  const people = (n: number) => page.getByRole('dialog').locator('dd').getByText(`${n}명`, { exact: true });
  await page.route('**/events', (route) => route.fulfill({ status: 502 }));
  await page.goto(`${on.url}/bookings?date=${booking.date}&booking=${booking.id}`);
  await people(booking.party_size).waitFor();
  await page.locator('.lost').waitFor();
  const other = booking.party_size === 2 ? 3 : 2;
  await change(context, `bookings/${booking.id}`, booking.etag, { party_size: other });
  await page.unroute('**/events');
  await people(other).waitFor();
  await context.close();
});

test('whose session has ended is asked to sign in, without touching anything', async () => {
  const { context, page } = await visit(on, { viewport: PHONE });
  await page.route('**/events', (route) => route.fulfill({ status: 502 }));
  await page.reload();
  await settled(page);
  await page.locator('.lost').waitFor();
  // Nothing else is under way that would be told.
  await page.waitForLoadState('networkidle');
  await context.request.delete(`${on.url}/api/v1/session`, { headers: WRITES() });
  await page.getByLabel('비밀번호').waitFor();
  await context.close();
});

test('a page that was gone to has the focus and a title of its own', async () => {
  const { context, page } = await visit(on, { viewport: DESKTOP });
  const titles: string[] = [];
  for (const name of ['통화', '예약', '통화']) {
    await page.getByRole('navigation').first().getByRole('link', { name: new RegExp(`^${name}`) }).click();
    await page.waitForFunction((n) => document.activeElement?.tagName === 'H1' && document.activeElement.textContent?.startsWith(n), name);
    titles.push(await page.title());
  }
  expect(titles[0]).not.toBe(titles[1]);
  expect(titles[0]).toBe(titles[2]);
  await context.close();
});

test('a number that is being typed is no search yet', async () => {
  const { context, page } = await visit(on, { viewport: DESKTOP });
  await page.goto(`${on.url}/calls`);
  await settled(page);
  await page.getByRole('searchbox').fill('0109');
  const asked = page.waitForRequest((r) => /\/calls\?.*outcome=missed/.test(r.url()));
  await page.locator('input[value="missed"]').check({ force: true });
  expect((await asked).url()).not.toContain('caller=');
  await page.getByRole('searchbox').fill('01023456701');
  const searched = page.waitForRequest((r) => r.url().includes('caller=01023456701'));
  await page.getByRole('searchbox').press('Enter');
  await searched;
  await context.close();
});

test('without a line no day is told from another day', async () => {
  const { context, page } = await visit(on, { viewport: DESKTOP });
  await page.goto(`${on.url}/orders`);
  await settled(page);
  await page.locator('article.line').first().waitFor();
  await page.route('**/orders?*', (route) => route.abort());
  await page.getByRole('button', { name: '하루 앞으로' }).click();
  await page.getByRole('alert').getByText('서버에 닿지 않습니다.').waitFor();
  expect(await page.locator('article.line').count()).toBe(0);
  await context.close();
});

test('a pause before the first sound is no fault of the recording', async () => {
  const { context, page } = await visit(on, { viewport: DESKTOP });
  await page.route('**/recording', async (route) => { await held; await route.continue(); });
  let release = () => {};
  const held = new Promise<void>((done) => { release = done; });
  const { items } = await get<{ items: { id: string; recorded: boolean; ended: string | null }[] }>(context, 'calls?limit=50');
  await page.goto(`${on.url}/calls/${items.find((c) => c.recorded && c.ended)!.id}`);
  const play = page.locator('button.play');
  await play.click();
  await page.waitForFunction(() => !document.querySelector('audio')!.paused);
  await play.click();
  await page.waitForFunction(() => document.querySelector('audio')!.paused);
  release();
  await page.locator('.wave svg').first().waitFor();
  expect(await page.locator('.broken').count()).toBe(0);
  await context.close();
});

test('an unknown question is answered once and stands among the facts', async () => {
  const { context, page } = await visit(on, { viewport: PHONE });
  await page.goto(`${on.url}/questions`);
  await settled(page);
  await page.locator('article.question').first().getByRole('button', { name: '답 적기' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('무엇에 대한 질문인가요').selectOption('wait');
  await dialog.getByLabel('비서가 할 말').fill('주말 저녁에는 20분쯤 기다리실 수 있어요.');
  await dialog.getByRole('button', { name: '알려 주기' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.goto(`${on.url}/shop`);
  await page.getByText('주말 저녁에는 20분쯤 기다리실 수 있어요.').waitFor();
  await context.close();
});

test('how long things are kept is chosen, and a caller who asks is forgotten', async () => {
  const { context, page } = await visit(on, { viewport: PHONE, acceptDownloads: true });
  await page.goto(`${on.url}/settings`);
  const days = page.getByLabel('통화 녹음', { exact: true });
  await days.fill('30');
  await page.getByText('저장하면 새 기간보다 오래된').waitFor();
  const form = page.locator('form').filter({ has: days });
  await form.getByRole('button', { name: '저장' }).click();
  await page.getByText('보관 기간을 바꿨어요').waitFor();
  expect((await get<{ recordings_days: number }>(context, 'care')).recordings_days).toBe(30);

  const number = '01023456733';
  await page.goto(`${on.url}/callers/${number}`);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '모든 기록 내려받기' }).click()]);
  expect(file.suggestedFilename()).toBe('caller.json');
  await page.getByRole('button', { name: '기록 지우기' }).click();
  await page.getByRole('button', { name: '지우기', exact: true }).click();
  await page.getByText(/^지웠어요/).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: '닫기' }).last().click();
  await page.waitForURL(`${on.url}/callers`);
  const { items } = await get<{ items: { caller: string | null }[] }>(context, `calls?caller=${number}`);
  expect(items).toEqual([]);
  await context.close();
});

test('what was misunderstood is corrected with a tap and taken back', async () => {
  const { context, page, wrong } = await visit(on, { viewport: PHONE });
  const { items } = await get<{ items: { id: string; outcome: string }[] }>(context, 'calls?limit=20');
  await page.route('**/axe.min.js', (route) => route.fulfill({ path: AXE, contentType: 'text/javascript' }));
  const over = items.find((c) => c.outcome === 'caller' || c.outcome === 'biseo');
  await page.goto(`${on.url}/calls/${over!.id}`);
  await settled(page);
  const turn = page.locator('.turns > li').filter({ has: page.locator('details') }).first();
  await turn.locator('summary').click();
  await turn.getByRole('button', { name: '잘못 알아들었어요' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('손님이 원한 것').selectOption('ask');
  await dialog.getByLabel('주제').selectOption('parking');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: '저장' }).click();
  await turn.getByText('원한 것: 질문').waitFor();
  await page.goto(`${on.url}/rehearsals`);
  await page.getByRole('heading', { name: '고쳐 준 말' }).waitFor();
  await page.goto(`${on.url}/calls/${over!.id}`);
  await turn.locator('summary').click();
  await turn.getByRole('button', { name: '고치기' }).click();
  await dialog.getByRole('button', { name: '고친 것 되돌리기' }).click();
  await turn.getByRole('button', { name: '잘못 알아들었어요' }).waitFor();
  expect((await get<{ items: unknown[] }>(context, 'corrections')).items).toEqual([]);
  expect(wrong).toEqual([]);
  await context.close();
});

test('a dialog closes by a press outside, not by a text that is marked beyond its edge', async () => {
  const { context, page } = await visit(on, { viewport: DESKTOP });
  await page.goto(`${on.url}/questions`);
  await settled(page);
  await page.locator('article.question').first().getByRole('button', { name: '답 적기' }).click();
  const answer = page.getByRole('dialog').getByLabel('비서가 할 말');
  await answer.fill('반쯤 쓴 답');
  const box = (await answer.boundingBox())!;
  await page.mouse.move(box.x + 30, box.y + 15);
  await page.mouse.down();
  await page.mouse.move(5, 5, { steps: 4 });
  await page.mouse.up();
  expect(await answer.inputValue()).toBe('반쯤 쓴 답');
  await page.mouse.click(5, 5);
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await context.close();
});

test('the largest size fits a phone on every route', async () => {
  const { context, page } = await visit(on, { viewport: PHONE, isMobile: true, hasTouch: true });
  await page.evaluate(() => localStorage.setItem('biseo.look', JSON.stringify({ size: 5 })));
  const wide: string[] = [];
  for (const path of ROUTES) {
    await page.goto(on.url + path);
    await settled(page);
    const by = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (by > 0) wide.push(`${path} by ${by} px`);
  }
  expect(wide).toEqual([]);
  await context.close();
});

test('without a line the console still opens and says so', async () => {
  const { context, page } = await visit(on, { viewport: PHONE, serviceWorkers: 'allow' });
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.reload();
  await page.getByText('서버에 닿지 않습니다.').first().waitFor();
  // Nothing that the API said was kept.
  const kept = await page.evaluate(async () => (await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map((r) => r.url)))).flat());
  expect(kept.filter((url) => url.includes('/api/'))).toEqual([]);
  expect(kept.length).toBeGreaterThan(5);
  await context.close();
});

test('Pretendard comes by itself, after the page', async () => {
  const { context, page } = await visit(on, { viewport: PHONE });
  await page.waitForFunction(() => [...document.fonts].some((f) => f.family.includes('Pretendard') && f.status === 'loaded'));
  await context.close();
});
