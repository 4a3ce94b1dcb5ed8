/**
 * Which addresses are verified crawlers: the name that DNS gives for the address is in a search engine's domain, and that name gives the
 * address again. Asked aside, never while something is decided; bounded in what is kept and in what is asked at once.
 */

import type { CrawlerBook } from '../decide/guards/verified-crawler.ts';

/** Domains whose operators say that their crawlers are known by the name in both directions. */
const operatorDomains: readonly string[] = [
  'googlebot.com',
  'google.com',
  'googleusercontent.com',
  'search.msn.com',
  'applebot.apple.com',
  'crawl.yahoo.net',
  'yandex.com',
  'yandex.net',
  'yandex.ru',
  'crawl.baidu.com',
  'crawl.baidu.jp',
  'duckduckgo.com',
  'seznam.cz',
  'petalsearch.com',
];
const kept = 65_536;
const askedAtOnce = 32;
const waiting = 1024;
const freshMilliseconds = 86_400_000;
/** A resolver that does not answer is asked again sooner. */
const failedMilliseconds = 600_000;

export interface NameResolver {
  /** Names of an address (PTR); rejects where there are none. */
  reverse(address: string): Promise<readonly string[]>;
  /** Addresses of a name (A and AAAA). */
  forward(name: string): Promise<readonly string[]>;
}

export interface ResolvedCrawlersOptions {
  readonly resolver: NameResolver;
  /** Told once an address proves to be a crawler: what stands against it must fall. */
  readonly verified: (address: string) => void;
}

interface Known {
  readonly name: string | null;
  readonly until: number;
}

/** The domain must be the whole end of the name: `googlebot.com.attacker.example` and `evilgooglebot.com` are none of it. */
function operatorName(names: readonly string[]): string | null {
  for (const name of names.slice(0, 8)) {
    const plain = name.toLowerCase().replace(/\.$/, '');
    if (operatorDomains.some((domain) => plain.endsWith(`.${domain}`)) && plain !== '') {
      // Customers of the cloud have names there too; only crawlers are called so.
      if (plain.endsWith('.googleusercontent.com') && !/^(?:geo-crawl|google-proxy)-/.test(plain)) continue;
      return plain;
    }
  }
  return null;
}

export class ResolvedCrawlers implements CrawlerBook {
  readonly #options: ResolvedCrawlersOptions;
  readonly #known = new Map<string, Known>();
  readonly #waiting = new Map<string, number>();
  #asking = 0;

  constructor(options: ResolvedCrawlersOptions) {
    this.#options = options;
  }

  crawlerAt(address: string, at: number): string | null | undefined {
    const known = this.#known.get(address);
    if (known !== undefined && known.until > at) return known.name;
    if (this.#waiting.size < waiting) this.#waiting.set(address, at);
    void this.#askNext();
    return undefined;
  }

  async #askNext(): Promise<void> {
    if (this.#asking >= askedAtOnce) return;
    const next = this.#waiting.entries().next().value;
    if (next === undefined) return;
    const [address, at] = next;
    this.#waiting.delete(address);
    this.#asking += 1;
    const { name, isSure } = await this.#ask(address);
    this.#asking -= 1;
    if (this.#known.size >= kept) {
      const oldest = this.#known.keys().next().value;
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(address, { name, until: at + (isSure ? freshMilliseconds : failedMilliseconds) });
    if (name !== null) this.#options.verified(address);
    void this.#askNext();
  }

  async #ask(address: string): Promise<{ readonly name: string | null; readonly isSure: boolean }> {
    try {
      const name = operatorName(await this.#options.resolver.reverse(address));
      if (name === null) return { name: null, isSure: true };
      const addresses = await this.#options.resolver.forward(name);
      return { name: addresses.includes(address) ? name : null, isSure: true };
    } catch {
      return { name: null, isSure: false };
    }
  }
}
