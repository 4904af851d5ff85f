/** An owner's first day, on the real program: from no shop at all by the first-run wizard to a rehearsed one, the page's own call seen word by word,
 *  its booking dragged, a question answered once and known in the next call, notices by mail and push, the evening digest. Callers are real calls over SIP and RTP by synthetic voices. */
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EVENING, MORNING, Place, SHOP, type Service } from './biseo';
import { MailServer, PushService, readable } from './world';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1360, height: 900 };
const PATIENCE = 60_000;

let browser: Browser;
let place: Place;
let service: Service;
const mail = new MailServer();
const push = new PushService();
let endpoint: string;

beforeAll(async () => {
  endpoint = await push.listen();
  const port = await mail.listen();
  place = new Place(`[mail]\nserver = "127.0.0.1"\nport = ${port}\ntls = "off"\nfrom = "비서 <biseo@example.com>"\n
[notices]\ncontact = "mailto:biseo@example.com"\nallow = ["127.0.0.0/8"]\n`);
  service = await place.serve(MORNING);
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
  mail.close();
  push.close();
  place?.remove();
});

const shopUrl = () => `${service.console}/api/v1/shops/${SHOP}`;
const WRITES = () => ({ 'X-Biseo': '1', origin: service.console });

async function get<T>(context: BrowserContext, path: string): Promise<T> {
  const answer = await context.request.get(`${shopUrl()}/${path}`);
  expect(answer.status(), await answer.text()).toBe(200);
  return answer.json() as Promise<T>;
}

/** Looks again and again until there is something. */
async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Keeps all that was ever shown of words that are being spoken. */
async function watchWords(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seenWords: seen });
    new MutationObserver(() => {
      const text = document.querySelector('.live .said [aria-live="off"]')?.textContent?.trim();
      if (text && seen.at(-1) !== text) seen.push(text);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

/** A call goes on, and the caller's words are shown as they are spoken, longer and longer. */
async function spoken(page: Page): Promise<void> {
  await page.locator('article.live').waitFor({ timeout: PATIENCE });
  const words = await until('words as they are spoken', async () => {
    const seen = await page.evaluate(() => (window as unknown as { seenWords: string[] }).seenWords);
    return seen.length >= 3 ? seen : undefined;
  });
  expect(words.some((longer, i) => i > 0 && longer.length > words[i - 1]!.length), words.join(' | ')).toBe(true);
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Found { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }

/** No serious or critical violation (axe-core), and nothing wider than the screen. */
async function accessible(page: Page, what: string): Promise<void> {
  await page.addScriptTag({ url: '/axe.min.js' });
  const found = await page.evaluate(() => (window as unknown as { axe: { run: (on: Document) => Promise<{ violations: Found[] }> } }).axe.run(document));
  const grave = found.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary}`).slice(0, 3).join(' | ')}`);
  expect(grave, what).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), what).toBeLessThanOrEqual(0);
}

/** `SHOTS=1` keeps pictures in docs/console. */
async function picture(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: new URL(`../../../docs/console/${name}.png`, import.meta.url).pathname });
}

interface Chosen { notices: { reader: { id: string; by: string[] }[] } }
interface Booked { id: string; date: string; time: string; party_size: number; name: string; etag: string }
interface Asked { items: { id: string; text: string; state: string }[] }
interface Calls { items: { id: string; outcome: string }[] }

