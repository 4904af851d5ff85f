// Draws the PNG icons from icon.svg, by hand when the icon changes: node scripts/icons.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const svg = readFileSync('public/icon.svg', 'utf8');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const size of [180, 192, 512]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  // A platform cuts its own corners: the ground goes to the edge.
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg.replace('rx="116"', '')}`);
  writeFileSync(`public/icon-${size}.png`, await page.screenshot());
}
await browser.close();
