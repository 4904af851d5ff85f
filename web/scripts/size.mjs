// The first load in gzip: the page and all that it asks for before something is seen. Above the limit the build fails.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT = 150_000;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

/** A chunk's file, its style sheets and those of all that it imports at once. */
function filesOf(key, found = new Set()) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`${key} is not in the manifest: what is measured is not what is loaded`);
  if (found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const css of chunk.css ?? []) found.add(css);
  for (const next of chunk.imports ?? []) filesOf(next, found);
  return found;
}

const size = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
const sum = (files) => [...files].reduce((total, file) => total + size(file), 0);

const shell = filesOf('index.html');
const today = filesOf('src/pages/Today.svelte', new Set(shell));
const first = new Set(['index.html', 'boot.js', 'icon.svg', 'manifest.webmanifest', ...shell, ...today]);
const total = sum(first);
const every = new Set(Object.keys(manifest).filter((key) => !key.includes('woff2')).flatMap((key) => [...filesOf(key)]).filter((f) => /\.(js|css)$/.test(f)));
console.log(`first load (page, shell, Today): ${total} octets in gzip, limit ${LIMIT}`);
console.log(`all pages, styles and languages: ${sum(every)} octets in gzip; fonts come later`);
if (total > LIMIT) {
  console.error('first load is too big');
  process.exit(1);
}
