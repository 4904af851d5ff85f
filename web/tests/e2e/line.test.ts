import { afterAll, beforeAll, expect, test } from 'vitest';
import { AXE, DESKTOP, PHONE, settled, stage, violations, visit, type Stage } from './stage';

/** What an owner says is out of order: told with one tap, seen on every page, ended with one tap. */
let on: Stage;
beforeAll(async () => { on = await stage(); });
afterAll(async () => { await on?.close(); });

const PHONE_AND_DESK = [
  ['phone', { viewport: PHONE, isMobile: true, hasTouch: true, reducedMotion: 'reduce' }],
  ['desktop', { viewport: DESKTOP, reducedMotion: 'reduce' }],
] as const;

for (const [name, options] of PHONE_AND_DESK) {
  test(`payments are down, and work again (${name})`, async () => {
    const { context, page, wrong } = await visit(on, options);
    await page.route('**/axe.min.js', (route) => route.fulfill({ path: AXE, contentType: 'text/javascript' }));
    await page.goto(`${on.url}/line`);
    await settled(page);
    await page.getByRole('button', { name: '카드 결제 안 됨' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('계좌(있으면)').fill('국민 123-45-678901 행복식당');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: '고객에게 알리기' }).click();
    await page.getByText('알리는 계좌: 국민 123-45-678901 행복식당').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${on.url}/orders`);
    await settled(page);
    const banner = page.getByRole('main').getByRole('link', { name: '카드 결제 안 됨' });
    await banner.waitFor();
    expect(await violations(page)).toEqual([]);
    await banner.click();
    await page.getByRole('button', { name: '이제 됩니다' }).click();
    await page.getByText('끝냈습니다. 이제 알리지 않습니다.').waitFor();
    await expect.poll(() => page.getByRole('button', { name: '이제 됩니다' }).count()).toBe(0);
    const report = await page.request.get(`${on.url}${await page.getByRole('link', { name: '인쇄할 문서' }).getAttribute('href')}`);
    expect(report.status()).toBe(200);
    expect(await report.text()).toContain('<html');
    expect(wrong).toEqual([]);
    await context.close();
  });
}
