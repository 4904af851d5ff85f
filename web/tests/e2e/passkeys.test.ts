/** Passkeys with the browser's own virtual authenticator: made in the settings, signed in by, renamed and removed. */
import { createRequire } from 'node:module';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ACCOUNT, PHONE, stage, visit, type Stage } from './stage';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let on: Stage;
beforeAll(async () => { on = await stage(); });
afterAll(async () => { await on?.close(); });

/** A device with a screen lock that its owner opens whenever it asks. */
async function device(context: BrowserContext, page: Page): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } as const;
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  return { cdp, id: authenticatorId };
}

const fits = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function accessible(page: Page): Promise<void> {
  await page.route('**/axe.min.js', (route) => route.fulfill({ path: AXE, contentType: 'text/javascript' }));
  await page.addScriptTag({ url: '/axe.min.js' });
  const found = await page.evaluate(() => (window as unknown as { axe: { run: (on: Document) => Promise<{ violations: { id: string; impact: string }[] }> } }).axe.run(document));
  expect(found.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => v.id)).toEqual([]);
}

/** Makes a passkey in the settings. */
async function add(page: Page, name: string): Promise<void> {
  await page.goto(`${on.url}/settings`);
  await page.getByRole('button', { name: '이 기기에 만들기' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('이름').fill(name);
  await dialog.getByLabel('비밀번호').fill(ACCOUNT.password);
  await accessible(page);
  await dialog.getByRole('button', { name: '만들기' }).click();
  await page.getByText('패스키를 만들었습니다').waitFor();
}

test('a passkey is made, signs in by the button, is renamed and removed', async () => {
  const { context, page, wrong } = await visit(on, { viewport: PHONE, isMobile: true, hasTouch: true });
  // A virtual device answers a field at once: here the button is to be pressed, as where a browser offers nothing in fields.
  await page.addInitScript(() => { PublicKeyCredential.isConditionalMediationAvailable = async () => false; });
  const { cdp, id } = await device(context, page);
  await add(page, '가게 휴대폰');
  const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId: id });
  expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: 'localhost', userName: ACCOUNT.login }]);
  // A second one of the same account is none: the device says so itself.
  await page.getByRole('button', { name: '이 기기에 만들기' }).click();
  await page.getByRole('dialog').getByLabel('비밀번호').fill(ACCOUNT.password);
  await page.getByRole('dialog').getByRole('button', { name: '만들기' }).click();
  await page.getByText('이 기기에는 이 계정의 패스키가 이미 있어요.').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: '닫기' }).click();

  await page.getByRole('button', { name: '로그아웃' }).click();
  await page.getByRole('heading', { name: '로그인' }).waitFor();
  expect((await context.request.get(`${on.url}/api/v1/session`)).status()).toBe(401);
  const enter = page.getByRole('button', { name: '패스키로 들어가기' });
  await enter.waitFor();
  await accessible(page);
  expect(await fits(page)).toBe(0);
  await enter.click();
  await page.getByRole('navigation').first().waitFor();
  expect(await (await context.request.get(`${on.url}/api/v1/session`)).json()).toMatchObject({ login: ACCOUNT.login });

  await page.goto(`${on.url}/settings`);
  await page.getByText('가게 휴대폰').waitFor();
  await page.getByText('마지막 사용').waitFor();
  await accessible(page);
  expect(await fits(page)).toBe(0);
  await page.getByRole('button', { name: '가게 휴대폰 이름 바꾸기' }).click();
  await page.getByRole('dialog').getByLabel('이름').fill('낡은 휴대폰');
  await page.getByRole('dialog').getByRole('button', { name: '저장' }).click();
  await page.getByText('이름을 바꿨습니다').waitFor();
  await page.getByRole('button', { name: '낡은 휴대폰 지우기' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '지우기' }).click();
  await page.getByText('패스키를 지웠습니다').waitFor();
  await page.getByText('아직 없어요.').waitFor();
  // Nobody was signed in for a moment: the browser counts that answer as an error, and no other.
  expect(wrong.filter((line) => !line.includes('/api/v1/session'))).toEqual([]);

  // What is gone here is of no use, though the device still has it.
  await page.getByRole('button', { name: '로그아웃' }).click();
  await enter.click();
  await page.getByText('이 패스키는 받을 수 없습니다.').waitFor();
  await context.close();
});

test('the field for the login offers it', async () => {
  const { context, page } = await visit(on, { viewport: PHONE });
  const { cdp, id } = await device(context, page);
  await add(page, '노트북');
  // A virtual device answers a field at once; it waits until somebody is signed out.
  await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled: false });
  await page.getByRole('button', { name: '로그아웃' }).click();
  await page.getByRole('heading', { name: '로그인' }).waitFor();
  expect(await page.getByLabel('아이디').getAttribute('autocomplete')).toBe('username webauthn');
  await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: id, enabled: true });
  await page.reload();
  await page.getByRole('navigation').first().waitFor();
  await context.close();
});

test('a device that does not verify its user is refused', async () => {
  const { context, page } = await visit(on, { viewport: PHONE });
  const { cdp, id } = await device(context, page);
  await add(page, '남의 손');
  await cdp.send('WebAuthn.setUserVerified', { authenticatorId: id, isUserVerified: false });
  await page.getByRole('button', { name: '로그아웃' }).click();
  await page.getByRole('button', { name: '패스키로 들어가기' }).click();
  await page.getByRole('button', { name: '패스키로 들어가기' }).waitFor();
  expect(await page.getByRole('navigation').count()).toBe(0);
  expect((await context.request.get(`${on.url}/api/v1/session`)).status()).toBe(401);
  await context.close();
});

test('a browser without passkeys is offered none', async () => {
  const context = await on.browser.newContext({ viewport: PHONE, locale: 'ko-KR', serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.addInitScript(() => { Object.defineProperty(window, 'PublicKeyCredential', { value: undefined }); });
  await page.goto(on.url);
  await page.getByRole('button', { name: '로그인' }).waitFor();
  await page.waitForLoadState('networkidle');
  expect(await page.getByRole('button', { name: '패스키로 들어가기' }).count()).toBe(0);
  await context.close();
});

test('the first owner takes the link with a passkey and no password', async () => {
  const { context: owner, page: inviting } = await visit(on, { viewport: PHONE });
  const made = await owner.request.post(`${on.url}/api/v1/shops/haengbok/invitations`, { data: { role: 'owner', name: '새 사장' }, headers: { 'X-Biseo': '1', origin: on.url } });
  const { token } = (await made.json()) as { token: string };
  await inviting.close();
  await owner.close();

  const context = await on.browser.newContext({ viewport: PHONE, locale: 'ko-KR', serviceWorkers: 'block', isMobile: true, hasTouch: true });
  const page = await context.newPage();
  await device(context, page);
  await page.goto(`${on.url}/welcome#${token}`);
  await page.getByLabel('아이디').fill('saesajang');
  await accessible(page);
  expect(await fits(page)).toBe(0);
  await page.getByRole('button', { name: '비밀번호 없이 패스키로 만들기' }).click();
  await page.getByRole('navigation').first().waitFor();
  expect(await (await context.request.get(`${on.url}/api/v1/session`)).json()).toMatchObject({ login: 'saesajang', password: false, pending: null });
  // The only way in stays.
  await page.goto(`${on.url}/settings`);
  await page.getByRole('button', { name: / 지우기$/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: '지우기' }).click();
  await page.getByText('마지막 남은 로그인 방법이라 지울 수 없습니다.').waitFor();
  await context.close();
});
