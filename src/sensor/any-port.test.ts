import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { needRoot } from '../../test/support/need.ts';

const run = promisify(execFile);
const tools = ['ip', 'nft', 'nmap', 'curl', 'nc', 'tcpdump', 'python3', 'ss'];
const able = process.getuid?.() === 0;
const visitor = `picket-v-${process.pid}`;
const house = `picket-s-${process.pid}`;
const uid = 65_534;

/** Waits until the capture has written all that it holds: its file grows no more. */
async function settled(path: string): Promise<void> {
  let size = -1;
  for (let round = 0; round < 20 && statSync(path).size !== size; round += 1) {
    size = statSync(path).size;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

interface Line {
  readonly kind?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly destinationPort?: number;
  readonly transport?: string;
  readonly service?: string;
  readonly spoofable?: boolean;
  readonly tried?: string;
  readonly ready?: boolean;
}

let folder = '';
let supervisor: ChildProcess | null = null;
let capture: ChildProcess | null = null;
const lines: Line[] = [];

const ip = (...words: string[]): void => void execFileSync('ip', words, { stdio: 'ignore' });
const from = async (command: string, ...words: string[]): Promise<string> =>
  (await run('ip', ['netns', 'exec', visitor, command, ...words], { timeout: 30_000 })).stdout;
/** `nc` that says a line, waits a moment for the answer and goes. */
const say = (words: string, line: string): Promise<string> =>
  from('sh', '-c', `printf '${line}' | nc -w 1 ${words} || true`);

const until = async (condition: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 2_000 && !condition(); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(condition()).toBe(true);
};

beforeAll(async () => {
  if (!able) return;
  folder = mkdtempSync(join(tmpdir(), 'picket-any-'));
  chmodSync(folder, 0o700);
  chownSync(folder, uid, uid);
  ip('netns', 'add', visitor);
  ip('netns', 'add', house);
  ip('-n', visitor, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 's0', 'netns', house);
  for (const [space, device, host] of [
    [visitor, 'v0', '1'],
    [house, 's0', '2'],
  ] as const) {
    ip('-n', space, 'addr', 'add', `10.77.0.${host}/24`, 'dev', device);
    ip('-n', space, 'addr', 'add', `fd00:77::${host}/64`, 'dev', device, 'nodad');
    ip('-n', space, 'link', 'set', device, 'up');
    ip('-n', space, 'link', 'set', 'lo', 'up');
  }
  ip('-n', visitor, 'route', 'add', '198.51.100.0/24', 'via', '10.77.0.2');
  capture = spawn(
    'ip',
    [
      'netns',
      'exec',
      visitor,
      'tcpdump',
      '-i',
      'v0',
      '--immediate-mode',
      // Small slots, and many: with whole packets of the largest size the ring holds eight.
      '-s',
      '256',
      '-B',
      '16384',
      '-U',
      '-w',
      join(folder, 'all.pcap'),
    ],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let heard = '';
  capture.stderr?.on('data', (chunk) => {
    heard += String(chunk);
  });
  await until(() => heard.includes('listening on'));
  supervisor = spawn(
    'ip',
    [
      'netns',
      'exec',
      house,
      process.execPath,
      join(import.meta.dirname, '../../test/support/any-port-supervisor.ts'),
      folder,
      's0',
      `${uid}`,
      '198.51.100.0/24',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  supervisor.stdout?.on('data', (chunk) => {
    text += String(chunk);
    const parts = text.split('\n');
    text = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part));
  });
  await until(() => lines.some((line) => line.ready === true));
});

const ended = (child: ChildProcess | null): Promise<void> =>
  new Promise((resolve) => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) resolve();
    else {
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
    }
  });

afterAll(async () => {
  if (!able) return;
  await ended(supervisor);
  await ended(capture);
  ip('netns', 'del', visitor);
  ip('netns', 'del', house);
  rmSync(folder, { recursive: true, force: true });
});

const contactTo = (destination: string, port: number, transport: string): Line | undefined =>
  lines.find(
    (line) =>
      line.kind === 'contact' &&
      line.destination === destination &&
      line.destinationPort === port &&
      line.transport === transport,
  );

const contactsTo = (destination: string, port: number): number =>
  lines.filter(
    (line) => line.kind === 'contact' && line.destination === destination && line.destinationPort === port,
  ).length;
/** The conversations of an address here that the kernel keeps after their end. */
const waiting = (address: string): string =>
  execFileSync('ip', ['netns', 'exec', house, 'ss', '-tan', 'state', 'time-wait', 'src', address], {
    encoding: 'utf8',
  });

/** How many packets of the visitor's reset a conversation. */
function resets(): number {
  const text = execFileSync('ip', ['netns', 'exec', visitor, 'cat', '/proc/net/snmp'], { encoding: 'utf8' });
  const [names = [], values = []] = text
    .split('\n')
    .filter((line) => line.startsWith('Tcp:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf('OutRsts')]);
}

describe('the any-port sockets', () => {
  needRoot(tools)(
    'answer on every TCP port of both families, with the decoy that the bytes or the port ask for',
    async () => {
      expect(await from('curl', '-s', 'http://10.77.0.2:31337/')).toBe('plain');
      expect(await from('curl', '-s', 'http://[fd00:77::2]:1/')).toBe('plain');
      expect(await say('10.77.0.2 2222', 'quit')).toBe('HELLO\r\nquit\r\n');
      expect(await say('10.77.0.2 445', 'anything')).toBe('anything');
      expect(contactTo('10.77.0.2', 31_337, 'tcp')).toMatchObject({
        source: '10.77.0.1',
        service: 'web',
        spoofable: false,
      });
      expect(contactTo('fd00:77::2', 1, 'tcp')).toMatchObject({ source: 'fd00:77::1', service: 'web' });
      expect(contactTo('10.77.0.2', 2_222, 'tcp')).toMatchObject({ service: 'greeter' });
      expect(contactTo('10.77.0.2', 445, 'tcp')).toMatchObject({ service: 'any' });
    },
  );

  needRoot(tools)('answer on every UDP port from that very port, privileged ones too', async () => {
    expect(await say('-u 10.77.0.2 53', 'hello')).toBe('hello');
    expect(await say('-u fd00:77::2 161', 'six')).toBe('six');
    expect(contactTo('10.77.0.2', 53, 'udp')).toMatchObject({ source: '10.77.0.1', spoofable: true });
    expect(contactTo('fd00:77::2', 161, 'udp')).toMatchObject({ source: 'fd00:77::1', spoofable: true });
  });

  needRoot(tools)('answer for a whole network that is routed here', async () => {
    expect(await from('curl', '-s', 'http://198.51.100.9:8080/')).toBe('plain');
    expect(await say('-u 198.51.100.77 123', 'time')).toBe('time');
    expect(contactTo('198.51.100.9', 8_080, 'tcp')).toBeDefined();
    expect(contactTo('198.51.100.77', 123, 'udp')).toBeDefined();
  });

  needRoot(tools)(
    'answer a visitor whose half-open socket the kernel keeps in a cookie, as under a flood of SYNs',
    async () => {
      const always = (value: string): void =>
        ip('netns', 'exec', house, 'sh', '-c', `echo ${value} > /proc/sys/net/ipv4/tcp_syncookies`);
      always('2');
      try {
        expect(await from('curl', '-sS', '-m', '10', 'http://10.77.0.2:31338/')).toBe('plain');
        expect(await from('curl', '-sS', '-m', '10', 'http://[fd00:77::2]:31338/')).toBe('plain');
        expect(await from('curl', '-sS', '-m', '10', 'http://198.51.100.10:31338/')).toBe('plain');
      } finally {
        always('1');
      }
      // Stray acknowledgements find no cookie and are refused as those to a closed port.
      const strays = await from('nmap', '-n', '-Pn', '-sA', '-p', '41000-41020', '10.77.0.2');
      expect(strays).toContain('unfiltered');
    },
  );

  needRoot(tools)('answer a visitor who comes again from the same port at once', async () => {
    // The sensor hangs up first, so that its side of the conversation waits for stray packets for a minute.
    const visit = [
      'import socket, sys',
      'for time in range(3):',
      '    peer = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)',
      '    peer.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)',
      '    peer.bind(("", 45123))',
      '    peer.settimeout(10)',
      '    peer.connect((sys.argv[1], 2222))',
      '    peer.sendall(b"quit")',
      '    while peer.recv(100): pass',
      '    peer.close()',
    ].join('\n');
    const before = resets();
    for (const host of ['10.77.0.2', 'fd00:77::2', '198.51.100.11']) {
      const earlier = contactsTo(host, 2_222);
      await from('python3', '-c', visit, host);
      await until(() => contactsTo(host, 2_222) === earlier + 3);
    }
    expect(waiting('10.77.0.2')).toContain('45123');
    // None of them met the old conversation first and had to reset it.
    expect(resets()).toBe(before);
  });

  needRoot(tools)('leave alone what listens on its own, and excepted ports', async () => {
    expect(await say('10.77.0.2 2323', 'quit')).toBe('HELLO\r\nquit\r\n');
    expect(contactTo('10.77.0.2', 2_323, 'tcp')).toMatchObject({ service: 'greeter' });
    const scan = await from('nmap', '-n', '-Pn', '-sS', '-p', '1-40', '10.77.0.2');
    expect(scan).toMatch(/9\/tcp +closed/);
    expect(scan.match(/\/tcp +open/g)).toHaveLength(39);
  });

  needRoot(tools)(
    'never let the sensor begin anything: it has no capability, and no packet of its own leaves',
    async () => {
      const found = execFileSync('pgrep', ['-f', `any-port-sensor.ts ${folder}`], { encoding: 'utf8' });
      const pid = Number(found.trim().split('\n')[0]);
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      expect(status).toMatch(/^Uid:\t65534\t65534\t65534\t65534$/m);
      expect(status).toMatch(/^CapEff:\t0+$/m);
      process.kill(pid, 'SIGUSR2');
      await until(() => lines.filter((line) => line.tried !== undefined).length === 3);
      const tried = lines.flatMap((line) => line.tried ?? []);
      expect(tried).not.toContain('connected');
      expect(tried).toContain('send: refused');
      expect(tried).toContain('forge: refused');
      // Every packet that the sensor's side sent answers one that came before it.
      await settled(join(folder, 'all.pcap'));
      await ended(capture);
      const dump = await run('tcpdump', ['-nr', join(folder, 'all.pcap'), 'tcp or udp']);
      const begun = new Set<string>();
      const wrong: string[] = [];
      for (const line of dump.stdout.split('\n')) {
        const ends = /IP6? (\S+) > (\S+):/.exec(line);
        if (ends === null) continue;
        const [, source = '', destination = ''] = ends;
        if (/^(10\.77\.0\.1|fd00:77::1)\./.test(source)) begun.add(`${destination} ${source}`);
        else if (!begun.has(`${source} ${destination}`)) wrong.push(line);
      }
      expect(begun.size, dump.stdout.slice(-2_000)).toBeGreaterThan(40);
      expect(wrong).toEqual([]);
    },
  );
});
