/** What happens at the shop as it happens: the API's stream of events, kept as the calls that go on and a counter of changes. */
import { call as fetchCall, calls, eventsUrl } from '../api/shop';
import { whoAmI } from '../api/session';
import type { Call, LiveNotice, Turn } from '../api/types';

/** A call that goes on, with what has been said so far. */
export interface LiveCall {
  call: Call;
  turns: Turn[];
  /** The caller's words that are being spoken. */
  partial: string;
  /** When the sound had come in which they were recognised. */
  heardAt?: string;
}

/** Kinds of things that a page may have to load anew. */
export type Changed = LiveNotice['about'] | 'call';

const KINDS = ['call_began', 'partial', 'turn', 'turn_amended', 'call_ended', 'notice', 'resync'] as const;
/** A call that is over stays in sight for so long. */
const AFTERGLOW_MS = 8000;

class Live {
  calls = $state<LiveCall[]>([]);
  state = $state<'off' | 'connecting' | 'on' | 'lost'>('off');
  /** The last event's arrival, milliseconds since 1970. */
  heardAt = $state<number | null>(null);
  #source: EventSource | null = null;
  #shop = '';
  /** Events have passed unheard: what pages show may be old. */
  #missed = false;
  #listeners = new Map<Changed, Set<() => void>>();

  /** Follows a shop's events until `stop` or another shop. The browser connects again by itself. */
  follow(shop: string): void {
    if (this.#shop === shop && this.#source) return;
    this.stop();
    this.#shop = shop;
    this.state = 'connecting';
    const source = new EventSource(eventsUrl(shop));
    let first = true;
    this.#source = source;
    source.onopen = () => {
      this.state = 'on';
      // What falls between a list's load and this moment was told to nobody.
      if (this.#missed || first) this.#resync();
      else void this.#catchUp();
      this.#missed = first = false;
    };
    source.onerror = () => {
      this.state = 'lost';
      if (source.readyState === EventSource.CLOSED) this.#again(source);
    };
    for (const kind of KINDS) source.addEventListener(kind, (event) => this.#take(kind, (event as MessageEvent<string>).data));
  }

  stop(): void {
    this.#source?.close();
    this.#source = null;
    this.#shop = '';
    this.#missed = false;
    this.calls = [];
    this.state = 'off';
  }

  /** Runs `what` whenever something of these kinds has changed, until the returned function is called. */
  on(kinds: Changed[], what: () => void): () => void {
    for (const kind of kinds) {
      const set = this.#listeners.get(kind) ?? new Set();
      this.#listeners.set(kind, set.add(what));
    }
    return () => kinds.forEach((kind) => this.#listeners.get(kind)?.delete(what));
  }

  /**
   * A closed source does not come back by itself (an error status): try anew after a while. The new one does not know what the old one
   * heard last. Whether the status said that nobody is signed in any more, the API is asked: a source does not tell.
   */
  #again(source: EventSource): void {
    void whoAmI().catch(() => {});
    setTimeout(() => {
      if (this.#source !== source) return;
      const shop = this.#shop;
      this.#source = null;
      this.follow(shop);
      this.#missed = true;
      this.state = 'lost';
    }, 5000);
  }

  async #catchUp(): Promise<void> {
    const shop = this.#shop;
    const { items } = await calls(shop, { outcome: 'live' }).catch(() => ({ items: [] as Call[] }));
    if (shop !== this.#shop) return;
    for (const call of items) {
      if (!this.#find(call.id)) this.calls.push({ call, turns: [], partial: '' });
      const said = await fetchCall(shop, call.id).catch(() => null);
      for (const turn of said?.turns ?? []) this.#turn(call.id, turn, false);
    }
  }

  #find(id: string): LiveCall | undefined {
    return this.calls.find((c) => c.call.id === id);
  }

  #tell(kind: Changed): void {
    this.#listeners.get(kind)?.forEach((run) => run());
  }

  #take(kind: (typeof KINDS)[number], text: string): void {
    this.heardAt = Date.now();
    const data = JSON.parse(text);
    if (kind === 'call_began') this.#began(data.call);
    else if (kind === 'call_ended') this.#ended(data.call);
    else if (kind === 'partial') this.#partial(data.call, data.heard, data.at);
    else if (kind === 'turn' || kind === 'turn_amended') this.#turn(data.call, data.turn);
    else if (kind === 'notice') this.#tell(data.about);
    else this.#resync();
  }

  #began(call: Call): void {
    if (!this.#find(call.id)) this.calls.push({ call, turns: [], partial: '' });
    this.#tell('call');
  }

  #ended(call: Call): void {
    const known = this.#find(call.id);
    if (known) Object.assign(known, { call, partial: '' });
    setTimeout(() => (this.calls = this.calls.filter((c) => c.call.id !== call.id)), AFTERGLOW_MS);
    this.#tell('call');
  }

  #partial(id: string, heard: string, at: string): void {
    const known = this.#find(id);
    if (known) Object.assign(known, { partial: heard, heardAt: at });
  }

  /** A turn that is told; one that was fetched replaces none that came since. */
  #turn(id: string, turn: Turn, told = true): void {
    const known = this.#find(id);
    if (!known) return;
    const at = known.turns.findIndex((t) => t.number === turn.number);
    if (at < 0) known.turns = [...known.turns, turn].sort((a, b) => a.number - b.number);
    else if (told) known.turns[at] = turn;
    if (told) known.partial = '';
  }

  #resync(): void {
    this.calls = [];
    void this.#catchUp();
    for (const kind of this.#listeners.keys()) this.#tell(kind);
  }
}

export const live = new Live();
