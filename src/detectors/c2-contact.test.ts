import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judged } from '../../test/support/read-input.ts';
import type { Observation } from '../core/observation.ts';
import { c2Contact } from './c2-contact.ts';
import { unknownEstate } from './estate.ts';

const seen = (source: string, destination: string) => ({
  id: '01900000-0000-7000-8000-000000000001',
  at: 1_750_000_000_000,
  sensor: 'test',
  sequence: 1,
  source,
  sourcePort: 50_000,
  destination,
  destinationPort: 80,
  transport: 'tcp' as const,
  session: '',
  spoofable: false,
});

const command = (source: string, url: string): Observation => ({
  ...seen(source, '192.0.2.1'),
  kind: 'command',
  service: 'ssh',
  input: `wget ${url}`,
  urls: [url],
});

const flow = (source: string, destination: string): Observation => ({
  ...seen(source, destination),
  kind: 'flow',
  packets: 6,
  bytes: 900,
  duration: 200,
  action: 'accept',
  protocol: 6,
  tcpFlags: 27,
});

const server = '203.0.113.66';

describe('a contact with an address that visitors of decoys name', () => {
  it.each([`http://${server}/x.sh`, `${server}:4444`, `ftp://user:word@${server}:21/x`])(
    '%s is told',
    (url) => {
      const rows = [command('198.51.100.1', url), flow('10.0.0.7', server), flow('10.0.0.7', server)];
      const held = judged(rows, [c2Contact(unknownEstate)]).get('10.0.0.7');
      expect(held?.behaviors).toContain('c2:contact');
      expect(held?.score).toBe(2);
    },
  );

  it('makes the host suspicious where two networks name it, and not where one does twice', () => {
    const url = `http://${server}/x`;
    const score = (other: string): number =>
      judged(
        [command('198.51.100.1', url), command(other, url), flow('10.0.0.7', server)],
        [c2Contact(unknownEstate)],
      ).get('10.0.0.7')?.score ?? 0;
    expect(score('192.88.7.1')).toBeGreaterThanOrEqual(Math.log(99));
    expect(score('198.51.100.2')).toBe(2);
  });

  it('is never held against visitors of a protected server that somebody names', () => {
    const rows = [command('198.51.100.1', `http://${server}/`), flow('192.88.99.7', server)];
    expect([...judged(rows, [c2Contact(unknownEstate)]).keys()]).toEqual([]);
  });

  it('takes any text for an address without falling', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (url) => {
        expect([...judged([command('198.51.100.1', url)], [c2Contact(unknownEstate)]).keys()]).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
