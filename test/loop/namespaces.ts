/**
 * Three network namespaces on one wire: an attacker with many addresses, a bystander, and the host that Picket protects. All
 * traffic of the loop's test and benchmark stays within them: addresses are of RFC 2544 and RFC 3849, and nothing leads out.
 */

import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Place = 'attacker' | 'bystander' | 'host';
const places: readonly Place[] = ['attacker', 'bystander', 'host'];

export const hostAddress = '198.18.0.1';
export const hostAddress6 = '2001:db8::1';
export const bystanderAddress = '198.18.2.1';
/** A scanner of the protected network's own people; lives beside the attacker. */
export const scannerAddress = '198.18.3.1';
export const attackerAddress6 = '2001:db8:0:66::6';
/** The bridge on which visitors reach the host. */
export const hostInterface = 'br0';
/** Addresses of the attacker's own, seven a /24: eight of one network would be decided on as one. */
export const attackerAddress = (index: number): string =>
  `198.19.${Math.floor(index / 7)}.${(index % 7) + 1}`;

const bridgeSettings = ['net.bridge.bridge-nf-call-iptables=0', 'net.bridge.bridge-nf-call-ip6tables=0'];

export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

export class LoopNetwork {
  readonly #names: Record<Place, string>;
  readonly #attackerAddresses: number;

  /** Makes nothing yet. `attackerAddresses` at most 1,700. */
  constructor(attackerAddresses: number) {
    const tail = `${process.pid}-${Math.floor(Math.random() * 65_536).toString(16)}`;
    this.#names = { attacker: `picket-a-${tail}`, bystander: `picket-b-${tail}`, host: `picket-h-${tail}` };
    this.#attackerAddresses = attackerAddresses;
  }

  start(): void {
    for (const place of places) {
      this.#ip(['netns', 'add', this.#names[place]]);
      this.#batch(place, ['link set lo up']);
    }
    const { host } = this.#names;
    this.#batch('host', [
      `link add ${hostInterface} type bridge forward_delay 0`,
      `addr add ${hostAddress}/15 dev ${hostInterface}`,
      `addr add ${hostAddress6}/48 dev ${hostInterface} nodad`,
      `link set ${hostInterface} up`,
    ]);
    for (const place of ['attacker', 'bystander'] as const) {
      this.#batch(place, [`link add eth0 type veth peer name ${place} netns ${host}`]);
      this.#batch('host', [`link set ${place} master ${hostInterface}`, `link set ${place} up`]);
    }
    const own = Array.from({ length: this.#attackerAddresses }, (_, index) => attackerAddress(index));
    this.#batch('attacker', [
      ...[...own, scannerAddress].map((address) => `addr add ${address}/15 dev eth0`),
      `addr add ${attackerAddress6}/48 dev eth0 nodad`,
      'link set eth0 up',
    ]);
    this.#batch('bystander', [`addr add ${bystanderAddress}/15 dev eth0`, 'link set eth0 up']);
    // Where bridged frames pass the rules of the IP layer, the kernel forgets the socket that tproxy gave them.
    try {
      execFileSync('ip', ['netns', 'exec', host, 'sysctl', '-q', '-w', ...bridgeSettings], {
        stdio: 'ignore',
      });
    } catch {
      // This kernel has no such setting, and forgets nothing.
    }
    // Whatever the host would send to the rest of the world passes the bridge, where a capture sees it, and ends with the attacker.
    this.#batch('host', [`route add default via ${attackerAddress(0)}`]);
  }

  /** Ends what still runs in the namespaces and removes them. */
  async stop(): Promise<void> {
    for (const place of places) {
      const name = this.#names[place];
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        for (let turn = 0; turn < 20; turn += 1) {
          const pids = this.#pids(name);
          if (pids.length === 0) break;
          if (turn === 0) for (const pid of pids) killQuietly(pid, signal);
          await sleep(50);
        }
      }
      try {
        this.#ip(['netns', 'del', name]);
      } catch {
        // It was never made.
      }
    }
  }

  /** From which of its addresses the attacker's programs begin connections when they name none. */
  attackFrom(address: string): void {
    this.#batch('attacker', [`route replace 198.18.0.0/15 dev eth0 proto kernel scope link src ${address}`]);
  }

  /** Starts a program that runs until it is stopped, in a process group of its own. */
  spawn(place: Place, command: string, words: readonly string[]): ChildProcess {
    return spawn('ip', ['netns', 'exec', this.#names[place], command, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
  }

  /** Runs a program to its end, or until the time is over; its failure is told, not thrown. */
  async run(place: Place, command: string, words: readonly string[], seconds = 30): Promise<Finished> {
    const all = ['netns', 'exec', this.#names[place], command, ...words];
    try {
      const { stdout, stderr } = await run('ip', all, {
        timeout: seconds * 1000,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 1024 * 1024,
      });
      return { code: 0, output: stdout + stderr };
    } catch (error) {
      const said = error instanceof Error && 'stdout' in error && 'stderr' in error;
      const code =
        error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : null;
      return { code, output: said ? `${String(error.stdout)}${String(error.stderr)}` : String(error) };
    }
  }

  #pids(name: string): number[] {
    try {
      return execFileSync('ip', ['netns', 'pids', name], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
        .split('\n')
        .filter((line) => line !== '')
        .map(Number);
    } catch {
      return [];
    }
  }

  #ip(words: readonly string[]): void {
    execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  }

  #batch(place: Place, lines: readonly string[]): void {
    execFileSync('ip', ['-n', this.#names[place], '-batch', '-'], {
      input: `${lines.join('\n')}\n`,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
  }
}

function killQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** Stops a program started by `LoopNetwork.spawn` with all that it started, and waits for its end. */
export async function stopGroup(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  killQuietly(-child.pid, signal);
  await ended;
}

/** Waits until the condition holds; false where it does not within the time. */
export async function within(seconds: number, condition: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    if (await condition()) return true;
    await sleep(50);
  }
  return false;
}
