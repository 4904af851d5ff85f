import { readFileSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AXE, DESKTOP, PHONE, violations } from './stage';
import { POLICY } from './host';

/** The page of a program that was built without the console (crates/console/fallback). */
const FOLDER = new URL('../../../crates/console/fallback', import.meta.url).pathname;
let browser: Browser;
beforeAll(async () => { browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] }); });
afterAll(async () => { await browser?.close(); });

for (const [name, viewport] of [['phone', PHONE], ['desktop', DESKTOP]] as const) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`it says what is missing and what to do, in both languages (${name}, ${colorScheme})`, async () => {
      const context = await browser.newContext({ viewport, colorScheme });
      const page = await context.newPage();
      const wrong: string[] = [];
      page.on('console', (m) => { if (m.type() === 'error') wrong.push(m.text()); });
      const headers = { 'content-security-policy': POLICY };
      await page.route('http://fallback.test/**', (route) => {
        const path = new URL(route.request().url()).pathname;
        if (path === '/axe.min.js') return route.fulfill({ path: AXE, contentType: 'text/javascript' });
        // Whatever was asked for, as the program does.
        const file = path === '/fallback.css' ? path : '/index.html';
        return route.fulfill({ body: readFileSync(FOLDER + file), contentType: path === '/fallback.css' ? 'text/css' : 'text/html', headers });
      });
      await page.goto('http://fallback.test/calls/1');
      await page.getByRole('heading', { level: 1, name: '화면이 들어 있지 않습니다' }).waitFor();
      const english = page.locator('section[lang="en"]');
      await english.getByRole('heading', { name: 'The console is not part of this program' }).waitFor();
      for (const words of ['make web', 'cargo build --locked --release -p biseo-server']) expect(await page.locator('pre').innerText()).toContain(words);
      // What it asks for is what the console asks for.
      const needs = (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { engines: { node: string } }).engines.node.replace('>=', '');
      expect(await page.locator('main').innerText()).toContain(`Node.js ${needs}`);
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
      expect(wrong).toEqual([]);
      await context.close();
    });
  }
}
