/** What this machine lacks for the configured Picket, and the mend for each. Changes nothing. */

import { accessSync, constants, existsSync, mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import process from 'node:process';
import type { Configuration, ListenerConfiguration } from './configuration.ts';
import { hasNetworkAdmin } from './privileges.ts';

export interface Finding {
  readonly check: string;
  /** `warning`: Picket runs, with less. `failure`: what is configured can't be done. */
  readonly state: 'ok' | 'warning' | 'failure';
  readonly found: string;
  /** Empty where all is well. */
  readonly mend: string;
}

const earliestSaneTime = Date.UTC(2025, 0, 1);

const ok = (check: string, found: string): Finding => ({ check, state: 'ok', found, mend: '' });

function nodeVersion(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 24) return ok('node', process.version);
  return {
    check: 'node',
    state: 'failure',
    found: process.version,
    mend: 'run npm ci, and start by npm or bin/picket: they use Node 24',
  };
}

function onPath(program: string): string | null {
  for (const folder of [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin']) {
    try {
      accessSync(`${folder}/${program}`, constants.X_OK);
      return `${folder}/${program}`;
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return null;
}

function nftables(configuration: Configuration): Finding[] {
  const severity = configuration.mode === 'enforce' ? 'failure' : 'warning';
  const nft = onPath('nft');
  const library = [
    '/usr/lib/x86_64-linux-gnu/libnftables.so.1',
    '/usr/lib/aarch64-linux-gnu/libnftables.so.1',
    '/usr/lib64/libnftables.so.1',
    '/usr/lib/libnftables.so.1',
  ].find((path) => existsSync(path));
  return [
    nft === null
      ? { check: 'nft', state: 'warning', found: 'no nft program', mend: 'apt-get install nftables' }
      : ok('nft', nft),
    library === undefined
      ? {
          check: 'libnftables',
          state: severity,
          found: 'no libnftables.so.1',
          mend: 'apt-get install libnftables1',
        }
      : ok('libnftables', library),
  ];
}

function capabilities(configuration: Configuration): Finding {
  if (hasNetworkAdmin()) return ok('capabilities', 'CAP_NET_ADMIN');
  const needed = configuration.mode === 'enforce' || configuration.sensor.anyPort.interface !== '';
  return {
    check: 'capabilities',
    state: needed ? 'failure' : 'warning',
    found: 'no CAP_NET_ADMIN: no blocks in the kernel, no any-port decoys, no separate users',
    mend: 'start picket up as root; each process then gives up what it does not need',
  };
}

function portFree(
  address: string,
  { port, transport }: Pick<ListenerConfiguration, 'port' | 'transport'>,
): Promise<string | null> {
  return new Promise((resolve) => {
    if (transport === 'udp') {
      const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
      socket.once('error', (error) => resolve(error.message));
      socket.bind(port, address, () => socket.close(() => resolve(null)));
      return;
    }
    const server = createServer();
    server.once('error', (error) => resolve(error.message));
    server.listen(port, address, () => server.close(() => resolve(null)));
  });
}

async function ports(configuration: Configuration): Promise<Finding[]> {
  const wanted = [
    ...configuration.sensor.listeners.map((entry) => ({
      ...entry,
      address: configuration.sensor.listen,
      key: 'sensor.listeners',
    })),
    {
      decoy: 'API',
      port: configuration.api.port,
      transport: 'tcp' as const,
      address: configuration.api.listen,
      key: 'api.port',
    },
  ];
  const findings: Finding[] = [];
  for (const { decoy, port, transport, address, key } of wanted) {
    const check = `port ${port}/${transport}`;
    const problem = await portFree(address, { port, transport });
    if (problem === null) findings.push(ok(check, `free for ${decoy}`));
    else {
      findings.push({
        check,
        state: 'failure',
        found: problem.includes('EACCES') ? 'needs root' : 'taken (by a running Picket, perhaps)',
        mend: `choose another port under ${key}, or stop what listens there: ss -lnp 'sport = :${port}'`,
      });
    }
  }
  return findings;
}

/** Packets of a bridge that pass the IP rules twice are refused where the any-port rules hand them over. */
function bridge(configuration: Configuration): Finding[] {
  const name = configuration.sensor.anyPort.interface;
  const setting = '/proc/sys/net/bridge/bridge-nf-call-iptables';
  if (name === '' || !existsSync(`/sys/class/net/${name}/bridge`) || !existsSync(setting)) return [];
  if (readFileSync(setting, 'utf8').trim() === '0') return [ok('bridge', `${name} by itself`)];
  return [
    {
      check: 'bridge',
      state: 'failure',
      found: `${name} is a bridge whose packets also pass the rules for IP: any-port decoys would refuse every connection`,
      mend: 'sysctl net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0',
    },
  ];
}

function clock(): Finding {
  if (Date.now() < earliestSaneTime) {
    return {
      check: 'clock',
      state: 'failure',
      found: new Date().toISOString(),
      mend: 'set the clock: leases end by it (apt-get install chrony)',
    };
  }
  return ok('clock', new Date().toISOString());
}

function disk(configuration: Configuration): Finding {
  let folder = configuration.state;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const freeMegabytes = Math.floor((bavail * bsize) / 1_048_576);
  const wanted = configuration.sensor.spoolMegabytes * 2;
  const found = `${freeMegabytes} MB free at ${folder}`;
  if (freeMegabytes >= wanted) return ok('disk', found);
  return {
    check: 'disk',
    state: freeMegabytes < 100 ? 'failure' : 'warning',
    found: `${found}, ${wanted} MB are wanted`,
    mend: 'free some, set "state" to a folder on a larger disk, or lower sensor.spoolMegabytes',
  };
}

function stateFolder(configuration: Configuration): Finding {
  try {
    mkdirSync(configuration.state, { recursive: true });
    accessSync(configuration.state, constants.W_OK | constants.X_OK);
    return ok('state', configuration.state);
  } catch {
    return {
      check: 'state',
      state: 'failure',
      found: `${configuration.state} can't be written`,
      mend: 'set "state" to a folder that you may write',
    };
  }
}

async function eventStore(configuration: Configuration): Promise<Finding> {
  if (configuration.store.engine !== 'chdb') return ok('event store', configuration.store.engine);
  try {
    await import('chdb/connection');
    return ok('event store', 'chdb');
  } catch {
    return {
      check: 'event store',
      state: 'warning',
      found: 'the optional package chdb is not installed: no searches over past events',
      mend: 'npm install chdb, or set store.engine to none',
    };
  }
}

/** All findings, in the order in which a person would mend them. */
export async function examine(configuration: Configuration): Promise<Finding[]> {
  return [
    nodeVersion(),
    ...nftables(configuration),
    capabilities(configuration),
    ...bridge(configuration),
    stateFolder(configuration),
    disk(configuration),
    clock(),
    await eventStore(configuration),
    ...(await ports(configuration)),
  ];
}