/** The wizard from its first step to the end of the page's own call, on a telephone. */
async function founded(page: Page): Promise<void> {
  const next = () => page.getByRole('button', { name: '저장하고 다음' }).click();
  const step = (title: string) => page.getByRole('heading', { level: 2, name: title }).waitFor();
  const see = async (name: string) => {
    await accessible(page, `wizard: ${name}`);
    await page.evaluate(() => scrollTo(0, 0));
    await picture(page, `start-${name}-phone-light`);
  };

  await step('어떤 가게인가요?');
  await page.getByRole('radio', { name: '식당·카페' }).check({ force: true });
  await page.getByLabel('가게 이름').fill('행복식당');
  await page.getByLabel('주소').fill('서울 마포구 행복로 12, 1층');
  await see('business');
  await page.getByLabel('손님이 거는 번호').fill('7001');
  await next();
  await page.getByText('형식이 맞지 않아요').waitFor();
  await accessible(page, 'wizard: a fault');
  await page.getByLabel('손님이 거는 번호').fill('02-700-1001');
  await next();

  // A dead telephone loses nothing: it goes on where it was.
  await step('언제 여나요?');
  await page.reload();
  await step('언제 여나요?');
  await page.getByRole('button', { name: '가게', exact: false }).first().click();
  await step('어떤 가게인가요?');
  expect(await page.getByLabel('손님이 거는 번호').inputValue()).toBe('02-700-1001');
  await next();
  await step('언제 여나요?');
  await see('hours');
  await next();

  await step('전화로 무엇을 받나요?');
  await page.getByLabel('몇 개').first().fill('0');
  await next();
  await page.getByText('너무 짧거나 작아요').waitFor();
  await page.getByLabel('몇 개').first().fill('3');
  await see('booking');
  await next();

  await step('손님이 자주 묻는 것');
  await page.getByLabel('주차 되나요?').fill('건물 뒤에 6대까지, 2시간 무료로 주차하실 수 있어요.');
  await page.getByLabel('메일', { exact: true }).fill('owner@example.com');
  await see('facts');
  await next();

  await step('먼저 연습해 봐요');
  await see('rehearsal');
  await page.getByRole('button', { name: '연습 시작' }).click();
  await page.getByText(/통 모두 잘 끝났어요/).waitFor({ timeout: PATIENCE });
  await page.locator('details.good', { hasText: '주차' }).locator('summary').click();
  await page.getByText('2시간 무료로 주차').waitFor();
  await see('rehearsed');
  await next();

  await step('이제 진짜 전화');
  await watchWords(page);
  await page.getByRole('button', { name: '전화 걸어 보기' }).click();
  await spoken(page);
  await page.locator('article.live .talk.biseo').nth(1).waitFor({ timeout: PATIENCE });
  await see('call');
  await page.getByText('통화가 끝났어요').waitFor({ timeout: 3 * PATIENCE });
  await page.getByRole('button', { name: '준비 마치기' }).click();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForURL(`${service.console}/`);
  await until('the mail about the booking', () => mail.mails.find((m) => m.to === 'owner@example.com' && readable(m).includes('예약')));
}

/** Writes a fact of the shop as another tab would, or takes it away. */
async function fact(page: Page, topic: string, ko: string | null): Promise<void> {
  const { request } = page.context();
  const shown = await request.get(`${shopUrl()}/profile`);
  const changed = await request.patch(`${shopUrl()}/profile`, { data: { facts: [{ topic, text: ko ? { ko } : null }] }, headers: { ...WRITES(), 'If-Match': shown.headers()['etag']! } });
  expect(changed.status(), await changed.text()).toBe(200);
}

