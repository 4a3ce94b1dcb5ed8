import { assert, asyncProperty, nat, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAll } from '../../test/support/read-input.ts';
import { honeypotCsv } from './honeypot-csv.ts';

const text = `datetime,host,src,proto,type,spt,dpt
2013-03-03 21:53:59,groucho-oregon,1032051418,TCP,,6000,1433
2013-03-03 21:57:01,groucho-oregon,80.86.82.58,UDP,,5270,5060
2013-03-03 21:58:10,groucho-tokyo,2947856490,ICMP,8,,
2013-03-03 21:58:10,groucho-tokyo,99999999999,TCP,,1,2
`;

describe('contacts of honeypots in CSV', () => {
  it('are read, an address as a number or as text, and a damaged line is named', async () => {
    const { observations, damaged, records } = await readAll(honeypotCsv, text);
    expect(records).toBe(4);
    expect(damaged.length).toBe(1);
    expect(
      observations.map(({ at, source, transport, destinationPort, spoofable, ...rest }) => [
        new Date(at).toISOString(),
        source,
        transport,
        destinationPort,
        spoofable,
        rest.kind === 'contact' ? rest.service : '',
      ]),
    ).toEqual([
      ['2013-03-03T21:53:59.000Z', '61.131.218.218', 'tcp', 1433, false, 'tcp-1433'],
      ['2013-03-03T21:57:01.000Z', '80.86.82.58', 'udp', 5060, true, 'udp-5060'],
      ['2013-03-03T21:58:10.000Z', '175.180.184.106', 'icmp', 0, true, 'icmp-8'],
    ]);
  });

  it('are told from other formats by their content', () => {
    expect(honeypotCsv.detect(Buffer.from(text))).toBeGreaterThan(0.9);
    expect(honeypotCsv.detect(Buffer.from('a,b,c\n1,2,3\n'))).toBe(0);
  });

  it('never fail on what no honeypot wrote', async () => {
    await assert(
      asyncProperty(uint8Array({ maxLength: 300 }), nat(text.length), async (noise, cut) => {
        const input = Buffer.concat([Buffer.from(text.slice(0, cut)), noise]);
        const { observations, records } = await readAll(honeypotCsv, input);
        expect(observations.length).toBeLessThanOrEqual(records);
      }),
      { numRuns: 100 },
    );
  });
});
