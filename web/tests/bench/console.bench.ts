/** What the console costs whoever opens it, and how soon a word that is spoken stands on it; on the real program, in Debian's chromium. Prints tables; asserts nothing but that something was measured. */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MORNING, Place, type Service } from '../walk/biseo';

const ROUNDS = Number(process.env.BENCH_LOADS ?? 5);
const CALLS = Number(process.env.BENCH_WORD_CALLS ?? 3);
/** Lighthouse's mobile profile: a slow 4G line and a processor four times slower; and no brake at all. */
const PROFILES = [
  { name: 'phone, slow 4G, CPU / 4', viewport: { width: 390, height: 844 }, cpu: 4, net: { latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (750 * 1024) / 8, offline: false } },
  { name: 'desktop, no brake', viewport: { width: 1360, height: 900 }, cpu: 1, net: null },
];
const SAID = ['내일 저녁 일곱 시에 네 명 예약하고 싶은데요', '주차할 수 있나요', '몇 시까지 하세요'];

let browser: Browser;
let place: Place;
let service: Service;
let state: Awaited<ReturnType<BrowserContext['storageState']>>;

beforeAll(async () => {
  place = new Place('', true);
  service = await place.serve(MORNING);
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  const context = await browser.newContext({ locale: 'ko-KR', serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.goto(service.welcome('행복식당'));
  await page.getByLabel('이름').fill('김사장');
  await page.getByLabel('아이디').fill('sajang');
  await page.getByLabel('비밀번호').fill('단골손님 환영합니다');
  await page.locator('form button[type=submit]').click();
  await page.getByRole('navigation').first().waitFor();
  state = await context.storageState();
  await context.close();
});

afterAll(async () => {
  await browser?.close();
  await service?.stop();
  place?.remove();
});

const median = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
const row = (cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`);

interface Loaded { fcp: number; lcp: number; cls: number; tbt: number; kib: number }

/** Watches from before the first script on. Total blocking time is what long tasks take beyond 50 ms (web.dev/articles/tbt). */
function watch(): void {
  const seen = { lcp: 0, cls: 0, tbt: 0 };
  Object.assign(window, { seenLoad: seen });
  new PerformanceObserver((list) => { for (const e of list.getEntries()) seen.lcp = Math.max(seen.lcp, e.startTime); }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => { for (const e of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!e.hadRecentInput) seen.cls += e.value; }).observe({ type: 'layout-shift', buffered: true });
  new PerformanceObserver((list) => { for (const e of list.getEntries()) seen.tbt += Math.max(0, e.duration - 50); }).observe({ type: 'longtask', buffered: true });
}

async function load(profile: (typeof PROFILES)[number]): Promise<Loaded> {
  const context = await browser.newContext({ locale: 'ko-KR', viewport: profile.viewport, serviceWorkers: 'block', storageState: state });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  if (profile.net) await cdp.send('Network.emulateNetworkConditions', profile.net);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: profile.cpu });
  let octets = 0;
  cdp.on('Network.loadingFinished', (e) => { octets += e.encodedDataLength; });
  await page.addInitScript(watch);
  await page.goto(service.console, { waitUntil: 'load' });
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForFunction(() => !document.querySelector('.skeleton'));
  await page.waitForTimeout(1500);
  const seen = await page.evaluate(() => ({
    ...(window as unknown as { seenLoad: { lcp: number; cls: number; tbt: number } }).seenLoad,
    fcp: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
  }));
  await context.close();
  return { ...seen, kib: octets / 1024 };
}

test('what the first load costs', async () => {
  console.log(`\nToday, first load, nothing cached; medians of ${ROUNDS} (first and largest paint, blocking and layout shift as web.dev defines them)`);
  row(['profile', 'first paint ms', 'largest paint ms', 'blocked ms', 'layout shift', 'received KiB']);
  row(['---', '---', '---', '---', '---', '---']);
  for (const profile of PROFILES) {
    const all: Loaded[] = [];
    for (let n = 0; n < ROUNDS; n++) all.push(await load(profile));
    const of = (key: keyof Loaded, digits = 0) => median(all.map((one) => one[key])).toFixed(digits);
    row([profile.name, of('fcp'), of('lcp'), of('tbt'), of('cls', 3), of('kib')]);
    expect(all.every((one) => one.fcp > 0)).toBe(true);
  }
});

/** From the arrival of the sound in which a word was recognised to its standing in the page. */
async function watchWords(page: Page): Promise<void> {
  await page.evaluate(() => {
    const delays: number[] = [];
    let last = '';
    Object.assign(window, { delays });
    new MutationObserver(() => {
      const words = document.querySelector<HTMLElement>('.live .said [aria-live="off"]');
      const at = words?.dataset.heardAt;
      if (!at || at === last) return;
      last = at;
      delays.push(Date.now() - Date.parse(at));
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  });
}

test('how soon a spoken word is shown', async () => {
  const context = await browser.newContext({ locale: 'ko-KR', viewport: PROFILES[0]!.viewport, serviceWorkers: 'block', storageState: state });
  const page = await context.newPage();
  await page.goto(service.console);
  await page.getByRole('heading', { level: 1 }).waitFor();
  // Calls have a clock of their own here; what it is ahead by, within the shortest of some answers' time.
  let ahead = { by: 0, within: Infinity };
  for (let n = 0; n < 10; n++) {
    const asked = Date.now();
    const answer = await context.request.get(`${service.console}/api/v1/health`);
    const answered = Date.now();
    const { now } = (await answer.json()) as { now: string };
    if (answered - asked < ahead.within) ahead = { by: Date.parse(now) - (asked + answered) / 2, within: answered - asked };
  }
  await watchWords(page);
  for (let n = 0; n < CALLS; n++) await service.call({ id: `words-${n}`, number: '01023456789', opens: SAID[n % SAID.length]! }, 'haengbok');
  const delays = (await page.evaluate(() => (window as unknown as { delays: number[] }).delays)).map((ms) => ms + ahead.by).toSorted((a, b) => a - b);
  const at = (share: number) => delays[Math.min(delays.length - 1, Math.floor(delays.length * share))]?.toFixed(0);
  console.log(`\nA word on the page after the sound in which it was recognised had come, ${delays.length} texts in ${CALLS} calls (clocks within ${ahead.within} ms)`);
  row(['median ms', 'p95 ms', 'longest ms']);
  row(['---', '---', '---']);
  row([at(0.5) ?? '', at(0.95) ?? '', delays.at(-1)?.toFixed(0) ?? '']);
  expect(delays.length).toBeGreaterThan(CALLS * 3);
  await context.close();
});
