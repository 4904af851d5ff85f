import { afterEach, beforeEach, expect, test } from 'vitest';
import { AXE, DESKTOP, PHONE, settled, stage, violations, visit, type Stage } from './stage';

/** What news are chosen by: taught by opening a story and putting one aside, seen whole, muted and heard again. */
let on: Stage;
// The same reader counts once for a story: each test has readers of its own.
beforeEach(async () => { on = await stage(); });
afterEach(async () => { await on?.close(); });

for (const [name, viewport] of [['phone', PHONE], ['desktop', DESKTOP]] as const) {
  test(`a story is opened, one is put aside, a word is muted and heard again (${name})`, async () => {
    const { context, page, wrong } = await visit(on, { viewport, isMobile: name === 'phone', hasTouch: name === 'phone', reducedMotion: 'reduce' });
    await context.route('https://paper.example/**', (route) => route.fulfill({ body: 'paper', contentType: 'text/plain' }));
    await page.route('**/axe.min.js', (route) => route.fulfill({ path: AXE, contentType: 'text/javascript' }));
    await page.goto(`${on.url}/digests`);
    await settled(page);
    await page.locator('a[href^="/digests/"]').first().click();
    await page.getByText('김장 배추값이 내렸다').waitFor();

    const taught = page.waitForResponse((answer) => answer.url().endsWith('/stories') && answer.request().postData()?.includes('opened') === true);
    const paper = context.waitForEvent('page');
    await page.getByRole('link', { name: /배추 한 포기가/ }).click();
    expect((await taught).status()).toBe(204);
    await (await paper).close();
    await page.getByRole('button', { name: '이런 소식 덜 보기: 축구 결승전에 거리 응원' }).click();
    await page.getByText('다음부터 덜 보여 드려요').waitFor();
    expect(await violations(page)).toEqual([]);

    await page.getByRole('link', { name: '저녁 한 장' }).first().click();
    const learnt = page.getByRole('list', { name: '배운 낱말' });
    expect(await learnt.getByRole('listitem').filter({ hasText: '배추값' }).innerText()).toContain('더 보기');
    expect(await learnt.getByRole('listitem').filter({ hasText: '축구' }).innerText()).toContain('덜 보기');
    const muted = page.getByRole('list', { name: '알리지 않는 낱말' });
    await learnt.getByRole('button', { name: '축구 소식은 알리지 않기' }).click();
    await muted.getByText('축구').waitFor();
    await page.getByLabel('알리지 않을 낱말').fill('야구');
    await page.getByRole('button', { name: '알리지 않기', exact: true }).last().click();
    await muted.getByText('야구').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.reload();
    await muted.getByText('야구').waitFor();
    for (const word of ['축구', '야구']) await muted.getByRole('button', { name: `${word} 소식을 다시 보기` }).click();
    await expect.poll(() => muted.getByRole('listitem').count()).toBe(0);
    await learnt.getByRole('button', { name: /^축구를 잊기/ }).click();
    await expect.poll(() => learnt.getByText('축구').count()).toBe(0);
    expect(wrong).toEqual([]);
    await context.close();
  });
}
