/** Which page is shown: paths of the browser's history, no library. */

import { inConsole } from './address';

export interface Place {
  path: string;
  query: URLSearchParams;
}

function here(): Place {
  const asked = location.pathname + location.search + location.hash;
  const found = inConsole(asked);
  if (found !== asked) history.replaceState(null, '', found);
  return { path: location.pathname, query: new URLSearchParams(location.search) };
}

let place = $state.raw<Place>(here());

export function current(): Place {
  return place;
}

/** Goes to a path of this console. The heading of the new page takes the focus when it is there (`land`), as after a load. */
export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  history[how === 'push' ? 'pushState' : 'replaceState'](null, '', to);
  arrive();
  scrollTo(0, 0);
}

/** Another page is on its way. */
let coming = false;

function arrive(): void {
  const before = place.path;
  place = here();
  if (before !== place.path) coming = true;
}

/** The page that was gone to is there: its heading takes the focus. */
export function land(): void {
  if (!coming) return;
  coming = false;
  document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
}

/** Replaces the query of the path that is shown, without moving. */
export function setQuery(values: Record<string, string | null>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(values)) value === null ? query.delete(name) : query.set(name, value);
  const text = query.toString();
  history.replaceState(null, '', `${location.pathname}${text ? `?${text}` : ''}`);
  place = here();
}

/** The values of a pattern such as `/calls/:id`, or `null` if the path is another. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const want = pattern.split('/');
  const have = path.replace(/\/+$/, '').split('/');
  if (pattern === '/') return path === '/' ? {} : null;
  if (want.length !== have.length) return null;
  const found: Record<string, string> = {};
  for (const [i, part] of want.entries()) {
    const value = have[i] ?? '';
    if (part.startsWith(':')) found[part.slice(1)] = decode(value);
    else if (part !== value) return null;
  }
  return found;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Links within the console change the page without a load; everything else is left to the browser. */
export function listen(): void {
  addEventListener('popstate', arrive);
  addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.('a');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.getAttribute('href')?.startsWith('#') || link.pathname.startsWith('/api/')) return;
    event.preventDefault();
    go(link.pathname + link.search + link.hash);
  });
}
