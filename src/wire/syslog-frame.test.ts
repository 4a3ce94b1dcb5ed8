import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { longestSyslogMessage, SyslogFrames } from './syslog-frame.ts';

function outputs(...pieces: readonly (string | Uint8Array)[]): string[] {
  const seen: string[] = [];
  const frames = new SyslogFrames({
    message: (bytes) => seen.push(Buffer.from(bytes).toString('latin1')),
    damaged: (why) => seen.push(`damaged: ${why}`),
  });
  for (const piece of pieces) frames.push(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
  frames.end();
  return seen;
}

it('reads messages with a count, ended by a line, and both on one connection', () => {
  expect(outputs('5 <1>ab7 <1>c\nd\n')).toEqual(['<1>ab', '<1>c\nd\n']);
  expect(outputs('<1>ab\r\n<2>c\n<3>last')).toEqual(['<1>ab', '<2>c', '<3>last']);
  expect(outputs('5 <1>ab<2>c\n4 <3>d')).toEqual(['<1>ab', '<2>c', '<3>d']);
});

it('passes over what is too long, and goes on behind it', () => {
  const long = 'x'.repeat(longestSyslogMessage + 5);
  expect(outputs(`${long.length} ${long}4 <3>d`)).toEqual([
    `damaged: a message of ${long.length} octets`,
    '<3>d',
  ]);
  expect(outputs(`<1>${long}\n<3>d\n`)).toEqual([
    `damaged: a message longer than ${longestSyslogMessage} octets`,
    '<3>d',
  ]);
});

it('gives the same for any split of any bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .array(fc.constantFrom('5 <1>ab', '<1>ab\n', '3 ', '\r\n', '99', '\0', ' '), { maxLength: 12 })
      .map((parts) => Buffer.from(parts.join(''))),
  );
  fc.assert(
    fc.property(bytes, fc.nat(200), (all, at) => {
      expect(outputs(all.subarray(0, at), all.subarray(at))).toEqual(outputs(all));
      expect(outputs(...Array.from(all, (byte) => Uint8Array.of(byte)))).toEqual(outputs(all));
    }),
    { numRuns: 200 },
  );
});
