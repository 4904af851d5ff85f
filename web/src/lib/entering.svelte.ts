/** Signing in by a passkey: by the button, and by the field for the login where the browser offers passkeys there. */
import * as api from '../api/passkeys';
import type { Session } from '../api/types';
import * as passkey from './passkey';

/** A challenge is good for five minutes; one that waits in a field is replaced before. */
const FRESH_MS = 4 * 60_000;

export class Entering {
  /** Whether there is anything to offer: the browser and the API's address both have passkeys. */
  offered = $state(false);
  busy = $state(false);
  error = $state.raw<unknown>();
  #open: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #gone = false;

  constructor(private readonly entered: (session: Session) => Promise<void>) {}

  /** Looks whether passkeys are offered, and waits in the field. Whoever shows the page calls `leave` when it goes. */
  async begin(): Promise<void> {
    this.#gone = false;
    if (!passkey.has()) return;
    // Without an answer the page has its password fields, which tell what is wrong.
    this.offered = await api.offered().catch(() => false);
    if (this.offered) await this.#wait();
  }

  leave = (): void => {
    this.#gone = true;
    this.#stop();
  };

  /** The button: the browser asks which passkey. */
  ask = async (): Promise<void> => {
    if (this.busy) return;
    this.busy = true;
    this.error = undefined;
    this.#stop();
    const done = await this.#once(false).catch((caught: unknown) => void (this.error = caught));
    this.busy = false;
    if (!done) await this.#wait();
  };

  #stop(): void {
    clearTimeout(this.#timer);
    this.#open?.abort();
    this.#open = null;
  }

  /** Waits in the field, with a new challenge now and then. What goes wrong before one has chosen was asked for by nobody and is not told. */
  async #wait(): Promise<void> {
    if (this.#gone || !(await passkey.offersInField())) return;
    this.#timer = setTimeout(() => { this.#stop(); void this.#wait(); }, FRESH_MS);
    await this.#once(true).catch((caught: unknown) => void (this.error = caught));
  }

  async #once(inField: boolean): Promise<boolean> {
    const open = (this.#open = new AbortController());
    const begun = await api.beginEntering().catch((caught: unknown) => { if (!inField) throw caught; });
    if (!begun || open.signal.aborted) return false;
    const { ceremony, options } = begun;
    const credential = await passkey.choose(options as passkey.Options, open.signal, inField);
    if (!credential) return false;
    await this.entered(await api.enter(ceremony, credential));
    return true;
  }
}
