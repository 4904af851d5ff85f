/** How the reader wants the page to look: size, theme, language. Kept on the device, read by public/boot.js before the first paint. */

export type Size = 1 | 2 | 3 | 4 | 5;
export type Theme = 'auto' | 'light' | 'dark';
export type Language = 'ko' | 'en';

export const SIZES: readonly Size[] = [1, 2, 3, 4, 5];
export const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];
export const LANGUAGES: readonly Language[] = ['ko', 'en'];

const KEY = 'biseo.look';

export interface Look {
  size: Size;
  theme: Theme;
  language: Language;
}

/** What was kept, field by field; whatever is no such value counts as not kept. */
export function parse(text: string | null): Look {
  let kept: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    if (value && typeof value === 'object') kept = value as Record<string, unknown>;
  } catch {
    // Not ours: as if nothing was kept.
  }
  return {
    size: SIZES.find((s) => s === kept.size) ?? 2,
    theme: THEMES.find((t) => t === kept.theme) ?? 'auto',
    language: LANGUAGES.find((l) => l === kept.language) ?? 'ko',
  };
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export const look: Look = $state(parse(read()));

const night = typeof matchMedia === 'function' ? matchMedia('(prefers-color-scheme: dark)') : null;

function paint(): void {
  const root = document.documentElement;
  const dark = look.theme === 'dark' || (look.theme === 'auto' && !!night?.matches);
  root.dataset.theme = dark ? 'dark' : 'light';
  root.dataset.size = String(look.size);
  root.lang = look.language;
  const bar = document.querySelector<HTMLMetaElement>('meta[name="theme-color"]');
  if (bar) bar.content = getComputedStyle(root).getPropertyValue('--bg').trim();
}

/** Changes one thing, shows it at once and keeps it. */
export function setLook(change: Partial<Look>): void {
  Object.assign(look, change);
  paint();
  try {
    localStorage.setItem(KEY, JSON.stringify(look));
  } catch {
    // Private windows may refuse; it holds until the page is closed.
  }
}

/** Shows what was kept and follows the device's day and night. */
export function followLook(): void {
  paint();
  night?.addEventListener('change', paint);
}
