import { describe, expect, it } from 'vitest';
import { type NameResolver, ResolvedCrawlers } from './crawler-book.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function resolver(names: Record<string, string[]>, addresses: Record<string, string[]>): NameResolver {
  const answer = (found: string[] | undefined): Promise<string[]> =>
    found === undefined ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(found);
  return { reverse: (address) => answer(names[address]), forward: (name) => answer(addresses[name]) };
}

describe('crawlers by their names', () => {
  it('are known once the name leads back, and are told of', async () => {
    const verified: string[] = [];
    const book = new ResolvedCrawlers({
      resolver: resolver(
        {
          '66.249.66.1': ['crawl-66-249-66-1.googlebot.com'],
          '9.9.9.1': ['crawl-66-249-66-1.googlebot.com'],
          '9.9.9.2': ['googlebot.com.attacker.example'],
          '9.9.9.3': ['evilgooglebot.com'],
          '9.9.9.4': ['4.9.9.9.bc.googleusercontent.com'],
        },
        {
          'crawl-66-249-66-1.googlebot.com': ['66.249.66.1'],
          'googlebot.com.attacker.example': ['9.9.9.2'],
          'evilgooglebot.com': ['9.9.9.3'],
          '4.9.9.9.bc.googleusercontent.com': ['9.9.9.4'],
        },
      ),
      verified: (address) => verified.push(address),
    });
    const all = ['66.249.66.1', '9.9.9.1', '9.9.9.2', '9.9.9.3', '9.9.9.4', '9.9.9.5'];
    expect(all.map((address) => book.crawlerAt(address, 0))).toEqual(all.map(() => undefined));
    for (let round = 0; round < 20; round += 1) await settled();
    expect(all.map((address) => book.crawlerAt(address, 1))).toEqual([
      'crawl-66-249-66-1.googlebot.com',
      null,
      null,
      null,
      null,
      null,
    ]);
    expect(verified).toEqual(['66.249.66.1']);
  });

  it('are asked for at most 32 at once, however many come', async () => {
    let asked = 0;
    const book = new ResolvedCrawlers({
      resolver: {
        reverse: () => {
          asked += 1;
          return new Promise(() => {});
        },
        forward: () => Promise.resolve([]),
      },
      verified: () => {},
    });
    for (let index = 0; index < 5000; index += 1) book.crawlerAt(`9.9.${index >> 8}.${index & 255}`, 0);
    await settled();
    expect(asked).toBe(32);
  });
});
