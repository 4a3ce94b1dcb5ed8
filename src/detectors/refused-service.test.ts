import { describe, expect, it } from 'vitest';
import { judged, readAll, type ReadOutcome } from '../../test/support/read-input.ts';
import { systemLog } from '../telemetry/login-log.ts';
import { refusedService } from './refused-service.ts';

const suspicious = Math.log(99);
const malicious = Math.log(9900);
const source = '203.0.113.9';

const read = (lines: readonly string[]): Promise<ReadOutcome> => readAll(systemLog, `${lines.join('\n')}\n`);

async function held(lines: readonly string[]): Promise<{ score: number; behaviors: string[] }> {
  const { observations } = await read(lines);
  const found = judged(observations, [refusedService]).get(source);
  return { score: found?.score ?? 0, behaviors: [...(found?.behaviors ?? [])] };
}

const rejected = (reason: string, to = 'a@example.org'): string =>
  `Jan 10 10:00:00 mx postfix/smtpd[9]: NOQUEUE: reject: RCPT from unknown[${source}]: 554 5.7.1 <${to}>: ${reason}; from=<b@example.com> to=<${to}> proto=SMTP helo=<x>`;
const times = (count: number, line: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => line(index));

describe('refusals', () => {
  it('of relaying block at the sixth', async () => {
    const six = await held(times(6, () => rejected('Relay access denied')));
    expect(six.score).toBeGreaterThan(malicious);
    expect(six.behaviors).toEqual(['abuse:smtp']);
    expect((await held(times(2, () => rejected('Relay access denied')))).score).toBeLessThan(suspicious);
  });

  it('of a wrong setting never decide by themselves', async () => {
    const many = times(200, () => rejected('Helo command rejected: need fully-qualified hostname'));
    expect((await held(many)).score).toBeLessThan(suspicious);
  });

  it('of rates are a flood', async () => {
    const line = `2025/08/01 14:32:27 [error] 1#1: *21 limiting requests, excess: 5.4 by zone "z", client: ${source}, server: s, request: "GET / HTTP/1.1", host: "h"`;
    expect((await held([line])).behaviors).toEqual(['flood:http']);
  });

  it('of name server queries are forgeable', async () => {
    const { observations } = await read([
      `Jan 10 10:00:00 ns named[9]: client @0x7f ${source}#53 (example.org): query (cache) 'example.org/A/IN' denied`,
    ]);
    expect(observations).toMatchObject([{ kind: 'refusal', service: 'dns', what: 'query', spoofable: true }]);
  });
});
