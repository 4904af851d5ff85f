/** The console's pages, in the order of the menu. Each is fetched when it is first opened. */
import type { Component } from 'svelte';
import type { Right } from './api/types';
import type { Key } from './lib/wording.svelte';
import * as icons from './icons';

/** What a path's pattern holds; pages without any take nothing. */
type Props = any;

export interface Route {
  path: string;
  title: Key;
  icon?: Component;
  /** Whether it stands in the phone's bar; the others are under "more". */
  bar?: boolean;
  right?: Right;
  load: () => Promise<{ default: Component<Props> }>;
}

export const ROUTES: readonly Route[] = [
  { path: '/', title: 'page.today', icon: icons.House, bar: true, load: () => import('./pages/Today.svelte') },
  { path: '/calls', title: 'page.calls', icon: icons.Phone, bar: true, right: 'read_calls', load: () => import('./pages/Calls.svelte') },
  { path: '/bookings', title: 'page.bookings', icon: icons.CalendarDays, bar: true, right: 'read_bookings', load: () => import('./pages/Bookings.svelte') },
  { path: '/messages', title: 'page.messages', icon: icons.MessageSquareText, bar: true, right: 'read_tasks', load: () => import('./pages/Messages.svelte') },
  { path: '/orders', title: 'page.orders', icon: icons.ShoppingBag, right: 'read_tasks', load: () => import('./pages/Orders.svelte') },
  { path: '/callers', title: 'page.callers', icon: icons.Users, right: 'read_callers', load: () => import('./pages/Callers.svelte') },
  { path: '/questions', title: 'page.questions', icon: icons.CircleQuestion, right: 'read_shop', load: () => import('./pages/Questions.svelte') },
  { path: '/digests', title: 'page.digests', icon: icons.Moon, right: 'read_calls', load: () => import('./pages/Digests.svelte') },
  { path: '/notices', title: 'page.notices', icon: icons.Bell, right: 'read_tasks', load: () => import('./pages/Notices.svelte') },
  { path: '/calendars', title: 'page.calendars', icon: icons.CalendarSync, right: 'write_shop', load: () => import('./pages/Calendars.svelte') },
  { path: '/webhooks', title: 'page.webhooks', icon: icons.Webhook, right: 'manage_webhooks', load: () => import('./pages/Webhooks.svelte') },
  { path: '/try', title: 'page.try', icon: icons.AudioLines, right: 'read_shop', load: () => import('./pages/TryOut.svelte') },
  { path: '/rehearsals', title: 'page.rehearsals', icon: icons.Drama, right: 'write_shop', load: () => import('./pages/Rehearsals.svelte') },
  { path: '/start', title: 'page.start', icon: icons.Sprout, right: 'write_shop', load: () => import('./pages/Start.svelte') },
  { path: '/shop', title: 'page.shop', icon: icons.Store, right: 'read_shop', load: () => import('./pages/ShopFacts.svelte') },
  { path: '/offer', title: 'page.offer', icon: icons.ClipboardList, right: 'write_shop', load: () => import('./pages/Offer.svelte') },
  { path: '/numbers', title: 'page.numbers', icon: icons.PhoneForwarded, right: 'read_shop', load: () => import('./pages/Numbers.svelte') },
  { path: '/words', title: 'page.words', icon: icons.MessageSquareQuote, right: 'read_shop', load: () => import('./pages/Words.svelte') },
  { path: '/settings', title: 'page.settings', icon: icons.Settings, load: () => import('./pages/Settings.svelte') },
  { path: '/line', title: 'page.line', icon: icons.Cable, right: 'read_shop', load: () => import('./pages/Line.svelte') },
  { path: '/health', title: 'page.health', icon: icons.Activity, load: () => import('./pages/Health.svelte') },
  { path: '/more', title: 'page.more', load: () => import('./pages/More.svelte') },
  { path: '/audit', title: 'page.audit', right: 'read_audit', load: () => import('./pages/Audit.svelte') },
  { path: '/webhooks/:id', title: 'page.webhook', right: 'manage_webhooks', load: () => import('./pages/WebhookDetail.svelte') },
  { path: '/digests/:date', title: 'page.digest', right: 'read_calls', load: () => import('./pages/Digest.svelte') },
  { path: '/calls/:id', title: 'page.call', right: 'read_calls', load: () => import('./pages/CallDetail.svelte') },
  { path: '/callers/:phone', title: 'page.caller', right: 'read_callers', load: () => import('./pages/CallerDetail.svelte') },
];
