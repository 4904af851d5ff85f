import { afterAll, beforeAll, expect, test } from 'vitest';
import { AXE, DESKTOP, PHONE, settled, stage, violations, visit, type Stage } from './stage';

/** Who is told what and when: an owner for the shop, staff for themselves; and what became of what was told. */
let on: Stage;
beforeAll(async () => { on = await stage(); });
afterAll(async () => { await on?.close(); });

interface Reader { id: string; by: string[]; email?: string; quiet?: { from: string; to: string }[]; rule?: { events: string[]; when: string }[] }

const readers = async (context: Awaited<ReturnType<typeof visit>>['context']) =>
  ((await (await context.request.get(`${on.url}/api/v1/shops/haengbok/choices`)).json()) as { notices: { reader: Reader[] } }).notices.reader;

test('an hour and several quiet times are chosen, and what was sent is seen with its fault', async () => {
  const { context, page, wrong } = await visit(on, { viewport: PHONE, isMobile: true, hasTouch: true, reducedMotion: 'reduce' });
  await page.route('**/axe.min.js', (route) => route.fulfill({ path: AXE, contentType: 'text/javascript' }));
  await page.goto(`${on.url}/notices`);
  await settled(page);
  await page.getByLabel('메일', { exact: true }).fill('sajang@example.com');
  await page.getByLabel('예약', { exact: true }).selectOption('정한 시각에');
  await page.getByLabel('예약을 알릴 시각').fill('20:30');
  await page.getByLabel('주문', { exact: true }).selectOption('매시 정각에 모아서');
  await page.getByLabel('회선 장애', { exact: true }).selectOption('문 열 때');
  await page.getByRole('button', { name: '조용한 시간 더하기' }).click();
  await page.getByRole('button', { name: '조용한 시간 더하기' }).click();
  await page.getByLabel('2번째 조용한 시간, 시작').fill('22:00');
  await page.getByLabel('2번째 조용한 시간, 끝').fill('07:00');
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: '저장' }).click();
  await page.getByText('저장했습니다. 다음 일부터 이대로 알립니다.').waitFor();
  const [mine] = await readers(context);
  expect(mine!.rule).toEqual([{ events: ['booking'], when: '20:30', by: null, within: null }, { events: ['order'], when: 'hourly', by: null, within: null }, { events: ['line'], when: 'opening', by: null, within: null }]);
  expect(mine!.quiet).toEqual([{ from: '12:00:00', to: '13:00:00' }, { from: '22:00:00', to: '07:00:00' }]);
  await page.reload();
  await settled(page);
  expect(await page.getByLabel('예약을 알릴 시각').inputValue()).toBe('20:30');
  expect(await page.getByLabel('2번째 조용한 시간, 끝').inputValue()).toBe('07:00');
  await page.getByRole('button', { name: '1번째 조용한 시간 빼기' }).click();
  await page.getByRole('button', { name: '저장' }).click();
  await expect.poll(async () => (await readers(context))[0]!.quiet).toEqual([{ from: '22:00:00', to: '07:00:00' }]);

  const sent = page.locator('section.card', { has: page.getByRole('heading', { name: '보낸 알림' }) });
  const one = (text: string) => sent.getByRole('listitem').filter({ hasText: text });
  expect(await one('kitchen@example.con').innerText()).toMatch(/새 주문[\s\S]*못 보냄[\s\S]*없는 주소이거나 번호입니다/);
  expect(await one('sajang@example.com').innerText()).toMatch(/새 예약[\s\S]*보냄[\s\S]*김사장/);
  expect(await one('010-2345-6701').innerText()).toMatch(/손님/);
  expect(await one('브라우저').innerText()).toContain('그 기기에서 다시 등록해 주세요');
  expect(wrong).toEqual([]);
  await context.close();
});

test('staff choose for themselves, and see what was told to them only', async () => {
  const owner = await visit(on, { viewport: DESKTOP });
  const before = await readers(owner.context);
  const { context, page, wrong } = await visit(on, { viewport: DESKTOP, reducedMotion: 'reduce' }, 'jikwon');
  await page.route('**/axe.min.js', (route) => route.fulfill({ path: AXE, contentType: 'text/javascript' }));
  await page.goto(`${on.url}/notices`);
  await settled(page);
  expect(await page.getByText('매일 쓰기').count()).toBe(0);
  await page.getByText('아직 보낸 알림이 없습니다').waitFor();
  await page.getByLabel('메일', { exact: true }).fill('jikwon@example.com');
  await page.getByLabel('받지 못한 전화', { exact: true }).selectOption('알리지 않음');
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: '저장' }).click();
  await page.getByText('저장했습니다. 다음 일부터 이대로 알립니다.').waitFor();
  await page.reload();
  await settled(page);
  expect(await page.getByLabel('메일', { exact: true }).inputValue()).toBe('jikwon@example.com');
  const after = await readers(owner.context);
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.at(-1)).toMatchObject({ by: ['email'], email: 'jikwon@example.com' });
  expect(wrong).toEqual([]);
  await context.close();
  await owner.context.close();
});
