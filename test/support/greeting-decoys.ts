/** Small decoys for tests of the sensor: each does one thing that a real one does. */

import type { Decoy } from '../../src/core/decoy.ts';

const text = (line: string): Uint8Array => Buffer.from(line, 'latin1');

/** Speaks first. Logs in nobody; a line `pause` answers after 300 ms, `drop` delivers a payload, `type` records a terminal. */
export const greeter: Decoy = {
  name: 'greeter',
  summary: 'speaks first',
  transport: 'tcp',
  ports: [2_222],
  open: (context) => ({
    start: () => [{ do: 'reply', bytes: text('HELLO\r\n') }],
    *receive(bytes) {
      const line = Buffer.from(bytes).toString('latin1').trim();
      yield { do: 'know', protocol: 'greeting', fingerprints: { banner: line } };
      if (line === 'pause') yield { do: 'pause', milliseconds: 300 };
      if (line === 'drop')
        yield { do: 'capture', bytes: text('\u007fELF payload'), how: 'upload', name: 'x' };
      if (line === 'type') yield { do: 'terminal', direction: 'output', text: '$ ' };
      if (line === 'throw') throw new Error('a fault in a decoy');
      if (line === 'flood') for (;;) yield { do: 'reply', bytes: new Uint8Array(65_536) };
      yield {
        do: 'saw',
        fact: { kind: 'command', service: 'greeter', input: `${line} ${context.countAttempt()}` },
      };
      yield { do: 'reply', bytes: text(`${line}\r\n`) };
      if (line === 'quit') yield { do: 'close' };
    },
    end: () => [{ do: 'saw', fact: { kind: 'command', service: 'greeter', input: 'end' } }],
  }),
};

/** Waits for `GET`. */
export const web: Decoy = {
  name: 'web',
  summary: 'waits for a request',
  transport: 'tcp',
  ports: [80],
  recognise: (bytes) => (Buffer.from(bytes).toString('latin1').startsWith('GET ') ? 1 : 0),
  open: (context) => ({
    *receive() {
      const body = context.tls ? 'secret' : 'plain';
      yield {
        do: 'reply',
        bytes: text(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`),
      };
      yield { do: 'close' };
    },
  }),
};

/** Answers with what it got, over TCP and UDP; `more` tries to answer with more than it got. */
export const echo: Decoy = {
  name: 'any',
  summary: 'answers with what it got',
  transport: 'both',
  ports: [],
  open: () => ({
    *receive(bytes) {
      const more = Buffer.from(bytes).toString('latin1').startsWith('more');
      yield { do: 'reply', bytes: more ? Buffer.concat([bytes, bytes]) : bytes };
    },
  }),
};
