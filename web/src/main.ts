import { mount } from 'svelte';
import './styles/tokens.css';
import './styles/base.css';
import App from './App.svelte';
import { followLook, look } from './lib/look.svelte';
import { listen } from './lib/router.svelte';
import { speak } from './lib/wording.svelte';

followLook();
listen();
await speak(look.language);
mount(App, { target: document.getElementById('app')! });

const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 200));
idle(() => {
  void import('./fonts');
  if (import.meta.env.PROD && 'serviceWorker' in navigator) void navigator.serviceWorker.register('/sw.js');
});
