/** Serves web/dist as the program does, with the same Content-Security-Policy (crates/console/src/lib.rs), and hands /api on to a real API server. */
import { createServer, request, type Server } from 'node:http';
import { readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';

const DIST = new URL('../../dist/', import.meta.url).pathname;
const KINDS: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml',
  '.png': 'image/png', '.woff2': 'font/woff2', '.webmanifest': 'application/manifest+json',
};
/** Read from the crate, so that what is tested is what is served. */
export const POLICY = /const POLICY: &str = "([^"]+)"/s.exec(readFileSync(new URL('../../../crates/console/src/lib.rs', import.meta.url), 'utf8'))![1]!.replace(/\\\n\s*/g, '');

/** Addressed as `localhost`: an IP address can be no domain of passkeys. What comes before `serves` says where the API is waits for nothing. */
export async function host(): Promise<{ url: string; serves: (api: URL) => void; close: () => void }> {
  let api = new URL('http://127.0.0.1:1');
  const server: Server = createServer((req, res) => {
    const path = new URL(req.url!, 'http://x').pathname;
    if (path.startsWith('/api/') || path.startsWith('/feeds/')) {
      const onward = request({ host: api.hostname, port: api.port, path: req.url, method: req.method, headers: req.headers }, (answer) => {
        res.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(res);
      });
      onward.on('error', () => res.writeHead(502).end());
      res.on('close', () => onward.destroy());
      req.pipe(onward);
      return;
    }
    const file = normalize(path === '/' || !extname(path) ? '/index.html' : path);
    try {
      const body = readFileSync(join(DIST, file));
      res.writeHead(200, { 'content-type': KINDS[extname(file)] ?? 'application/octet-stream', 'content-security-policy': POLICY });
      res.end(body);
    } catch {
      res.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  return { url: `http://localhost:${port}`, serves: (found) => { api = found; }, close: () => { server.closeAllConnections(); server.close(); } };
}
