import { afterAll, beforeAll, expect, test } from 'vitest';
import { AXE, DESKTOP, PHONE, settled, stage, violations, visit, type Stage } from './stage';

/** The line's page while a trunk is dead: what is wrong and why, how each trunk does, and what was, lane by lane and as a table. */
let on: Stage;
beforeAll(async () => { on = await stage({ LINE: 'hurt' }); });
afterAll(async () => { await on?.close(); });

for (const [name, viewport] of [['phone', PHONE], ['desktop', DESKTOP]] as const) {
  test(`a dead trunk and what was before (${name})`, async () => {
    const { context, page, wrong } = await visit(on, { viewport, isMobile: name === 'phone', hasTouch: name === 'phone', reducedMotion: 'reduce' });
    await page.route('**/axe.min.js', (route) => route.fulfill({ path: AXE, contentType: 'text/javascript' }));
    await page.goto(`${on.url}/line`);
    await settled(page);
    const now = page.locator('section.card', { has: page.getByRole('heading', { name: '지금 회선' }) });
    await now.getByRole('status').getByText('전화 회선 kt: 전화 사업자 서버가 꺼짐. 그 결과: 통화가 안 됨').waitFor();
    await now.getByText('측정한 것').click();
    await now.getByText('장비는 있으나 SIP 포트가 닫힘').waitFor();
    const kt = now.locator('.trunks li', { hasText: 'kt' });
    expect(await kt.innerText()).toMatch(/지역 02[\s\S]*끊김[\s\S]*등록 안 됨[\s\S]*SIP OPTIONS[\s\S]*4\.8 ms/);
    expect(await now.locator('.trunks li', { hasText: 'lg' }).innerText()).toMatch(/지역 051[\s\S]*정상/);
    await now.getByText('DNS 서버 168.126.63.1').waitFor();

    const past = page.locator('section.card', { has: page.getByRole('heading', { name: '회선마다 지난 일' }) });
    await past.getByRole('img', { name: /장애 4건/ }).waitFor();
    expect((await past.locator('.label').allInnerTexts()).map((l) => l.replaceAll('\n', ' '))).toEqual(['전화 회선 kt 지역 02', '전화 회선 lg 지역 051', '인터넷 eth0']);
    expect(await past.locator('.fault').count()).toBe(4);
    // The longest of the three that are over is the widest, and each lies within its lane.
    const boxes = await past.locator('.track').evaluateAll((tracks) => tracks.flatMap((track) => [...track.querySelectorAll('.fault')].map((f) => {
      const [lane, box] = [track.getBoundingClientRect(), f.getBoundingClientRect()];
      return { within: box.left >= lane.left - 1 && box.right <= lane.right + 1, wide: box.width };
    })));
    expect(boxes.every((b) => b.within)).toBe(true);
    await past.getByText(/표로 보기/).click();
    const row = past.locator('tbody tr', { hasText: '인터넷 eth0' });
    expect(await row.innerText()).toMatch(/1시간 29분[\s\S]*라우터 203\.0\.113\.1가 길이 없다고 답함/);
    expect(await past.locator('tbody tr').count()).toBe(4);
    expect(await past.locator('tbody tr', { hasText: '훈련' }).count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);

    // A day shows the dead trunk and the loss of yesterday at its edge at most; the week before shows nothing.
    await past.getByRole('radio', { name: '한 달' }).check({ force: true });
    await past.getByRole('img', { name: /장애 4건/ }).waitFor();
    await past.getByRole('button', { name: '더 이전 기간' }).click();
    await past.getByText('이 기간에는 장애가 없었습니다.').waitFor();
    await past.getByRole('button', { name: '더 나중 기간' }).click();
    await past.getByRole('img', { name: /장애 4건/ }).waitFor();
    // What stands off the screen would stand in a picture that is longer than the screen.
    if (process.env.SHOTS) await page.evaluate(() => document.querySelector('.skip')?.remove());
    if (process.env.SHOTS) await page.locator('main').screenshot({ path: new URL(`../../../docs/console/line-${name}-light.png`, import.meta.url).pathname });

    // In English the doctor speaks English.
    await page.evaluate(() => localStorage.setItem('biseo.look', JSON.stringify({ language: 'en' })));
    await page.reload();
    await page.getByRole('heading', { name: 'The line now' }).waitFor();
    await page.getByRole('status').getByText(/kt/).first().waitFor();
    expect(await page.locator('main').innerText()).not.toMatch(/통화가 안 됨/);
    expect(await violations(page)).toEqual([]);
    expect(wrong).toEqual([]);
    await context.close();
  });
}
