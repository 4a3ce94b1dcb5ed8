import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nameProtocol } from '../../src/wire/protocol-name.ts';
import { corporaFolder } from '../support/corpora.ts';

interface Payload {
  readonly proto: string;
  readonly kind: string;
  readonly hex: string;
}

const folder = corporaFolder();

/** What the corpus calls `http` may be a CONNECT, which is named apart. */
const accepted: Readonly<Record<string, readonly string[]>> = {
  http: ['http', 'http-connect', 'rtsp', 'sip'],
  tls: ['tls'],
  rdp: ['rdp'],
  smb: ['smb'],
  ssh: ['ssh'],
};

describe('first payloads that honeypots received', () => {
  it.skipIf(folder === null)(
    'are named as the corpus names them (skipped where the corpora are absent)',
    () => {
      const payloads = readFileSync(join(folder ?? '', 'honeytrap-payloads.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line): Payload => JSON.parse(line));
      const tally = new Map<string, [right: number, all: number]>();
      for (const { kind, hex } of payloads) {
        const expected = accepted[kind];
        const { name, confidence } = nameProtocol(Buffer.from(hex, 'hex'), 'tcp');
        const right =
          expected === undefined ? name !== 'unknown' && confidence >= 0.5 : expected.includes(name);
        const counts = tally.get(kind) ?? [0, 0];
        tally.set(kind, [counts[0] + (right ? 1 : 0), counts[1] + 1]);
      }
      const share = (kind: string): number => (tally.get(kind)?.[0] ?? 0) / (tally.get(kind)?.[1] ?? 1);
      console.info(Object.fromEntries([...tally].map(([kind, [right, all]]) => [kind, `${right}/${all}`])));
      for (const kind of Object.keys(accepted)) expect(share(kind), kind).toBeGreaterThanOrEqual(0.99);
      // What the corpus itself could not name: a floor, so that the share is not lost again.
      expect(share('text')).toBeGreaterThanOrEqual(0.5);
    },
  );
});
