/** What this machine lacks for the configured Picket, and the mend for each. Changes nothing. */

import { accessSync, constants, existsSync, readFileSync, rmdirSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import process from 'node:process';
import { parseAddress, parseNetwork, networkContains } from '../core/address.ts';
import type { Configuration } from './configuration-type.ts';
import type { ExaminedConfiguration } from './configuration.ts';
import { ok, type Finding } from './doctor-finding.ts';
import { portFindings } from './doctor-ports.ts';
import { hasNetworkAdmin } from './privileges.ts';
import { makeFolder } from './state-folder.ts';

type ConfigurationSentences = Pick<ExaminedConfiguration, 'faults' | 'warnings'>;

const earliestSaneTime = Date.UTC(2025, 0, 1);

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
  let made: readonly string[] = [];
  try {
    // Whether it can be made is known by making it; what was not there before goes again.
    made = makeFolder(configuration.state);
    accessSync(configuration.state, constants.W_OK | constants.X_OK);
    return ok('state', configuration.state);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return {
      check: 'state',
      state: 'failure',
      found: `${configuration.state} can't be made or written (${why})`,
      mend: 'set "state" to a folder that you may write',
    };
  } finally {
    for (const folder of made.toReversed()) rmdirSync(folder);
  }
}

/** What the configuration names and is not there, or names and hardly means, each with its mend in the sentence. */
function named({ faults, warnings }: ConfigurationSentences): Finding[] {
  if (faults.length + warnings.length === 0) return [ok('configuration', 'all that it names is there')];
  const finding =
    (state: 'failure' | 'warning') =>
    (sentence: string): Finding => {
      const end = sentence.lastIndexOf('; ');
      return {
        check: 'configuration',
        state,
        found: end < 0 ? sentence : sentence.slice(0, end),
        mend: end < 0 ? 'change it there' : sentence.slice(end + 2),
      };
    };
  return [...faults.map(finding('failure')), ...warnings.map(finding('warning'))];
}

/** Keys of the API that go over a network in the clear. */
function apiTransport({ api }: Configuration): Finding[] {
  if (api.tls.certificate !== '') return [ok('API', `HTTPS by ${api.tls.certificate}`)];
  const address = parseAddress(api.listen);
  const loopback = parseNetwork(address?.family === 4 ? '127.0.0.0/8' : '::1');
  if (address === null || loopback === null || networkContains(loopback, address)) return [];
  return [
    {
      check: 'API',
      state: 'warning',
      found: `plain HTTP on ${api.listen}: whoever is on the way reads its keys`,
      mend: 'name a certificate and a key under api.tls, or set api.listen to 127.0.0.1',
    },
  ];
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

/** All findings, in the order in which a person would mend them. `said` is what there is to say of the configuration itself. */
export async function examine(
  configuration: Configuration,
  said: ConfigurationSentences = { faults: [], warnings: [] },
): Promise<Finding[]> {
  return [
    nodeVersion(),
    ...named(said),
    ...nftables(configuration),
    capabilities(configuration),
    ...bridge(configuration),
    stateFolder(configuration),
    disk(configuration),
    clock(),
    await eventStore(configuration),
    ...apiTransport(configuration),
    ...(await portFindings(configuration)),
  ];
}
