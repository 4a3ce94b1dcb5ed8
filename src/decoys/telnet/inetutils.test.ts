/** The decoy as inetutils' telnetd, beside Debian's own. */

import { Buffer } from 'node:buffer';
import { spawn, type ChildProcess } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { needRoot } from '../../../test/support/need.ts';
import { shellPersona } from '../../../test/support/shell-persona.ts';
import { holdsForAnyBytes, talk } from '../../../test/support/talk.ts';
import type { Persona } from '../../core/persona.ts';
import { telnet } from './telnet.ts';

const persona = (): Persona =>
  shellPersona('linux-gnu', {
    software: { telnet: { product: 'inetutils-telnetd', version: '2.4', details: {} } },
  });

const octets = (text: string): Buffer => Buffer.from(text, 'latin1');
const refusals = octets("\xff\xfe%\xff\xfe&\xff\xfc\x18\xff\xfc \xff\xfc#\xff\xfc'\xff\xfc$");
const moreRefusals = octets('\xff\xfe\x03\xff\xfc\x01\xff\xfc\x1f\xff\xfe\x05\xff\xfc!');

/** What clients answer, step by step; each waits until the server has nothing more to say. */
const scripts: Readonly<Record<string, readonly Buffer[]>> = {
  'a client that refuses everything': [refusals, moreRefusals, octets('root\r\n')],
  'a client with a terminal type': [
    octets("\xff\xfe%\xff\xfe&\xff\xfb\x18\xff\xfc \xff\xfc#\xff\xfc'\xff\xfc$"),
    octets('\xff\xfa\x18\0xterm\xff\xf0'),
    octets('\xff\xfd\x03\xff\xfc\x01\xff\xfb\x1f\xff\xfa\x1f\0\x50\0\x18\xff\xf0\xff\xfe\x05\xff\xfc!'),
    octets('\xff\xfd\x01'),
    octets('root\r\0'),
  ],
  'a client with a terminal type and a speed': [
    octets("\xff\xfe%\xff\xfe&\xff\xfb\x18\xff\xfb \xff\xfc#\xff\xfc'\xff\xfc$"),
    octets('\xff\xfa \x0038400,38400\xff\xf0\xff\xfa\x18\0vt100\xff\xf0'),
    moreRefusals,
  ],
  'a client without options': [octets('root\r\n'), octets('admin\r\n')],
  'a client that offers line mode': [octets('\xff\xfb"'), refusals, moreRefusals, octets('root\r\n')],
};

/** The machine's own names left out. */
const withoutNames = (heard: Buffer): string =>
  heard
    .toString('latin1')
    .replace(/Linux \S+ \(\S+\) \(pts\/\d+\)/, 'Linux (host) (pts)')
    .replace(/\S+ login: /, 'host login: ');

/** What the decoy says at each step. */
function decoySays(steps: readonly Buffer[]): string[] {
  const texts = [0, ...steps.map((_, index) => index + 1)].map(
    (count) => talk(telnet, persona(), steps.slice(0, count)).text,
  );
  return texts.map((text, index) => withoutNames(octets(text.slice(texts[index - 1]?.length ?? 0))));
}

/** What a server says at each step; it gets its time to say what is expected, for login(1) has to be started first. */
async function listen(
  port: number,
  steps: readonly Buffer[],
  expected: readonly string[],
): Promise<string[]> {
  const socket = connect(port, '127.0.0.1');
  let heard = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    heard = Buffer.concat([heard, bytes]);
  });
  const said: string[] = [];
  for (const [index, step] of [Buffer.alloc(0), ...steps].entries()) {
    socket.write(step);
    for (let round = 0; round < 80 && withoutNames(heard) !== expected[index]; round += 1) await sleep(100);
    // Anything beyond would come now.
    await sleep(200);
    said.push(withoutNames(heard));
    heard = Buffer.alloc(0);
  }
  socket.destroy();
  return said;
}

describe('the telnet decoy as inetutils', () => {
  needRoot(['telnetd', 'login'])('answers every kind of client as telnetd does', async () => {
    const children: ChildProcess[] = [];
    const server = createServer({ pauseOnConnect: true }, (socket) => {
      children.push(spawn('/usr/sbin/telnetd', [], { stdio: [socket, socket, 'ignore'] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    try {
      const real = typeof address === 'object' && address !== null ? address.port : 0;
      const compare = async ([name, steps]: [string, readonly Buffer[]]): Promise<void> => {
        const ours = decoySays(steps);
        const theirs = await listen(real, steps, ours);
        expect(ours, name).toEqual(theirs);
        expect(theirs[0]).not.toBe('');
      };
      await Promise.all(Object.entries(scripts).map(compare));
    } finally {
      for (const child of children) child.kill();
      server.close();
    }
  });

  it('lets in once the options are settled', () => {
    const { text, facts } = talk(telnet, persona(), [
      refusals,
      moreRefusals,
      octets('root\r\nxc3511\r\nid\r\n'),
    ]);
    expect(text).toContain('unit login: ');
    expect(text).toContain('uid=0(root)');
    expect(facts[0]).toMatchObject({ kind: 'auth', user: 'root', password: 'xc3511', accepted: true });
  });

  it('gives the same for any split of any bytes', () => {
    holdsForAnyBytes(telnet, () => persona(), [
      ...Object.values(scripts).flat(),
      Buffer.concat([refusals, moreRefusals, octets('root\r\nxc3511\r\nid\r\n')]),
      octets('\xff\xf6'),
      octets('\xff\xfd\x63\xff\xfb\x63'),
    ]);
  });
});
