// The service worker: the console's own files come from the cache, so that it opens at once and without a line.
// What the API says is never kept here: it is personal, and it must be true now.
const SHELL = '__SHELL__';
const CACHE = 'biseo-__MARK__';

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  const old = (names) => names.filter((name) => name.startsWith('biseo-') && name !== CACHE && name !== 'biseo-fonts');
  event.waitUntil(
    caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

/** A page: the newest from the server, or the one kept when there is no line. */
async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match('/', { cacheName: CACHE })) ?? Response.error();
  }
}

/** A file whose name holds its contents' hash: the first copy is as good as any. */
async function asset(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && request.url.endsWith('.woff2')) {
    const copy = answer.clone();
    caches.open('biseo-fonts').then((cache) => cache.put(request, copy));
  }
  return answer;
}

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== location.origin || url.pathname.startsWith('/api/')) return;
  if (event.request.mode === 'navigate') event.respondWith(page(event.request));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(event.request));
});

/** A notice from the house: `{id, tag, title, body, url, urgent}`, encrypted for this browser alone. Nothing of it is kept. */
self.addEventListener('push', (event) => {
  let told;
  try {
    told = event.data.json();
  } catch {
    return;
  }
  const { title, body, tag, url, urgent } = told;
  event.waitUntil(self.registration.showNotification(title, { body, tag, icon: '/icon-192.png', requireInteraction: urgent === true, data: { url } }));
});

/** A window of the console shows `to`: a browser may refuse to bring it to the front, and an old one may not be led. */
async function lead(window, to) {
  const shown = await window.focus().catch(() => window);
  return shown.navigate(to).catch(() => clients.openWindow(to));
}

/** Opens what the notice is about, in a window of the console that is there already if there is one. */
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? '/', location.origin);
  const to = url.origin === location.origin ? url.href : location.origin;
  const open = ([first]) => (first ? lead(first, to) : clients.openWindow(to));
  event.waitUntil(clients.matchAll({ type: 'window', includeUncontrolled: true }).then(open));
});
