/**
 * CrowdSec beside Picket: Debian's, out of the unpacked package, with the parsers and scenarios that the package turns on. Its database, its
 * local API on loopback and its settings lie in a folder of ours; nothing is enrolled with or sent to its central API.
 */

import { execFileSync, type ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { unpackedFolder } from '../../scripts/unpacked.ts';
import { stopGroup, type LoopNetwork } from '../../test/loop/namespaces.ts';
import { Transcript } from '../../test/loop/transcript.ts';

const unpacked = join(unpackedFolder, 'crowdsec');
const program = join(unpacked, 'usr/bin/crowdsec');

export interface FollowedLog {
  readonly log: string;
  /** `syslog`, `nginx`, `apache2`: which parsers read it. */
  readonly type: string;
}

/** The parts that the package's own script turns on, such as `scenarios/crowdsecurity/ssh-bf.yaml`. */
function stockParts(): string[] {
  const script = readFileSync(join(unpacked, 'DEBIAN/postinst'), 'utf8');
  const list = /^UPSTREAM_ITEMS=.*\n((?:\S+\.yaml\n)+)/m.exec(script)?.[1] ?? '';
  return list.split('\n').filter((line) => line !== '');
}

function settings(folder: string, port: number): Readonly<Record<string, unknown>> {
  const at = (name: string): string => join(folder, name);
  return {
    common: { daemonize: false, log_media: 'stdout', log_level: 'info', working_dir: folder },
    config_paths: {
      config_dir: at('config/'),
      data_dir: at('data/'),
      simulation_path: at('config/simulation.yaml'),
      hub_dir: at('hub/'),
      index_path: at('hub/.index.json'),
      notification_dir: at('config/notifications/'),
      plugin_dir: at('plugins/'),
    },
    crowdsec_service: { acquisition_path: at('acquis.yaml'), parser_routines: 1 },
    cscli: { output: 'human' },
    db_config: {
      log_level: 'info',
      type: 'sqlite',
      db_path: at('data/crowdsec.db'),
      // As the package's script sets it.
      use_wal: true,
      flush: { max_items: 5000, max_age: '7d' },
    },
    api: {
      client: { insecure_skip_verify: false, credentials_path: at('config/credentials.yaml') },
      server: {
        log_level: 'info',
        listen_uri: `127.0.0.1:${port}`,
        profiles_path: at('config/profiles.yaml'),
        console_path: at('config/console.yaml'),
      },
    },
    prometheus: { enabled: false },
  };
}

export class Crowdsec {
  readonly #folder: string;
  #agent: ChildProcess | null = null;
  /** All that it printed. */
  readonly transcript: Transcript = new Transcript();

  /** The folder is its own. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Lays out settings and data, and makes its machine known to its database. Throws where the package is not unpacked. */
  prepare(port: number): void {
    if (!existsSync(program)) {
      throw new Error(`there is no ${program}: as root, node scripts/setup.ts --test unpacks it`);
    }
    const at = (name: string): string => join(this.#folder, name);
    cpSync(join(unpacked, 'usr/share/crowdsec/hub'), at('hub'), { recursive: true });
    cpSync(join(unpacked, 'usr/share/crowdsec/data'), at('data'), { recursive: true });
    // The package has the list under another name than its scenario; without it, it complains at each line and gets nowhere.
    copyFileSync(at('data/path_traversal.txt'), at('data/http_path_traversal.txt'));
    cpSync(join(unpacked, 'etc/crowdsec'), at('config'), { recursive: true });
    for (const part of stockParts()) {
      // In the settings the vendor's folder is left out.
      const folder = join(at('config'), dirname(dirname(part)));
      mkdirSync(folder, { recursive: true });
      symlinkSync(join(at('hub'), part), join(folder, basename(part)));
    }
    // JSON is YAML.
    writeFileSync(this.#settings, JSON.stringify(settings(this.#folder, port)));
    writeFileSync(at('config/credentials.yaml'), '');
    writeFileSync(at('acquis.yaml'), '');
    const words = ['machines', 'add', 'bench', '--password', 'of-the-benchmark', '--force'];
    execFileSync(join(unpacked, 'usr/bin/cscli'), ['-c', this.#settings, ...words], { stdio: 'pipe' });
  }

  /** The command that reads a log from beginning to end and leaves. What it decides on it prints. */
  replayCommand({ log, type }: FollowedLog): string[] {
    return [program, '-c', this.#settings, '-no-capi', '-dsn', `file://${log}`, '-type', type];
  }

  /** Follows logs that exist, in the protected host's namespace. */
  async start(network: LoopNetwork, logs: readonly FollowedLog[]): Promise<void> {
    const sources = logs.map(({ log, type }) => JSON.stringify({ filenames: [log], labels: { type } }));
    writeFileSync(join(this.#folder, 'acquis.yaml'), sources.join('\n---\n'));
    const agent = network.spawn('host', program, ['-c', this.#settings, '-no-capi']);
    this.#agent = agent;
    this.transcript.hear(agent);
    const ready = await this.transcript.appeared(/"POST \/v1\/watchers\/login HTTP\/1\.1 200/, 60);
    if (ready === null) throw new Error(`crowdsec did not start: ${this.transcript.text.slice(-2000)}`);
  }

  /** Of the process; 0 where there is none. */
  get rootPid(): number {
    return this.#agent?.pid ?? 0;
  }

  async stop(): Promise<void> {
    if (this.#agent !== null) await stopGroup(this.#agent);
    this.#agent = null;
  }

  get #settings(): string {
    return join(this.#folder, 'config.yaml');
  }
}

/** The addresses that what it printed says are banned now. */
export function crowdsecBans(printed: string): Set<string> {
  return new Set([...printed.matchAll(/ ban on Ip ([\d.]+)"/g)].map(([, address]) => address ?? ''));
}

/** The unpacked version, such as `1.4.6`. */
export function crowdsecVersion(): string {
  const control = readFileSync(join(unpacked, 'DEBIAN/control'), 'utf8');
  return /^Version: (\d[\d.]*)/m.exec(control)?.[1] ?? '';
}
