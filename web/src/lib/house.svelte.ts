/** Who is signed in and which shop is shown: what every page needs to ask the API. */
import { go } from './router.svelte';
import { say } from './toast.svelte';
import { look } from './look.svelte';
import { t } from './wording.svelte';
import { Writer } from './format';
import * as api from '../api/session';
import { shops as fetchShops } from '../api/shop';
import { onSignedOut } from '../api/client';
import { explain, Problem } from '../api/problem';
import type { Right, Session, Shop, Text } from '../api/types';

const KEY = 'biseo.shop';

class House {
  /** `undefined` until it is known, `null` when nobody is. */
  session = $state.raw<Session | null | undefined>();
  shops = $state.raw<Shop[]>([]);
  chosen = $state<string>('');
  /** What kept the first look from succeeding (no line, a fault): the page offers to try again. */
  error = $state.raw<unknown>();

  shop = $derived(this.shops.find((s) => s.id === this.chosen) ?? this.shops[0]);
  writer = $derived(new Writer(look.language, this.shop?.zone ?? 'Asia/Seoul', t('unit.won')));

  /** A shop of one's own that is not made yet: its first owner makes it on the page. */
  founding = $derived(this.session?.memberships.find((m) => m.role === 'owner' && !this.shops.some((s) => s.id === m.shop))?.shop ?? null);

  /** Whether the user may do something at the shop that is shown. */
  may(right: Right): boolean {
    return this.shop?.rights.includes(right) ?? false;
  }

  /** Asks who is signed in. */
  look = async (): Promise<void> => {
    this.error = undefined;
    try {
      await this.enter(await api.whoAmI());
    } catch (error) {
      if (error instanceof Problem && error.status === 401) this.session = null;
      else this.error = error;
    }
  };

  /** Somebody has signed in. With a step still to be done the API shows nothing else. */
  async enter(session: Session): Promise<void> {
    if (!session.pending) {
      this.shops = await fetchShops();
      // A link that names a shop is about that one.
      const named = new URLSearchParams(location.search).get('shop');
      if (named && this.shops.some((s) => s.id === named)) this.choose(named);
      else this.chosen = sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY) ?? '';
    }
    this.session = session;
  }

  /** A shop was made or renamed. */
  refresh = async (): Promise<void> => {
    this.shops = await fetchShops();
  };

  choose(shop: string): void {
    this.chosen = shop;
    localStorage.setItem(KEY, shop);
    sessionStorage.setItem(KEY, shop);
  }

  async leave(): Promise<void> {
    try {
      await api.signOut();
    } catch (error) {
      // Still signed in: whoever leaves a shared device has to know.
      const { what, todo } = explain(error);
      if (this.session) say(`${what} ${todo}`, 'bad');
      return;
    }
    this.forget();
    go('/', 'replace');
  }

  forget(): void {
    this.session = null;
    this.shops = [];
  }
}

export const house = new House();
onSignedOut(() => house.forget());

/** A text of a profile in the reader's language, Korean if there is no other. */
export function read(text: Text): string {
  return (look.language === 'en' && text.en) || text.ko;
}
