import { describe, expect, it } from 'vitest';
import { analyzeText } from '../../test/support/analyze.ts';

const request = (id: string, source: string, path: string, time = '2025-06-01T00:00:00Z'): string =>
  JSON.stringify({ id, source, time, method: 'GET', path, headers: [], body: '' });

const refused = (source: string, port: number, seconds: number): string =>
  `2 1 eni-1 ${source} 198.51.100.1 40000 ${port} 6 1 40 ${seconds} ${seconds} REJECT OK`;

describe('recorded input', () => {
  it('has a line for each record in order, damaged and empty ones among them', async () => {
    const { records, damaged } = await analyzeText(
      [
        request('a', '203.0.113.9', '/../../../../etc/passwd'),
        '{"id":"torn","path"',
        '',
        request('c', '', '/'),
        request('d', 'no address', '/'),
      ].join('\n'),
      { format: 'http-jsonl' },
    );
    expect(records).toEqual([
      {
        kind: 'record',
        index: 0,
        id: 'a',
        source: '203.0.113.9',
        behaviors: ['exploit:lfi'],
        cves: [],
      },
      { kind: 'record', index: 1, id: '', source: '', behaviors: [], cves: [] },
      { kind: 'record', index: 2, id: 'c', source: '', behaviors: [], cves: [] },
      { kind: 'record', index: 3, id: 'd', source: '', behaviors: [], cves: [] },
    ]);
    expect(damaged.map(({ line, why }) => [line, why])).toEqual([
      [2, 'no JSON object'],
      [5, 'the source is no address'],
    ]);
  });

  it('comes to the same verdict in any order, and no decision begins ahead of what it rests on', async () => {
    const lines = Array.from({ length: 30 }, (_, index) =>
      refused('203.0.113.9', 1 + index, 1_700_000_000 + index),
    );
    const forward = await analyzeText(lines.join('\n'));
    const backward = await analyzeText(lines.toReversed().join('\n'));
    for (const { verdicts } of [forward, backward]) {
      expect(verdicts).toMatchObject([
        {
          source: '203.0.113.9',
          classification: 'malicious',
          behaviors: ['scan:vertical'],
          firstSeen: '2023-11-14T22:13:20.000Z',
          lastSeen: '2023-11-14T22:13:49.000Z',
          decision: { action: 'block' },
        },
      ]);
    }
    expect(backward.verdicts[0]?.decisions.map(({ at }) => at)).toEqual([
      '2023-11-14T22:13:49.000Z',
      '2023-11-14T22:13:49.000Z',
    ]);
  });

  it('gives the same output each time', async () => {
    const text = Array.from({ length: 200 }, (_, index) =>
      refused(`203.0.113.${index % 7}`, 1 + index, 1_700_000_000 + index * 60),
    ).join('\n');
    expect((await analyzeText(text)).verdicts).toEqual((await analyzeText(text)).verdicts);
  });

  it('lists the worst first', async () => {
    const { verdicts } = await analyzeText(
      [
        refused('203.0.113.1', 1, 1_700_000_000),
        ...Array.from({ length: 30 }, (_, index) => refused('203.0.113.9', 1 + index, 1_700_000_000)),
        ...Array.from({ length: 4 }, (_, index) => refused('203.0.113.5', 1 + index, 1_700_000_000)),
      ].join('\n'),
    );
    expect(verdicts.map(({ source }) => source)).toEqual(['203.0.113.9', '203.0.113.5', '203.0.113.1']);
  });

  it('holds blocks back once they come far more often than usual, and the guard says so', async () => {
    const text = Array.from({ length: 2100 * 8 }, (_, index) =>
      refused(
        `5.0.${Math.floor(index / 8) >> 8}.${Math.floor(index / 8) & 255}`,
        1 + (index % 8),
        1_700_000_000,
      ),
    ).join('\n');
    const { verdicts } = await analyzeText(text);
    const without = verdicts.filter(({ decision }) => decision?.action !== 'block');
    expect(without.length).toBe(100);
    expect(without[0]?.guards.at(-1)).toMatchObject({ guard: 'breaker', outcome: 'hold' });
  });
});
