import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AXE, DESKTOP, PHONE, settled, stage, violations, visit, type Stage } from './stage';

/** What an owner sets up: programs that are told, calendars, the digests' feed, numbers, words. */
let on: Stage;
beforeAll(async () => { on = await stage(); });
afterAll(async () => { await on?.close(); });

/** A telephone without motion: half way through one axe sees colours that nobody sees. */
const STILL = { viewport: PHONE, isMobile: true, hasTouch: true, reducedMotion: 'reduce' } as const;

interface Got { headers: IncomingHttpHeaders; body: string }

/** A program that is told: it answers with these statuses, one after the other, and 204 after the last. */
async function receiver(answers: number[]): Promise<{ url: string; got: Got[]; server: Server }> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => { body += part.toString(); });
    request.on('end', () => { got.push({ headers: request.headers, body }); response.writeHead(answers.shift() ?? 204).end(); });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/hook`, got, server };
}

/** As a receiver checks it (Standard Webhooks). */
function isSigned(secret: string, { headers, body }: Got): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64');
  return headers['webhook-signature'] === `v1,${signed}`;
}

const axe = (page: Page) => page.route('**/axe.min.js', (route) => route.fulfill({ path: AXE, contentType: 'text/javascript' }));

test('a program is added, tested, and told again under the same id', async () => {
  const { context, page, wrong } = await visit(on, STILL);
  const till = await receiver([500]);
  await axe(page);
  await page.goto(`${on.url}/webhooks`);
  await settled(page);
  await page.getByText('연결된 프로그램이 없습니다').waitFor();
  await page.getByRole('button', { name: '연결 더하기' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('이름').fill('계산대');
  await dialog.getByLabel('받는 주소').fill('http://10.0.0.1/hook');
  await dialog.getByRole('button', { name: '저장' }).click();
  await dialog.getByText('이 주소로는 보낼 수 없습니다.').waitFor();
  await dialog.getByLabel('받는 주소').fill(till.url);
  await dialog.getByRole('button', { name: '저장' }).click();
  const secret = (await dialog.getByText(/^whsec_/).textContent())!.trim();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: '닫기' }).click();
  await page.getByRole('link', { name: /계산대/ }).click();
  await settled(page);
  await page.getByRole('button', { name: '시험 보내기' }).click();
  await page.getByText('다시 보낼 예정').waitFor();
  expect(await violations(page)).toEqual([]);
  const sent = page.getByRole('button', { name: /시험.*답 500/s });
  await sent.click();
  await dialog.getByText('"test"').first().waitFor();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: '지금 다시 시도' }).click();
  await page.getByText('받음', { exact: true }).waitFor();
  await page.getByRole('button', { name: /시험.*답 204/s }).click();
  await dialog.getByRole('button', { name: '다시 보내기' }).click();
  await page.getByText('다시 보냄', { exact: true }).waitFor();
  await expect.poll(() => till.got.length, { timeout: 20_000 }).toBe(3);
  expect(till.got.every((one) => isSigned(secret, one))).toBe(true);
  expect(new Set(till.got.map((one) => one.headers['webhook-id'])).size).toBe(1);
  // That the test's address was refused is what was to be seen.
  expect(wrong.filter((w) => !w.includes('422'))).toEqual([]);
  await context.close();
  till.server.close();
});

test('a program gets a key, does what it may with it, and nothing once it is removed', async () => {
  const { context, page, wrong } = await visit(on, STILL);
  await axe(page);
  await page.goto(`${on.url}/webhooks`);
  await settled(page);
  await page.getByText('아직 만든 열쇠가 없습니다').waitFor();
  await page.getByRole('button', { name: '열쇠 만들기' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('프로그램 이름').fill('예약 장부');
  expect(await dialog.getByRole('button', { name: '열쇠 만들기' }).isDisabled()).toBe(true);
  await dialog.getByLabel('예약 보기').check();
  await dialog.getByLabel('쓸 수 있는 기간').selectOption('90일');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: '열쇠 만들기' }).click();
  const key = (await dialog.getByText(/^biseo_/).textContent())!.trim();
  await dialog.getByRole('button', { name: '닫기' }).click();
  expect(await page.getByText(key).count()).toBe(0);
  const ask = async (what: string) => (await fetch(`${on.url}/api/v1/shops/haengbok/${what}`, { headers: { authorization: `Bearer ${key}` } })).status;
  expect([await ask('bookings'), await ask('calls')]).toEqual([200, 403]);
  await page.reload();
  await page.getByText(/마지막 사용/).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: '예약 장부 열쇠 빼기' }).click();
  await dialog.getByRole('button', { name: '열쇠 빼기' }).click();
  await page.getByText('아직 만든 열쇠가 없습니다').waitFor();
  expect(await ask('bookings')).toBe(401);
  expect(wrong).toEqual([]);
  await context.close();
});

test('calendars: an address is shown once, made anew and removed; another calendar is imported', async () => {
  const { context, page, wrong } = await visit(on, STILL);
  await axe(page);
  await page.goto(`${on.url}/calendars`);
  await settled(page);
  await page.getByRole('button', { name: '주소 만들기' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: '이름' }).fill('내 휴대폰');
  await dialog.getByLabel('어떤 예약').selectOption('4인석-1');
  await dialog.getByRole('button', { name: '주소 만들기' }).click();
  const address = dialog.getByText(/\/cal\/[\w-]+\.ics$/);
  const first = await address.textContent();
  await dialog.getByText('구글 캘린더', { exact: true }).click();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: '닫기' }).click();
  expect(await page.getByText('/cal/').count()).toBe(0);
  await page.getByRole('button', { name: '내 휴대폰 주소 바꾸기' }).click();
  await dialog.getByRole('button', { name: '주소 바꾸기' }).click();
  await address.waitFor();
  expect(await address.textContent()).not.toBe(first);
  await dialog.getByRole('button', { name: '닫기' }).click();
  await page.getByRole('button', { name: '내 휴대폰 주소 없애기' }).click();
  await dialog.getByRole('button', { name: '주소 없애기' }).click();
  await page.getByText('아직 만든 주소가 없습니다').waitFor();
  await page.getByRole('button', { name: '달력 가져오기' }).click();
  await dialog.getByLabel('이름').fill('개인 일정');
  await dialog.getByLabel('달력 주소').fill('http://calendar.example/a.ics');
  await dialog.getByRole('button', { name: '달력 가져오기' }).click();
  await dialog.getByText('이 주소로는 가져올 수 없습니다.').waitFor();
  await dialog.getByLabel('달력 주소').fill('webcal://calendar.example/secret.ics');
  await dialog.getByRole('button', { name: '달력 가져오기' }).click();
  await page.getByText('calendar.example').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: '개인 일정 빼기' }).click();
  await dialog.getByRole('button', { name: '달력 빼기' }).click();
  await page.getByText('가져온 달력이 없습니다').waitFor();
  expect(wrong.filter((w) => !w.includes('422'))).toEqual([]);
  await context.close();
});

test('the digests are read as a feed by the secret address, until it is removed', async () => {
  const { context, page, wrong } = await visit(on, STILL);
  await page.goto(`${on.url}/digests`);
  await settled(page);
  await page.getByRole('button', { name: '피드 주소 만들기' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('이름').fill('내 휴대폰');
  await dialog.getByRole('button', { name: '피드 주소 만들기' }).click();
  const address = (await dialog.getByText(/\/feeds\/[\w-]+\.atom$/).textContent())!.trim();
  await dialog.getByRole('button', { name: '닫기' }).click();
  const stranger = await on.browser.newContext();
  const read = await stranger.request.get(address);
  expect(read.status()).toBe(200);
  expect(await read.text()).toContain('<feed xmlns="http://www.w3.org/2005/Atom">');
  expect((await stranger.request.get(`${on.url}/api/v1/shops/haengbok/digests`)).status()).toBe(401);
  await page.getByRole('button', { name: '내 휴대폰 피드 주소 없애기' }).click();
  await dialog.getByRole('button', { name: '주소 없애기' }).click();
  await page.getByText('피드 주소가 없습니다').waitFor();
  expect((await stranger.request.get(address)).status()).toBe(404);
  expect(wrong).toEqual([]);
  await stranger.close();
  await context.close();
});

test('numbers, pace and the shop\'s name are changed, and a wrong number is told', async () => {
  const { context, page, wrong } = await visit(on, STILL);
  await axe(page);
  await page.goto(`${on.url}/numbers`);
  await settled(page);
  await page.getByText('AI 비서가 받고 있고, 통화는 녹음돼요.').waitFor();
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: '전화번호 고치기' }).click();
  await dialog.getByRole('button', { name: '번호 더하기' }).click();
  await dialog.getByRole('textbox', { name: '2번째 번호' }).fill('전화');
  await dialog.getByRole('button', { name: '저장' }).click();
  await dialog.getByRole('alert').waitFor();
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('textbox', { name: '2번째 번호' }).fill('070-1234-5678');
  await dialog.getByRole('button', { name: '저장' }).click();
  await page.getByText('070-1234-5678').waitFor();
  await page.getByRole('button', { name: '말하는 속도와 기다림 고치기' }).click();
  await dialog.getByRole('switch').check({ force: true });
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: '저장' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('85%', { exact: true }).waitFor();
  await page.getByRole('button', { name: '연결해 줄 부서 고치기' }).click();
  await dialog.getByRole('button', { name: '부서 더하기' }).click();
  await dialog.getByRole('textbox', { name: '이름' }).fill('배달');
  await dialog.getByLabel('손님이 부르는 말').fill('배달, 배달팀');
  await dialog.getByRole('button', { name: '저장' }).click();
  await page.getByText('배달, 배달팀').waitFor();
  expect(wrong.filter((w) => !w.includes('422'))).toEqual([]);
  await context.close();
});

test('menu and booking rules are changed, and what cannot be is told where it is', async () => {
  const { context, page, wrong } = await visit(on, STILL);
  await axe(page);
  const kept = async (shop: string) => (await (await context.request.get(`${on.url}/api/v1/shops/${shop}/setup`)).json() as { booking: Record<string, Record<string, unknown>[]> }).booking;
  const save = () => page.getByRole('button', { name: '저장', exact: true }).click();
  await page.goto(`${on.url}/offer`);
  await settled(page);
  // The room for large parties has more, and shows it.
  const room = page.locator('.line', { has: page.getByRole('button', { name: '룸 빼기' }) });
  await room.getByLabel('몇 명부터').fill('13');
  await save();
  await room.getByText('너무 길거나 커요.').waitFor();
  expect(await violations(page)).toEqual([]);
  await room.getByLabel('몇 명부터').fill('8');
  await page.getByLabel('부터', { exact: true }).first().fill('11:30');
  await page.getByRole('button', { name: '메뉴 더하기' }).click();
  const dish = page.locator('.line').last();
  await dish.getByLabel('이름').fill('냉면');
  await dish.getByLabel('값(원)').fill('12000');
  await save();
  await page.getByText('저장했어요.').waitFor();
  const tables = await kept('haengbok');
  expect(tables.tables!.at(-1)).toMatchObject({ name: '룸', min_party: 8, stay_minutes: 180 });
  expect(tables.windows).toEqual([['11:30:00', '13:30:00'], ['17:00:00', '20:30:00']]);
  expect(tables.menu!.at(-1)).toEqual({ name: '냉면', won: 12000 });
  await page.goto(`${on.url}/shop`);
  await settled(page);
  await page.getByText('냉면').waitFor();

  // A hairdresser's: a service keeps who does it under another name, and nobody is left with nothing to do.
  await page.evaluate(() => localStorage.setItem('biseo.shop', 'byeol'));
  await page.goto(`${on.url}/offer`);
  await settled(page);
  const jieun = page.locator('.line', { has: page.getByRole('button', { name: '지은 빼기' }) });
  const cut = page.locator('.line', { has: page.getByRole('button', { name: '커트 빼기', exact: true }) });
  await cut.getByLabel('이름').fill('여성 커트');
  await jieun.getByRole('checkbox', { name: '여성 커트' }).waitFor({ state: 'attached' });
  for (const name of ['여성 커트', '앞머리 커트', '드라이', '염색', '클리닉']) await jieun.getByRole('checkbox', { name, exact: true }).uncheck({ force: true });
  await save();
  await jieun.getByText('비어 있어요. 적어 주세요.').waitFor();
  expect(await violations(page)).toEqual([]);
  await jieun.getByRole('checkbox', { name: '여성 커트', exact: true }).check({ force: true });
  await save();
  await page.getByText('저장했어요.').waitFor();
  const staff = await kept('byeol');
  expect(staff.staff![0]).toMatchObject({ name: '지은', off: ['wed'], services: ['여성 커트'] });
  expect(staff.staff![2]).toMatchObject({ name: '수아', services: ['여성 커트', '앞머리 커트', '드라이'] });
  expect(wrong.filter((w) => !w.includes('422'))).toEqual([]);
  await context.close();
});

test('words are tried before they are saved, and what cannot be said is told', async () => {
  const { context, page, wrong } = await visit(on, { viewport: DESKTOP, reducedMotion: 'reduce' });
  await axe(page);
  // What is asked and done, beside what is said in it.
  await page.goto(`${on.url}/words?flow=book`);
  await settled(page);
  const steps = page.locator('ol li');
  expect(await steps.first().textContent()).toBe('날짜, 시간 여쭙기');
  expect(await steps.last().textContent()).toBe('예약 잡기');
  await page.getByText(/^읽어 드리고 “네”를 기다리기: “.{5,}”$/).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.goto(`${on.url}/words`);
  await settled(page);
  const greeting = page.getByRole('button', { name: /AI 비서가 전화를 받고 있어요/ });
  await greeting.click();
  const korean = page.getByLabel('한국어');
  await korean.fill('네, {shop}입니다. 말씀하세요.');
  await page.getByRole('button', { name: '말해 보기', exact: true }).click();
  await page.getByText('인사에는 AI가 받는다는 말이').first().waitFor();
  await korean.fill('네, {shop}, AI 비서 {price} 말씀하세요.');
  await page.getByRole('button', { name: '말해 보기', exact: true }).click();
  await page.getByText('{price} 자리는 이 문장에서 쓸 수 없어요.').first().waitFor();
  expect(await violations(page)).toEqual([]);
  await korean.fill('반가워요! {shop} AI 비서예요.');
  await page.getByRole('button', { name: '말해 보기', exact: true }).click();
  const talk = page.getByRole('log');
  await talk.getByText('반가워요! 행복식당 AI 비서예요.').waitFor();
  // Nothing is saved yet.
  const kept = await (await context.request.get(`${on.url}/api/v1/shops/haengbok/profile`)).json() as { wording: object };
  expect(kept.wording).toEqual({});
  await page.getByRole('button', { name: '모두 저장' }).click();
  await page.getByText('우리 가게 말', { exact: true }).waitFor();
  await page.reload();
  await settled(page);
  await talk.getByText('반가워요! 행복식당 AI 비서예요.').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: /반가워요! .*우리 가게 말/s }).click();
  await page.getByRole('button', { name: '원래 말로' }).click();
  await page.getByRole('button', { name: '모두 저장' }).click();
  await page.getByRole('button', { name: /AI 비서가 전화를 받고 있어요/ }).waitFor();
  expect(wrong.filter((w) => !w.includes('422'))).toEqual([]);
  await context.close();
});