/** Taken up again later and on another screen: each step as it was saved, and the rehearsals' own page. */
async function wizardOnDesktop(page: Page): Promise<void> {
  await page.setViewportSize(DESKTOP);
  for (const step of ['business', 'hours', 'booking', 'facts', 'rehearsal', 'call']) {
    await page.goto(`${service.console}/start?step=${step}`);
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    await page.waitForFunction(() => !document.querySelector('.skeleton'));
    await accessible(page, `/start?step=${step} on a desktop`);
    if (step === 'booking') await picture(page, 'start-booking-desktop-light');
  }
  await page.goto(`${service.console}/rehearsals`);
  await page.getByRole('button', { name: '연습 시작' }).click();
  await page.getByText(/통 모두 잘 끝났어요/).waitFor({ timeout: PATIENCE });
  await until('both runs', async () => ((await page.locator('button[aria-current]').count()) === 1 && (await page.locator('ul > li > button').count()) === 2 ? true : undefined));
  await page.locator('details.good', { hasText: '예약하는 손님' }).locator('summary').click();
  await accessible(page, '/rehearsals on a desktop');
  await picture(page, 'rehearsals-desktop-light');
  await page.setViewportSize(PHONE);
  await page.evaluate(() => scrollTo(0, 0));
  await accessible(page, '/rehearsals on a phone');
  await picture(page, 'rehearsals-phone-light');
  // An answer that no caller will hear, since another stands in its way, is found, with what was said and what to do.
  await fact(page, '주차 되는 곳', '단골은 주차비를 깎아 드려요.');
  await page.getByRole('button', { name: '연습 시작' }).click();
  await page.getByText('10통 가운데 9통이 잘 끝났어요').waitFor({ timeout: PATIENCE });
  const bad = page.locator('details.bad');
  await bad.locator('summary').click();
  await bad.getByText('단골은 주차비를 깎아 드려요.').waitFor();
  await bad.locator('.talk.caller').first().waitFor();
  await accessible(page, '/rehearsals with a failure');
  await picture(page, 'rehearsals-failed-phone-light');
  await fact(page, '주차 되는 곳', null);
  // The largest letters fit a small telephone.
  await page.setViewportSize({ width: 360, height: 740 });
  await page.evaluate(() => localStorage.setItem('biseo.look', JSON.stringify({ size: 5 })));
  for (const path of ['/rehearsals', ...['business', 'hours', 'booking', 'facts', 'rehearsal', 'call'].map((step) => `/start?step=${step}`)]) {
    await page.goto(service.console + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForFunction(() => !document.querySelector('.skeleton'));
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), path).toBeLessThanOrEqual(0);
  }
  await page.evaluate(() => localStorage.removeItem('biseo.look'));
}

/** The booking of the page's own call is dragged by the mouse on a desktop, and moved by touch on a telephone. */
async function dragged(context: BrowserContext, page: Page): Promise<void> {
  const ours = async () => (await get<{ items: Booked[] }>(context, 'bookings?from=2026-11-25&to=2026-11-25')).items.find((b) => b.party_size === 2);
  const booking = await until('the booking of the page’s own call', ours);
  // How well a name is heard is the measurements' subject (bench/); that it is one is seen here.
  expect([booking.time, /^[가-힣]{2,4}$/.test(booking.name)], booking.name).toEqual(['18:00:00', true]);
  await page.setViewportSize(DESKTOP);
  await page.goto(`${service.console}/bookings?date=2026-11-25`);
  const shown = page.locator('.booking', { hasText: booking.name }).first();
  await shown.waitFor();
  await shown.scrollIntoViewIfNeeded();
  const box = (await shown.boundingBox())!;
  const hour = box.height / 2; // A stay of two hours.
  await page.mouse.move(box.x + 60, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 20 + hour / 2, { steps: 6 });
  await page.mouse.move(box.x + 60, box.y + 20 + hour, { steps: 6 });
  await page.locator('.ghost').waitFor();
  await picture(page, 'bookings-drag-desktop-light');
  await page.mouse.up();
  await page.getByRole('region', { name: '예약 옮기기' }).getByRole('button', { name: '옮기기' }).click();
  await until('the booking an hour later', async () => ((await ours())?.time === '19:00:00' ? true : undefined));
  await page.locator('.pending').waitFor({ state: 'detached' });

  await page.setViewportSize(PHONE);
  await page.locator('.booking', { hasText: booking.name }).first().click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: '시간 옮기기' }).click();
  await sheet.getByRole('button', { name: '오후 6:30' }).click();
  await accessible(page, 'moving a booking on a phone');
  await sheet.getByRole('button', { name: '이 시간으로' }).click();
  await page.getByRole('region', { name: '예약 옮기기' }).getByRole('button', { name: '옮기기' }).click();
  await until('the booking half an hour sooner', async () => ((await ours())?.time === '18:30:00' ? true : undefined));
}

