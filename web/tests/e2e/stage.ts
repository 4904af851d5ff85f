/** The real API over generated data (crates/api, example `serve`), the built console before it, and a browser. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { host } from './host';

export const ACCOUNT = { login: 'sajang', password: 'biseo-demo-2026' };
export const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1360, height: 900 };

/** `BISEO_SERVE` names the built example; else the workspace's own. */
const BINARY = process.env.BISEO_SERVE ?? new URL('../../../target/debug/examples/serve', import.meta.url).pathname;

const DIST = new URL('../../dist/index.html', import.meta.url).pathname;

export interface Stage {
  url: string;
  browser: Browser;
  close: () => Promise<void>;
}

async function api(origin: string, more: Record<string, string>): Promise<{ url: URL; child: ChildProcess }> {
  if (!existsSync(BINARY)) throw new Error(`missing ${BINARY}: cargo build --locked -p biseo-api --example serve`);
  const child = spawn(BINARY, ['127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...more, ORIGIN: origin } });
  const url = await new Promise<URL>((found, failed) => {
    child.once('error', failed);
    child.once('exit', () => failed(new Error('the API ended')));
    child.stdout!.on('data', (text: Buffer) => {
      const told = /http:\/\/\S+/.exec(text.toString());
      if (told) found(new URL(told[0]));
    });
  });
  return { url, child };
}

/** `more` is told to the API's example by its environment. */
export async function stage(more: Record<string, string> = {}): Promise<Stage> {
  if (!existsSync(DIST)) throw new Error(`missing ${DIST}: npm run build`);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await host();
  const { url, child } = await api(page.url, more).catch(async (error: unknown) => { await browser.close(); page.close(); throw error; });
  page.serves(url);
  const close = async () => {
    await browser.close();
    page.close();
    child.kill('SIGINT');
  };
  return { url: page.url, browser, close };
}

/** A signed-in page; whatever the browser's console says in error is kept in `wrong`. */
export async function visit(on: Stage, options: Parameters<Browser['newContext']>[0], login = ACCOUNT.login): Promise<{ context: BrowserContext; page: Page; wrong: string[] }> {
  const context = await on.browser.newContext({ locale: 'ko-KR', timezoneId: 'Asia/Seoul', serviceWorkers: 'block', ...options });
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (m) => { if (m.type() === 'error') wrong.push(`${m.text()} ${m.location().url}`); });
  page.on('pageerror', (e) => wrong.push(String(e)));
  const answer = await context.request.post(`${on.url}/api/v1/session`, { data: { ...ACCOUNT, login }, headers: { 'X-Biseo': '1', origin: on.url } });
  if (!answer.ok()) throw new Error(`sign-in: ${answer.status()}`);
  await page.addInitScript(() => { if (!localStorage.getItem('biseo.shop')) localStorage.setItem('biseo.shop', 'haengbok'); });
  await page.goto(on.url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { context, page, wrong };
}

/** The page is there: its heading, and nothing that is still being fetched. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.skeleton'));
}

interface Found { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }

/** Serious and critical violations (axe-core). Put in through the page's own origin: the policy forbids anything inline. */
export async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ url: '/axe.min.js' });
  const found = await page.evaluate(() => (window as unknown as { axe: { run: (on: Document) => Promise<{ violations: Found[] }> } }).axe.run(document));
  return found.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target.join(' ')} ${n.failureSummary}`).slice(0, 3).join(' | ')}`);
}
