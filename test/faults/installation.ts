/** A Picket that a test may break: started by its own command line in the host's namespace, its processes killed one by one. */

import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { FenceStatus, Health, LoggedDecision } from '../../src/api/contract.ts';
import { hostAddress, within, type LoopNetwork } from '../loop/namespaces.ts';

const entry = join(import.meta.dirname, '../../src/cli/main.ts');
export const redisPort = 6379;
const apiPort = 8910;

export type Role = 'sensor' | 'engine' | 'fence' | 'store';
export const roles: readonly Role[] = ['store', 'engine', 'fence', 'sensor'];

export interface Contact {
  readonly source: string;
  readonly port: number;
  readonly at: number;
}

/** Contacts from many addresses, one after another, until stopped or through. */
export interface Attack {
  /** Those that were answered. */
  readonly answered: readonly Contact[];
  /** Resolves when the last address had its turn. */
  readonly through: Promise<void>;
}

export class Installation {
  readonly network: LoopNetwork;
  readonly state: string;
  readonly #file: string;
  #up: ChildProcess | null = null;
  #said = '';

  /** The folder gets the configuration file and the state. */
  constructor(network: LoopNetwork, folder: string) {
    this.network = network;
    this.state = join(folder, 'state');
    this.#file = join(folder, 'picket.yaml');
    chmodSync(folder, 0o755);
  }

  /** All that it printed, on both of its outputs. */
  get said(): string {
    return this.#said;
  }

  /** Starts in mode enforce; resolves when all processes speak to each other and the fence covers everything. */
  async start(configuration: Readonly<Record<string, unknown>> = {}, program: string = entry): Promise<void> {
    mkdirSync(this.state, { recursive: true });
    const whole = {
      mode: 'enforce',
      state: this.state,
      sensor: { listeners: [{ decoy: 'redis', port: redisPort }] },
      policy: { blockOnConversation: true, leaseSeconds: 600 },
      guards: { lab: ['198.18.0.0/15'], own: [`${hostAddress}/32`] },
      api: { port: apiPort },
      ...configuration,
    };
    // JSON is YAML.
    writeFileSync(this.#file, JSON.stringify(whole));
    this.#said = '';
    const child = this.network.spawn('host', process.execPath, [
      program,
      'up',
      '--quiet',
      '--config',
      this.#file,
    ]);
    this.#up = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        this.#said += String(chunk);
      });
    }
    const up = await within(60, () => this.#said.includes('Picket is up.') || child.exitCode !== null);
    if (!up || child.exitCode !== null) throw new Error(`Picket did not start:\n${this.#said}`);
    if (!(await within(30, () => this.covers()))) {
      throw new Error(
        `the fence does not cover what it should: ${JSON.stringify(await this.api('/fence'))}\n${this.#said}`,
      );
    }
  }

  /** Stops in order; the exit code of `picket up`, null where it had to be killed. */
  async stop(): Promise<number | null> {
    const child = this.#up;
    this.#up = null;
    if (child === null || child.pid === undefined) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      const timer = setTimeout(() => child.kill('SIGKILL'), 50_000);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(timer);
    }
    return child.exitCode;
  }

  get supervisor(): number {
    return this.#up?.pid ?? 0;
  }

  /** The process of this role now; null where there is none. */
  pid(role: Role): number | null {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const parent = /\) \S (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1];
        if (Number(parent) !== this.supervisor) continue;
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        if (words.includes(role) && words.includes('--config')) return Number(name);
      } catch {
        // It ended while it was looked at.
      }
    }
    return null;
  }

  /** SIGKILL, as the kernel out of memory would. The process that was killed. */
  kill(role: Role): number {
    const pid = this.pid(role);
    if (pid === null) throw new Error(`there is no ${role}`);
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** Another process of this role than that one runs, and the fence covers everything that should stand. */
  async recovered(role: Role, killed: number): Promise<boolean> {
    return within(45, async () => {
      const pid = this.pid(role);
      return pid !== null && pid !== killed && (await this.covers());
    });
  }

  /** An answer of the API; null where none came. */
  async api<Answer>(path: string): Promise<Answer | null> {
    const key = readFileSync(join(this.state, 'api-key'), 'utf8').trim();
    const { code, output } = await this.network.run(
      'host',
      'curl',
      ['-s', '-m', '5', '-H', `authorization: Bearer ${key}`, `http://127.0.0.1:${apiPort}/api/v1${path}`],
      10,
    );
    if (code !== 0) return null;
    const answer: Answer = JSON.parse(output);
    return answer;
  }

  health(): Promise<Health | null> {
    return this.api<Health>('/health');
  }

  async covers(): Promise<boolean> {
    const fence = await this.api<FenceStatus & { readonly present: boolean }>('/fence');
    return (
      fence !== null &&
      fence.present &&
      fence.enforcers.length > 0 &&
      fence.enforcers.every((enforcer) => enforcer.coverage === 1)
    );
  }

  /** The decisions that stand, at most 1,000. */
  async decisions(): Promise<readonly LoggedDecision[]> {
    const page = await this.api<{ items: LoggedDecision[] }>('/decisions?standing=true&limit=1000');
    return page?.items ?? [];
  }

  /** The command line's answer from within the host's namespace. */
  async ask(...words: string[]): Promise<string> {
    const all = [entry, ...words, '--config', this.#file];
    return (await this.network.run('host', process.execPath, all)).output;
  }

  /** Runs `nft`; what it printed. */
  async nft(...words: string[]): Promise<string> {
    return (await this.network.run('host', 'nft', words)).output;
  }

  /** The addresses that the kernel drops now, with the seconds that each still stands. */
  async blocked(): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    const { code, output } = await this.network.run('host', 'nft', ['-j', 'list', 'table', 'inet', 'picket']);
    if (code !== 0) return found;
    const { nftables }: NftListing = JSON.parse(output);
    for (const { set } of nftables) {
      if (set === undefined || !set.name.startsWith('block_')) continue;
      for (const element of set.elem ?? []) {
        if (typeof element === 'object' && 'elem' in element && typeof element.elem.val === 'string') {
          found.set(element.elem.val, element.elem.expires ?? Number.POSITIVE_INFINITY);
        }
      }
    }
    return found;
  }

  /** Begins contacts from the attacker's addresses `first` to `last`. */
  attack(first: number, last: number, gapMilliseconds: number): Attack {
    const child = this.network.spawn('attacker', process.execPath, [
      join(import.meta.dirname, 'attacker.ts'),
      hostAddress,
      String(redisPort),
      String(first),
      String(last),
      String(gapMilliseconds),
    ]);
    const answered: Contact[] = [];
    let held = '';
    child.stdout?.on('data', (chunk) => {
      const lines = (held + String(chunk)).split('\n');
      held = lines.pop() ?? '';
      for (const line of lines) answered.push(JSON.parse(line));
    });
    return { answered, through: new Promise((resolve) => child.once('close', () => resolve())) };
  }
}

interface NftListing {
  readonly nftables: readonly {
    readonly set?: {
      readonly name: string;
      readonly elem?: readonly (
        | string
        | { readonly elem: { readonly val: unknown; readonly expires?: number } }
      )[];
    };
  }[];
}
