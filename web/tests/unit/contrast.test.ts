import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('../../src/styles/tokens.css', import.meta.url), 'utf8');
const block = (selector: string) => css.slice(css.indexOf(selector)).split('}')[0]!;
const colours = (text: string) => Object.fromEntries([...text.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map((m) => [m[1]!, m[2]!]));

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

/** Text on its ground: 4.5 to 1 (1.4.3); edges of controls: 3 to 1 (1.4.11). */
const TEXT = [
  ...['ink', 'ink-2', 'ink-3', 'accent', 'danger', 'warn'].flatMap((c) => ['bg', 'surface'].map((g) => [c, g])),
  ...['ink', 'ink-2'].map((c) => [c, 'sunken']),
  ['on-accent', 'accent'], ['on-accent-soft', 'accent-soft'], ['ink', 'accent-soft'], ['warn', 'warn-soft'], ['ink', 'warn-soft'],
  ['danger', 'danger-soft'], ['ink', 'danger-soft'], ['info', 'info-soft'], ['surface', 'live'], ['live', 'surface'], ['bg', 'ink'],
] as [string, string][];
const EDGES = [['edge', 'surface'], ['edge', 'bg'], ['accent', 'surface'], ['accent', 'bg']] as [string, string][];

for (const [theme, selector] of [['light', ':root {'], ['dark', ":root[data-theme='dark']"]] as const) {
  test(`${theme}: text and edges are seen`, () => {
    const c = colours(block(selector));
    for (const [front, ground] of TEXT) expect(contrast(c[front]!, c[ground]!), `${front} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    for (const [front, ground] of EDGES) expect(contrast(c[front]!, c[ground]!), `${front} on ${ground}`).toBeGreaterThanOrEqual(3);
  });
}
