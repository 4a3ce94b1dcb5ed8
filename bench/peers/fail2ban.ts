/** fail2ban beside Picket: Debian's, with its stock filters and nftables action, in the protected host's namespace. */

import { execFileSync, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stopGroup, within, type LoopNetwork } from '../../test/loop/namespaces.ts';
import { Transcript } from '../../test/loop/transcript.ts';

export interface Jail {
  /** As Debian's `jail.conf` has it, which names its filter. */
  readonly name: string;
  readonly log: string;
  /** How many failures ban; Debian's default is five. */
  readonly failures?: number;
}

export class Fail2ban {
  readonly #network: LoopNetwork;
  readonly #folder: string;
  #server: ChildProcess | null = null;
  /** All that it printed. */
  readonly transcript: Transcript = new Transcript();

  constructor(network: LoopNetwork, folder: string) {
    this.#network = network;
    this.#folder = folder;
  }

  /** `/etc/fail2ban` copied, these jails on, over logs that exist. Throws where Debian's `fail2ban` is not installed. */
  async start(jails: readonly Jail[]): Promise<void> {
    const settings = join(this.#folder, 'fail2ban');
    cpSync('/etc/fail2ban', settings, { recursive: true });
    mkdirSync(join(settings, 'jail.d'), { recursive: true });
    writeFileSync(
      join(settings, 'fail2ban.local'),
      ['[Definition]', 'dbfile = None', 'logtarget = STDOUT', ''].join('\n'),
    );
    writeFileSync(join(settings, 'jail.d', 'defaults-debian.conf'), '');
    writeFileSync(
      join(settings, 'jail.local'),
      jails
        .flatMap(({ name, log, failures = 5 }) => [
          `[${name}]`,
          'enabled = true',
          // The quicker of its ways to follow a file.
          'backend = pyinotify',
          `logpath = ${log}`,
          `maxretry = ${failures}`,
          'bantime = 900',
          // No look-ups of names, which would wait here for a server that is not there.
          'usedns = no',
          'ignoreself = false',
          'action = nftables[type=allports, blocktype=drop]',
          '',
        ])
        .join('\n'),
    );
    const files = ['-c', settings, '-s', join(this.#folder, 'f.sock'), '-p', join(this.#folder, 'f.pid')];
    const server = this.#network.spawn('host', 'fail2ban-server', [...files, '-f', 'start']);
    this.#server = server;
    this.transcript.hear(server);
    const ready = await within(20, async () => {
      const { output } = await this.#network.run('host', 'fail2ban-client', [
        ...files,
        'status',
        jails.at(-1)?.name ?? '',
      ]);
      return output.includes('Currently banned');
    });
    if (!ready) throw new Error(`fail2ban did not start: ${this.transcript.text}`);
  }

  /** Of the process; 0 where there is none. */
  get rootPid(): number {
    return this.#server?.pid ?? 0;
  }

  async stop(): Promise<void> {
    if (this.#server !== null) await stopGroup(this.#server);
    this.#server = null;
  }
}

/** The installed version, such as `1.0.2`. */
export function fail2banVersion(): string {
  return /v(\d[\d.]*)/.exec(execFileSync('fail2ban-server', ['--version'], { encoding: 'utf8' }))?.[1] ?? '';
}
