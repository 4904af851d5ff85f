import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AXE, DESKTOP, PHONE, settled, stage, violations, visit, type Stage } from './stage';

/** What a shop sets of its days and its calls: days off, who answers when, recording, the bank account. */
let on: Stage;
beforeAll(async () => { on = await stage(); });
afterAll(async () => { await on?.close(); });

const STILL = { viewport: PHONE, isMobile: true, hasTouch: true, reducedMotion: 'reduce' } as const;
const DESK = { viewport: DESKTOP, reducedMotion: 'reduce' } as const;

const axe = (page: Page) => page.route('**/axe.min.js', (route) => route.fulfill({ path: AXE, contentType: 'text/javascript' }));
/** A civil date in Seoul, so many days from now. */
const inDays = (days: number) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' }).format(Date.now() + days * 86_400_000);

async function kept(page: Page): Promise<{ hours: { special: unknown[]; week: object }; answering: Record<string, unknown>; record: boolean; account: unknown; account_told: unknown }> {
  const answer = await page.request.get(`${on.url}/api/v1/shops/haengbok/profile`);
  return (await answer.json()) as Awaited<ReturnType<typeof kept>>;
}

test('a day off is written down with its reason, changed to other hours, and taken away', async () => {
  const { context, page, wrong } = await visit(on, STILL);
  await axe(page);
  await page.goto(`${on.url}/shop`);
  await settled(page);
  const card = page.locator('section', { has: page.getByRole('heading', { name: '임시 휴무와 다른 시간' }) });
  await card.getByText('정해 둔 날이 없어요.', { exact: false }).waitFor();
  await card.getByRole('button', { name: '더하기' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('날짜').fill(inDays(3));
  await dialog.getByLabel('마지막 날').fill(inDays(4));
  await dialog.getByRole('textbox', { name: '까닭', exact: true }).fill('내부 수리');
  await dialog.getByLabel('까닭 (영어)').fill('repairs');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: '저장' }).click();
  await card.getByText('내부 수리').waitFor();
  expect((await kept(page)).hours.special).toEqual([{ date: inDays(3), until: inDays(4), hours: null, reason: { ko: '내부 수리', en: 'repairs' } }]);

  // Another one on the same day cannot be.
  await card.getByRole('button', { name: '더하기' }).click();
  await dialog.getByLabel('날짜').fill(inDays(4));
  await dialog.getByRole('button', { name: '저장' }).click();
  await dialog.getByText('이미 적어 둔 날과 겹치거나', { exact: false }).waitFor();
  await dialog.getByRole('button', { name: '닫기' }).click();

  await card.getByRole('button', { name: /고치기/ }).click();
  await dialog.getByRole('radio', { name: '다른 시간에 열어요' }).check({ force: true });
  await dialog.getByLabel('닫는 시각').fill('15:00');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: '저장' }).click();
  await card.getByText('오후 3:00', { exact: false }).waitFor();

  // The usual hours are saved on their own form, and the special day stays.
  await page.getByRole('button', { name: '고치기', exact: true }).first().click();
  await dialog.getByRole('button', { name: '저장' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect((await kept(page)).hours.special).toHaveLength(1);

  await card.getByRole('button', { name: /지우기/ }).click();
  await card.getByText('정해 둔 날이 없어요.', { exact: false }).waitFor();
  expect((await kept(page)).hours.special).toEqual([]);
  expect(wrong.filter((w) => !w.includes('422'))).toEqual([]);
  await context.close();
});

