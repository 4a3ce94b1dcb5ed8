/** Picket in the protected host's namespace, started by its own command line, and what is seen of it from outside. */

import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { stopGroup, within, type LoopNetwork } from './namespaces.ts';
import { Transcript } from './transcript.ts';

const entry = join(import.meta.dirname, '../../src/cli/main.ts');

export type Role = 'sensor' | 'engine' | 'fence' | 'store' | 'telemetry';

/** What `/proc/<pid>/task/<tid>/status` says of one thread's rights. */
export interface ThreadRights {
  readonly isMain: boolean;
  readonly uids: readonly number[];
  readonly effective: bigint;
  readonly permitted: bigint;
  readonly bounding: bigint;
  readonly noNewPrivileges: boolean;
}

export class LoopPicket {
  readonly #network: LoopNetwork;
  readonly #folder: string;
  #up: ChildProcess | null = null;
  /** All that it printed: live lines and complaints. */
  readonly transcript: Transcript = new Transcript();

  /** The folder gets the configuration file and the state; other users must be able to enter it. */
  constructor(network: LoopNetwork, folder: string) {
    this.#network = network;
    this.#folder = folder;
  }

  get said(): string {
    return this.transcript.text;
  }

  /** Of the process that the others are children of; 0 where there is none. */
  get rootPid(): number {
    return this.#up?.pid ?? 0;
  }

  /** Starts it in mode enforce; resolves when decoys, engine and fence speak to each other. */
  async start(
    configuration: Readonly<Record<string, unknown>>,
    words: readonly string[] = [],
  ): Promise<void> {
    chmodSync(this.#folder, 0o755);
    mkdirSync(join(this.#folder, 'state'), { recursive: true });
    const file = join(this.#folder, 'picket.yaml');
    // JSON is YAML.
    writeFileSync(
      file,
      JSON.stringify({ mode: 'enforce', state: join(this.#folder, 'state'), ...configuration }),
    );
    const child = this.#network.spawn('host', process.execPath, [entry, 'up', '--config', file, ...words]);
    this.#up = child;
    this.transcript.hear(child);
    const up = await within(60, () => this.said.includes('Picket is up.') || child.exitCode !== null);
    if (!up || child.exitCode !== null) throw new Error(`Picket did not start:\n${this.said}`);
    const ready = await within(30, async () => (await this.table()).includes('block_ipv4_32'));
    if (!ready) throw new Error(`the fence made no table:\n${this.said}`);
  }

  async stop(): Promise<void> {
    if (this.#up !== null) await stopGroup(this.#up);
    this.#up = null;
  }

  /** `nft list table inet picket`. */
  async table(): Promise<string> {
    return (await this.#network.run('host', 'nft', ['list', 'table', 'inet', 'picket'])).output;
  }

  /** The addresses and networks that the kernel drops now, read from the sets of blocks. */
  async blocked(): Promise<Set<string>> {
    const found = new Set<string>();
    for (const [, elements] of (await this.table()).matchAll(
      /set block_\w+ \{[^{}]*elements = \{([^{}]*)\}/g,
    )) {
      for (const part of (elements ?? '').split(',')) {
        const address = part.trim().split(/\s/)[0];
        if (address !== undefined && address !== '') found.add(address);
      }
    }
    return found;
  }

  /** The command line's answer, from within the host's namespace. */
  async ask(...words: string[]): Promise<string> {
    const all = [entry, ...words, '--config', join(this.#folder, 'picket.yaml')];
    return (await this.#network.run('host', process.execPath, all)).output;
  }

  pid(role: Role): number {
    const supervisor = this.#up?.pid;
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const parent = / \d+ \(.*\) \S (\d+)/.exec(` ${readFileSync(`/proc/${name}/stat`, 'utf8')}`)?.[1];
        if (Number(parent) !== supervisor) continue;
        if (readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(role)) return Number(name);
      } catch {
        // It ended while it was looked at.
      }
    }
    throw new Error(`there is no process of the ${role}`);
  }

  rights(role: Role): ThreadRights[] {
    const pid = this.pid(role);
    return readdirSync(`/proc/${pid}/task`).map((thread) => {
      const fields = new Map(
        readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')
          .split('\n')
          .map((line) => {
            const at = line.indexOf(':');
            return [line.slice(0, at), line.slice(at + 1).trim()] as const;
          }),
      );
      const mask = (name: string): bigint => BigInt(`0x${fields.get(name) ?? 'f'}`);
      return {
        isMain: thread === String(pid),
        uids: (fields.get('Uid') ?? '').split(/\s+/).map(Number),
        effective: mask('CapEff'),
        permitted: mask('CapPrm'),
        bounding: mask('CapBnd'),
        noNewPrivileges: fields.get('NoNewPrivs') === '1',
      };
    });
  }
}
