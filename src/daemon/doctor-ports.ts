/** Whether the configured ports can be had, and who has those that can't. Linux. */

import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Configuration } from './configuration-type.ts';
import { ok, type Finding } from './doctor-finding.ts';
import { runningPicket } from './state-lock.ts';

interface WantedPort {
  readonly what: string;
  readonly port: number;
  readonly transport: 'tcp' | 'udp';
  readonly address: string;
  /** The key that says so. */
  readonly key: string;
}

/** The error's code where the port can't be had, null where it is free. */
function portProblem({ address, port, transport }: WantedPort): Promise<string | null> {
  return new Promise((resolve) => {
    const failed = (error: Error): void => resolve('code' in error ? String(error.code) : error.message);
    if (transport === 'udp') {
      const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
      socket.once('error', failed);
      socket.bind(port, address, () => socket.close(() => resolve(null)));
      return;
    }
    const server = createServer();
    server.once('error', failed);
    server.listen(port, address, () => server.close(() => resolve(null)));
  });
}

/** The supervisor and those that it has started. */
function family(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return [pid, ...children.filter((text) => text !== '').flatMap((text) => family(Number(text)))];
  } catch {
    return [pid];
  }
}

/**
 * The inodes of the sockets that wait on this port. A line of /proc/net/tcp, by proc_pid_net(5):
 *
 *     sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …
 */
function listeningInodes(port: number, transport: 'tcp' | 'udp'): Set<string> {
  const inodes = new Set<string>();
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  // 0A is TCP_LISTEN; a datagram socket without a peer shows 07.
  const state = transport === 'tcp' ? '0A' : '07';
  for (const name of [transport, `${transport}6`]) {
    let text = '';
    try {
      text = readFileSync(`/proc/net/${name}`, 'utf8');
    } catch {
      // A machine without IPv6 has no table for it.
    }
    for (const line of text.split('\n').slice(1)) {
      const words = line.trim().split(/\s+/);
      if (words[1]?.endsWith(suffix) === true && words[3] === state) inodes.add(words[9] ?? '');
    }
  }
  return inodes;
}

/** True where one of the processes has one of the sockets open; null where it may not be looked at. */
function holdsOne(pids: readonly number[], inodes: ReadonlySet<string>): boolean | null {
  let unseen = false;
  for (const pid of pids) {
    try {
      for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1];
        if (inode !== undefined && inodes.has(inode)) return true;
      }
    } catch {
      unseen = true;
    }
  }
  return unseen ? null : false;
}

function heldByPicket({ port, transport }: WantedPort, pid: number | null): string | null {
  if (pid === null) return null;
  const holds = holdsOne(family(pid), listeningInodes(port, transport));
  if (holds === false) return null;
  return holds === true
    ? `held by the running Picket (process ${pid})`
    : `held, it seems, by the running Picket (process ${pid}), whose sockets this user may not see`;
}

/** The personas are loaded where there are machines: a name that is none is told as a fault of the configuration. */
async function plannedPorts({ sensor }: Configuration): Promise<WantedPort[]> {
  const own = sensor.listeners.map(({ decoy, port, transport }) => ({
    what: decoy,
    port,
    transport,
    address: sensor.listen,
    key: 'sensor.listeners',
  }));
  if (sensor.machines.length === 0) return own;
  const { personaNames } = await import('../personas/index.ts');
  const { Machines } = await import('./machines.ts');
  const machines = sensor.machines.filter(({ persona }) => personaNames.includes(persona));
  const theirs = new Machines({ ...sensor, listeners: [], machines }, Date.now()).listeners();
  return [
    ...own,
    ...theirs.map(({ decoy, port, transport, address }) => ({
      what: decoy,
      port,
      transport,
      address,
      key: 'sensor.machines',
    })),
  ];
}

export async function portFindings(configuration: Configuration): Promise<Finding[]> {
  const wanted: readonly WantedPort[] = [
    ...(await plannedPorts(configuration)),
    {
      what: 'API',
      port: configuration.api.port,
      transport: 'tcp',
      address: configuration.api.listen,
      key: 'api.port',
    },
  ];
  const running = runningPicket(configuration.state);
  const findings: Finding[] = [];
  const tested = new Set<string>();
  for (const port of wanted) {
    const at = port.key === 'sensor.machines' ? ` at ${port.address}` : '';
    const check = `port ${port.port}/${port.transport}${at}`;
    // A port that is named twice is a fault of the configuration, which is told there.
    if (tested.has(check)) continue;
    tested.add(check);
    const problem = await portProblem(port);
    if (problem === 'EADDRNOTAVAIL') {
      // Of all ports the same is to be said: once is enough.
      const missing = `address ${port.address}`;
      if (!tested.has(missing)) findings.push(taken(missing, port, problem));
      tested.add(missing);
      continue;
    }
    const holder = problem === 'EADDRINUSE' ? heldByPicket(port, running) : null;
    if (problem === null) findings.push(ok(check, `free for ${port.what}`));
    else if (holder !== null) findings.push(ok(check, holder));
    else findings.push(taken(check, port, problem));
  }
  return findings;
}

function taken(check: string, { address, key, port }: WantedPort, problem: string): Finding {
  if (problem === 'EACCES') {
    return {
      check,
      state: 'failure',
      found: 'needs root',
      mend: `start picket up as root, or choose a port from 1024 on under ${key}`,
    };
  }
  if (problem === 'EADDRNOTAVAIL') {
    // A machine's address is one of its own, which someone has to give to this host.
    const mend =
      key === 'sensor.machines'
        ? `change the address under sensor.machines to one that it has (ip address lists them), or give it this one: ip address add ${address} dev INTERFACE`
        : `set ${key === 'api.port' ? 'api.listen' : 'sensor.listen'} to one that it has: ip address`;
    return { check, state: 'failure', found: `this machine has no address ${address}`, mend };
  }
  return {
    check,
    state: 'failure',
    found: 'taken by another program',
    mend: `choose another port under ${key}, or stop what listens there: ss -lnp 'sport = :${port}'`,
  };
}