test('who answers when is told and changed, by the hour too', async () => {
  const { context, page, wrong } = await visit(on, STILL);
  await axe(page);
  await page.goto(`${on.url}/numbers`);
  await settled(page);
  const card = page.locator('section', { has: page.getByRole('heading', { name: '언제 비서가 받나요' }) });
  await card.getByText('바로 받기').first().waitFor();
  await card.getByRole('button', { name: '언제 비서가 받나요 고치기' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('group', { name: '영업 중' }).getByRole('radio', { name: '울린 뒤 받기' }).check({ force: true });
  await dialog.getByLabel('울리는 시간').fill('15');
  await dialog.getByRole('button', { name: '시간 더하기' }).click();
  await dialog.getByRole('group', { name: '요일', exact: true }).getByRole('checkbox', { name: '일요일' }).check({ force: true });
  await dialog.getByLabel('부터').fill('00:00');
  await dialog.getByLabel('까지').fill('06:00');
  await dialog.getByRole('group', { name: '받지 않을 때는' }).getByRole('radio', { name: '통화 중' }).check({ force: true });
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: '저장' }).click();
  await card.getByText('일요일', { exact: false }).waitFor();
  await card.getByText('15초').waitFor();
  expect((await kept(page)).answering).toEqual({
    open: 'after_ringing', closed: 'at_once', ring_seconds: 15, refusal: 'busy',
    times: [{ days: ['sun'], from: '00:00:00', to: '06:00:00', answer: 'never' }],
  });
  expect(await violations(page)).toEqual([]);
  expect(wrong).toEqual([]);
  await context.close();
});

test('recording is switched off, and the greeting that is shown no longer says it', async () => {
  const { context, page, wrong } = await visit(on, DESK);
  await page.goto(`${on.url}/numbers`);
  await settled(page);
  await page.getByText('통화는 녹음돼요.', { exact: false }).waitFor();
  const box = page.getByRole('switch', { name: '통화를 녹음합니다', exact: false });
  await box.uncheck({ force: true });
  await page.getByText('통화는 녹음돼요.', { exact: false }).waitFor({ state: 'detached' });
  expect((await kept(page)).record).toBe(false);
  await box.check({ force: true });
  await page.getByText('통화는 녹음돼요.', { exact: false }).waitFor();
  expect((await kept(page)).record).toBe(true);
  expect(wrong).toEqual([]);
  await context.close();
});

test('the account is written down once, and stands in the form when cards do not work', async () => {
  const { context, page, wrong } = await visit(on, STILL);
  await axe(page);
  await page.goto(`${on.url}/shop`);
  await settled(page);
  await page.getByRole('button', { name: '계좌 고치기' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: '은행', exact: true }).fill('국민은행');
  await dialog.getByLabel('계좌번호').fill('12-34');
  await dialog.getByRole('textbox', { name: '예금주', exact: true }).fill('행복식당');
  await dialog.getByRole('button', { name: '저장' }).click();
  await dialog.getByText('형식이 맞지 않아요.', { exact: false }).waitFor();
  await dialog.getByLabel('계좌번호').fill('123-45-678901');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: '저장' }).click();
  await page.getByText('국민은행 123-45-678901 행복식당').waitFor();
  expect((await kept(page)).account_told).toBe('국민은행 123-45-678901 행복식당');

  // One tap, and one to confirm.
  await page.goto(`${on.url}/line`);
  await settled(page);
  await page.getByRole('button', { name: '카드 결제 안 됨' }).click();
  await dialog.getByRole('button', { name: '고객에게 알리기' }).click();
  await page.getByText('알리는 계좌: 국민은행 123-45-678901 행복식당').first().waitFor();
  await page.getByRole('button', { name: '이제 됩니다' }).first().click();
  await page.getByText('끝냈습니다. 이제 알리지 않습니다.').waitFor();

  await page.goto(`${on.url}/shop`);
  await settled(page);
  await page.getByRole('button', { name: '계좌 고치기' }).click();
  await dialog.getByRole('button', { name: '계좌 지우기' }).click();
  await page.getByText('적어 둔 계좌가 없어요').waitFor();
  expect((await kept(page)).account).toBeNull();
  expect(wrong.filter((w) => !w.includes('422'))).toEqual([]);
  await context.close();
});
