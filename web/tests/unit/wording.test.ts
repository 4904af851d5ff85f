import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import { expect, test } from 'vitest';
import ko from '../../src/wording/ko.json';
import en from '../../src/wording/en.json';

const SRC = new URL('../../src/', import.meta.url).pathname;
const files = (ending: string) => (readdirSync(SRC, { recursive: true }) as string[]).filter((f) => f.endsWith(ending)).map((f) => join(SRC, f));

test('both languages have the same keys, each with words', () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(ko).sort());
  for (const table of [ko, en]) for (const [key, text] of Object.entries(table)) expect(text.trim(), key).not.toBe('');
});

test('both languages fill in the same names', () => {
  const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map((m) => m[1]))].sort();
  const english = en as Record<string, string>;
  for (const [key, text] of Object.entries(ko)) expect(names(english[key]!), key).toEqual(names(text));
});

test('no key is there that nothing says', () => {
  const source = [...files('.svelte'), ...files('.ts')].map((f) => readFileSync(f, 'utf8')).join('\n');
  const families = [...source.matchAll(/code\('([a-z]+)'/g)].map((m) => `${m[1]}.`);
  const built = [...source.matchAll(/t\(`([a-z._]+)\$\{/g)].map((m) => m[1]!);
  const unused = Object.keys(ko).filter((key) => !source.includes(`'${key}'`) && ![...families, ...built].some((f) => key.startsWith(f)));
  expect(unused).toEqual([]);
});

test('no Hangul stands in code', () => {
  for (const file of [...files('.svelte'), ...files('.ts')]) {
    if (file.endsWith('particle.ts')) continue; // The particles themselves.
    const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*|<!--[\s\S]*?-->/g, '').replace(/\{when:[^}]*\}/g, '');
    expect(code.match(/[가-힣]+/g), file).toBeNull();
  }
});

const ATTRIBUTES = ['aria-label', 'title', 'alt', 'placeholder', 'label', 'hint', 'text', 'legend'];

/** Every node of a syntax tree. */
function* nodes(node: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(node)) for (const one of node) yield* nodes(one);
  else if (node && typeof node === 'object') {
    yield node as Record<string, unknown>;
    for (const value of Object.values(node)) yield* nodes(value);
  }
}

test('no prose stands in the components', () => {
  for (const file of files('.svelte')) {
    for (const node of nodes(parse(readFileSync(file, 'utf8'), { modern: true }).fragment)) {
      if (node.type === 'Attribute' && ATTRIBUTES.includes(node.name as string) && Array.isArray(node.value)) {
        for (const part of node.value) if (part.type === 'Text') expect(part.data, file).not.toMatch(/[A-Za-z가-힣]{2}/);
      }
      if (Array.isArray(node.nodes)) {
        for (const part of node.nodes as Record<string, unknown>[]) {
          // "ms" is a unit, the same in both languages.
          if (part.type === 'Text') expect((part.data as string).replace(/\bms\b/g, ''), file).not.toMatch(/[A-Za-z가-힣]{2}/);
        }
      }
    }
  }
  // All components are parsed; a busy machine takes its time.
}, 60_000);
