import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT, DESKTOP, PHONE, stage, visit, type Stage } from './stage';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const ROUTES = ['/', '/calls', '/bookings', '/bookings?view=week', '/messages', '/orders', '/callers', '/questions', '/shop', '/settings', '/health', '/more', '/none'];
/** `SHOTS=1` keeps pictures of the main pages in docs/console. */
const DOCS = new URL('../../../docs/console/', import.meta.url).pathname;

let on: Stage;
beforeAll(async () => { on = await stage(); });
afterAll(async () => { await on?.close(); });

/** The page is there: its heading, and nothing that is still being fetched. */
async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.skeleton'));
}

interface Found { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }

/** Serious and critical violations (axe-core). Put in through the page's own origin: the policy forbids anything inline. */
async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ url: '/axe.min.js' });
  const found = await page.evaluate(() => (window as unknown as { axe: { run: (on: Document) => Promise<{ violations: Found[] }> } }).axe.run(document));
  return found.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary}`).slice(0, 3).join(' | ')}`);
}

for (const [name, viewport] of [['phone', PHONE], ['desktop', DESKTOP]] as const) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${name}, ${colorScheme}: every route is accessible, fits, and says no error`, async () => {
      const { context, page, wrong } = await visit(on, { viewport, colorScheme, isMobile: name === 'phone', hasTouch: name === 'phone' });
      await page.route('**/axe.min.js', (route) => route.fulfill({ path: AXE, contentType: 'text/javascript' }));
      await page.goto(`${on.url}/calls`);
      await settled(page);
      const call = await page.locator('a.row[href^="/calls/"]:has(.good)').first().getAttribute('href');
      const seen: string[] = [];
      for (const path of [...ROUTES, call!, '/callers/01023456701']) {
        await page.goto(on.url + path);
        await settled(page);
        seen.push(...(await violations(page)).map((v) => `${path} ${v}`));
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) seen.push(`${path} is ${wide} px wider than the screen`);
      }
      if (process.env.SHOTS) await shots(page, `${name}-${colorScheme}`, call!);
      expect(seen).toEqual([]);
      expect(wrong).toEqual([]);
      await context.close();
    });
  }
}

async function shots(page: Page, name: string, call: string): Promise<void> {
  mkdirSync(DOCS, { recursive: true });
  const kept: Record<string, [string, string][]> = {
    'phone-light': [['today', '/'], ['bookings', '/bookings'], ['call', call]],
    'phone-dark': [['today', '/'], ['settings', '/settings']],
    'desktop-light': [['today', '/'], ['bookings', '/bookings?view=week']],
    'desktop-dark': [['call', call]],
  };
  for (const [what, path] of kept[name]!) {
    await page.goto(on.url + path);
    await settled(page);
    await page.waitForFunction(() => document.fonts.status === 'loaded');
    await page.waitForTimeout(1200);
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

test('a booking is moved by keyboard, and by the mouse', async () => {
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
  await bar.getByRole('button', { name: '옮기기', exact: true }).click();
  // Moved, or told why not and what is free instead: both are answers of the real booking rules.
  await page.getByText(/옮겼습니다|빈 자리가 없습니다|예약을 받지 않습니다|임박한/).first().waitFor();
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
