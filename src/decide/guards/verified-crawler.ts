/** Guard 3: a crawler of a search engine that is what it says: its name is in the operator's domain, and the name leads back to it. */

import { type Candidate, type Guard, type GuardResult, pass } from './guard.ts';

/** What is known of an address without asking anybody now. */
export interface CrawlerBook {
  /** The verified host name, null where it is none, undefined where nobody has asked yet; asking begins then, aside. */
  crawlerAt(address: string, at: number): string | null | undefined;
}

export function verifiedCrawler(book: CrawlerBook | null): Guard {
  return {
    name: 'verified-crawler',
    check({ target, targetText, record, at, byPerson }: Candidate): GuardResult {
      if (book === null) return pass('names are not asked for (guards.crawlers)');
      if (record === null || byPerson) return pass('a person asked');
      const addresses = target.family === 4 && target.prefix === 32 ? [targetText] : (record.addresses ?? []);
      let pending = false;
      for (const address of addresses) {
        const name = book.crawlerAt(address, at);
        if (typeof name === 'string')
          return {
            outcome: 'refuse',
            reason: `${address} is the crawler ${name}, and the name leads back to it`,
          };
        if (name === undefined) pending = true;
      }
      return pass(pending ? 'its name is being asked for' : 'no verified crawler');
    },
  };
}
