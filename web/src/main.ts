import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/base.css';
import App from './App.svelte';
import { followLook, look } from './lib/look.svelte';
import { listen } from './lib/router.svelte';
import { speak } from './lib/wording.svelte';

followLook();
listen();
// Without the words of the other language the page says what is wrong in Korean rather than nothing.
await speak(look.language).catch(() => {});
mount(App, { target: document.getElementById('app')! });

const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 200));
idle(() => {
  void import('./fonts');
  if (import.meta.env.PROD && 'serviceWorker' in navigator) void navigator.serviceWorker.register('/sw.js');
});