test('an owner’s first day', async () => {
  const context = await browser.newContext({ locale: 'ko-KR', timezoneId: 'Asia/Seoul', viewport: PHONE, serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.clock.install({ time: MORNING });
  await context.route('**/axe.min.js', (route) => route.fulfill({ path: AXE, contentType: 'text/javascript' }));
  const wrong: string[] = [];
  const heard = (on: Page) => {
    on.on('console', (m) => { if (m.type() === 'error') wrong.push(`${m.text()} ${m.location().url}`); });
    on.on('pageerror', (e) => wrong.push(String(e)));
  };
  heard(page);

  // The first sign-in, by the link that the program printed: there is no shop yet.
  await page.goto(service.welcome());
  await page.getByLabel('이름').fill('김사장');
  await page.getByLabel('아이디').fill('sajang');
  await page.getByLabel('비밀번호').fill('단골손님 환영합니다');
  await accessible(page, '/welcome');
  await page.locator('form button[type=submit]').click();
  await founded(page);
  expect(page.url()).not.toContain('welcome');
  // That nobody was signed in before is no fault; neither is what the wizard was refused on purpose.
  wrong.splice(0, wrong.length, ...wrong.filter((w) => !(w.includes('401') && w.endsWith('/api/v1/session')) && !(w.includes('422') && w.includes('/setup/'))));

  await wizardOnDesktop(page);
  await dragged(context, page);

  // Tried out in text: nothing of it is stored.
  const before = (await get<Calls>(context, 'calls')).items.length;
  await page.goto(`${service.console}/try`);
  await page.getByText('AI 비서').first().waitFor();
  await page.getByLabel('손님의 말').fill('주차 되나요?');
  await page.locator('form button[type=submit]').click();
  await page.getByText('2시간 무료로 주차').waitFor();
  await accessible(page, '/try');
  expect((await get<Calls>(context, 'calls')).items.length).toBe(before);

  // Who is told what: by mail, on the page; and in this browser, whose maker's service is ours.
  const me = (await (await context.request.get(`${service.console}/api/v1/session`)).json()) as { user: string };
  const subscribed = await context.request.post(`${shopUrl()}/browsers`, { data: { endpoint, ...push.keys() }, headers: WRITES() });
  expect(subscribed.status()).toBe(201);
  await page.goto(`${service.console}/notices`);
  await page.getByRole('switch', { name: '브라우저 알림' }).check({ force: true });
  expect(await page.getByLabel('메일', { exact: true }).inputValue()).toBe('owner@example.com');
  await accessible(page, '/notices');
  await page.getByRole('button', { name: '저장' }).click();
  const chosen = await until('the choice', async () => (await get<Chosen>(context, 'choices')).notices.reader.find((r) => r.by.includes('push')));
  expect(chosen).toMatchObject({ id: me.user, by: ['push', 'email'], email: 'owner@example.com' });

  // Another call, on Today: seen on a telephone and on a desktop at once.
  const letters = mail.mails.length;
  await page.goto(service.console);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await watchWords(page);
  const desk = await context.newPage();
  heard(desk);
  await desk.setViewportSize(DESKTOP);
  await desk.goto(service.console);
  await desk.getByRole('heading', { level: 1 }).waitFor();
  await watchWords(desk);
  const calling = service.call({
    id: 'booking', number: '01023456789', opens: '내일 저녁 일곱 시에 네 명 예약하고 싶은데요',
    knows: { date: ['내일이요'], time: ['일곱 시요'], party_size: ['네 명이요'], name: ['김민수입니다'], phone: ['지금 이 번호로요'] },
  });
  for (const [looking, size] of [[page, 'phone'], [desk, 'desktop']] as const) {
    await spoken(looking);
    await accessible(looking, `a call as it goes on, on a ${size}`);
  }
  await calling;
  await desk.close();

  // Its booking is there, and is moved on the page.
  await page.goto(`${service.console}/bookings?date=2026-11-25`);
  const booking = await until('the booking', async () => (await get<{ items: Booked[] }>(context, 'bookings?from=2026-11-25&to=2026-11-25')).items.find((b) => b.party_size === 4));
  expect([booking.time, booking.party_size]).toEqual(['19:00:00', 4]);
  await page.locator('.booking', { hasText: booking.name }).first().waitFor();
  const moved = await context.request.patch(`${shopUrl()}/bookings/${booking.id}`, { data: { time: '18:30:00' }, headers: { ...WRITES(), 'If-Match': booking.etag } });
  expect(moved.status(), await moved.text()).toBe(200);
  await page.locator('.booking', { hasText: '6:30' }).or(page.locator('.booking', { hasText: '18:30' })).first().waitFor();

  // The owner was told of it: by mail, and in the browser.
  const letter = await until('a mail', () => mail.mails.slice(letters).find((m) => m.to === 'owner@example.com' && readable(m).includes('예약')));
  expect(readable(letter)).toContain('김민수');
  const notice = await until('a notice', () => push.notices.find((n) => n.includes('예약')));
  expect(notice).toContain('김민수');
  expect(push.wrong).toEqual([]);

  // What could not be answered is answered once …
  await service.call({ id: 'unknown', number: '01055556666', opens: '아기 의자 있나요?' });
  await page.goto(`${service.console}/questions`);
  const question = await until('the question', async () => (await get<Asked>(context, 'questions')).items.find((q) => q.state === 'open'));
  await page.getByText(question.text).first().waitFor();
  await page.locator('article.question button').first().click();
  await page.locator('form select').selectOption('+');
  await page.locator('form input').fill('아기 의자');
  await page.locator('form textarea').first().fill('아기 의자는 세 개 있어요.');
  await page.locator('form button[type=submit]').click();
  await until('the answer', async () => (await get<Asked>(context, 'questions')).items.find((q) => q.id === question.id && q.state === 'answered'));

  // … and the next caller hears it.
  await service.call({ id: 'known', number: '01055556667', opens: '아기 의자 있나요?' });
  const { items: calls } = await get<Calls>(context, 'calls');
  const detail = await get<{ turns: { said: string }[] }>(context, `calls/${calls[0]!.id}`);
  expect(detail.turns.map((t) => t.said).join(' ')).toContain('아기 의자는 세 개 있어요.');

  // Who is blocked is not answered.
  const blocked = await context.request.patch(`${shopUrl()}/callers/01055556667`, { data: { blocked: true }, headers: WRITES() });
  expect(blocked.status(), await blocked.text()).toBe(200);
  await expect(service.call({ id: 'blocked', number: '01055556667', opens: '아기 의자 있나요?' })).rejects.toThrow();
  const kept = await until('the blocked call', async () => (await get<Calls>(context, 'calls')).items.find((c) => c.outcome === 'blocked'));
  expect(kept.id).not.toBe(calls[0]!.id);

  // Nine in the evening: the digest is written, and told.
  await page.goto('about:blank');
  await service.stop();
  service = await place.serve(EVENING);
  const digest = await until('the digest', () => mail.mails.find((m) => readable(m).includes('/digests/2026-11-24')));
  expect(digest.to).toBe('owner@example.com');
  expect(readable(digest)).toContain('하루 정리');
  expect(digest.data).toContain('text/html');
  const signedIn = await context.request.post(`${service.console}/api/v1/session`, { data: { login: 'sajang', password: '단골손님 환영합니다' }, headers: WRITES() });
  expect(signedIn.status()).toBe(200);
  const page24 = await get<{ cards: { value: string }[]; sections: { kind: string }[] }>(context, 'digests/2026-11-24');
  expect(page24.sections.map((s) => s.kind)).toContain('blocked');

  // It is opened, and the letters keep their size after a reload.
  await page.clock.setSystemTime(EVENING);
  await page.goto(`${service.console}/settings`);
  await page.getByRole('radio', { name: '가장 크게' }).check({ force: true });
  for (const [name, size] of [['phone', PHONE], ['desktop', DESKTOP]] as const) {
    await page.setViewportSize(size);
    await page.goto(`${service.console}/digests`);
    await page.locator('a[href="/digests/2026-11-24"]').click();
    await page.locator('dl.cards').waitFor();
    const letters = () => page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
    const before = await letters();
    expect(parseFloat(before)).toBeGreaterThan(17);
    await page.reload();
    await page.locator('dl.cards').waitFor();
    expect(await letters()).toBe(before);
    await accessible(page, `/digests/… on a ${name}`);
    await picture(page, `digest-${name}-light`);
  }
  expect(wrong).toEqual([]);
  await context.close();
});
