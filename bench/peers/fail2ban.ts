/** fail2ban beside Picket: Debian's, with its stock sshd filter and nftables action, in the protected host's namespace. */

import { execFileSync, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stopGroup, within, type LoopNetwork } from '../../test/loop/namespaces.ts';

export class Fail2ban {
  readonly #network: LoopNetwork;
  readonly #folder: string;
  readonly log: string;
  #server: ChildProcess | null = null;

  constructor(network: LoopNetwork, folder: string) {
    this.#network = network;
    this.#folder = folder;
    this.log = join(folder, 'auth.log');
  }

  /** `/etc/fail2ban` copied, one jail on, the first failure bans. Throws where Debian's `fail2ban` is not installed. */
  async start(): Promise<void> {
    const settings = join(this.#folder, 'fail2ban');
    cpSync('/etc/fail2ban', settings, { recursive: true });
    mkdirSync(join(settings, 'jail.d'), { recursive: true });
    writeFileSync(this.log, '');
    writeFileSync(
      join(settings, 'fail2ban.local'),
      ['[Definition]', 'dbfile = None', `logtarget = ${join(this.#folder, 'fail2ban.log')}`, ''].join('\n'),
    );
    writeFileSync(join(settings, 'jail.d', 'defaults-debian.conf'), '');
    writeFileSync(
      join(settings, 'jail.local'),
      [
        '[sshd]',
        'enabled = true',
        // The quicker of its ways to follow a file.
        'backend = pyinotify',
        `logpath = ${this.log}`,
        'maxretry = 1',
        'bantime = 900',
        // No look-ups of names, which would wait here for a server that is not there.
        'usedns = no',
        'ignoreself = false',
        'action = nftables[type=allports, blocktype=drop]',
        '',
      ].join('\n'),
    );
    const files = ['-c', settings, '-s', join(this.#folder, 'f.sock'), '-p', join(this.#folder, 'f.pid')];
    const server = this.#network.spawn('host', 'fail2ban-server', [...files, '-f', 'start']);
    this.#server = server;
    let said = '';
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on('data', (chunk) => {
        said += String(chunk);
      });
    }
    const ready = await within(20, async () => {
      const { output } = await this.#network.run('host', 'fail2ban-client', [...files, 'status', 'sshd']);
      return output.includes('Currently banned');
    });
    if (!ready) throw new Error(`fail2ban did not start: ${said}`);
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
