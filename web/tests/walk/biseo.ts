/** `biseo` as its operator runs it: an installation of a test's own, the service, and callers on its telephone. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = new URL('../../../', import.meta.url).pathname;
/** `BISEO` names the built program; else the workspace's own. */
const BINARY = process.env.BISEO ?? join(ROOT, 'target/debug/biseo');

/** The Tuesday on which the walk takes place; the browser is told the same. */
export const MORNING = '2026-11-24T10:12:00+09:00';
export const EVENING = '2026-11-24T21:05:00+09:00';

/** The id of the shop that is made on the page of an installation without any. */
export const SHOP = 'shop';

export interface Caller { id: string; number: string; opens: string; knows?: Record<string, string[]> }

export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'biseo-walk-'));

  /** With no shop, or with the example shops. */
  constructor(more: string, examples = false) {
    if (!existsSync(BINARY)) throw new Error(`missing ${BINARY}: cargo build --locked -p biseo-server`);
    const made = spawnSync(BINARY, ['init', '.', ...(examples ? [] : ['--no-examples'])], { cwd: this.folder, encoding: 'utf8' });
    if (made.status !== 0) throw new Error(made.stderr);
    this.edit('biseo.toml', (old) => {
      const changes: [string, string][] = [
        ['0.0.0.0:5060', '127.0.0.1:0'], ['0.0.0.0:5060', '127.0.0.1:0'], ['127.0.0.1:8080', '127.0.0.1:0'],
        ['accept_anyone = false', 'accept_anyone = true'], ['models/demo-ko', join(ROOT, 'models/demo-ko')],
        // The line is this machine alone: nothing beyond it is asked.
        ['watch = true', 'watch = false'],
      ];
      for (const [from, to] of changes) {
        if (!old.includes(from)) throw new Error(`the template has no ${from}`);
        old = old.replace(from, to);
      }
      return `${old}\n${more}`;
    });
  }

  edit(name: string, change: (old: string) => string): void {
    const file = join(this.folder, name);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
  }

  serve(clock: string): Promise<Service> {
    return Service.start(this, clock);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Service {
  private constructor(private place: Place, private child: ChildProcess, readonly sip: string, readonly console: string, readonly said: string[]) {}

  static async start(place: Place, clock: string): Promise<Service> {
    const child = spawn(BINARY, ['serve', '--clock', clock], { cwd: place.folder, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    await new Promise<void>((ready, failed) => {
      child.once('error', failed);
      child.once('exit', () => failed(new Error(`biseo serve ended: ${text}`)));
      child.stdout!.on('data', (octets: Buffer) => {
        text += octets.toString();
        if (text.includes('준비되었습니다')) ready();
      });
    });
    const found = (pattern: RegExp) => {
      const told = pattern.exec(text);
      if (!told) throw new Error(`${pattern} is not among what was told: ${text}`);
      return told[1]!;
    };
    return new Service(place, child, found(/UDP (127\.0\.0\.1:\d+)/), found(/사장님 화면: (\S+)/), text.split('\n'));
  }

  /** The link by which the first owner of an installation without any shop gets in. */
  welcome(shop = '첫 가게 만들기'): string {
    const line = this.said.find((one) => one.startsWith(shop) && one.includes('/welcome#'));
    if (!line) throw new Error(`no link: ${this.said.join('\n')}`);
    return /http\S+/.exec(line)![0];
  }

  /** Somebody phones the shop; the promise is kept when the call is over. */
  async call(caller: Caller, shop = SHOP): Promise<void> {
    const scenario = {
      id: caller.id, lang: 'ko', shop, now: MORNING, caller: { number: caller.number }, opens: caller.opens, knows: caller.knows ?? {},
      accepts: { alternative: '네 그걸로 해 주세요', offer: '아니요 괜찮아요' }, confirms: '네 맞아요', closes: '아니요 됐어요 감사합니다',
      expect: { bookings: [], answers: [], messages: 0, orders: [], transfer: null, max_turns: 12 },
    };
    const file = join(this.place.folder, `${caller.id}.jsonl`);
    writeFileSync(file, `${JSON.stringify(scenario)}\n`);
    const model = ['--model', join(ROOT, 'models/demo-ko')];
    const child = spawn(BINARY, ['call', `sip:${shop}@${this.sip}`, '--scenario', file, '--id', caller.id, ...model], { stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    child.stdout!.on('data', (octets: Buffer) => { told += octets.toString(); });
    child.stderr!.on('data', (octets: Buffer) => { told += octets.toString(); });
    const code = await new Promise<number | null>((ended) => child.once('exit', ended));
    if (code !== 0) throw new Error(`biseo call: ${code} ${told}`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    await ended;
  }
}
