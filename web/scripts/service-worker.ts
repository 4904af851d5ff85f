import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** Writes `sw.js` with the list of files that make up the shell; its name for the cache changes with their contents. */
export function serviceWorker(): Plugin {
  return {
    name: 'biseo-service-worker',
    apply: 'build',
    // After Vite's own: that one takes away chunks that held nothing but styles, and one missing file would undo the whole installation.
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const files = Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name)).sort();
        const shell = ['/', '/boot.js', ...files.map((name) => `/${name}`)];
        const mark = createHash('sha256').update(shell.join(' ')).update(readFileSync('index.html')).update(readFileSync('public/boot.js')).digest('hex').slice(0, 12);
        const source = readFileSync('src/sw.js', 'utf8')
          .replace("'__SHELL__'", JSON.stringify(shell))
          .replace('__MARK__', mark);
        this.emitFile({ type: 'asset', fileName: 'sw.js', source });
      },
    },
  };
}
