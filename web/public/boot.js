// Before the first paint: the reader's own size and theme, so that nothing jumps or flashes. src/lib/look.svelte.ts writes them.
(function () {
  var root = document.documentElement;
  var kept = {};
  try { kept = JSON.parse(localStorage.getItem('biseo.look') || '{}'); } catch { /* Not ours: as if nothing was kept. */ }
  var dark = kept.theme === 'dark' || (kept.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.theme = dark ? 'dark' : 'light';
  root.dataset.size = /^[1-5]$/.test(String(kept.size)) ? String(kept.size) : '2';
  if (kept.language === 'en') root.lang = 'en';
})();
