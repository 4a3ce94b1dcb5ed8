/** The machine's resolver, for the one guard that may ask it. */

import { Resolver } from 'node:dns/promises';
import type { NameResolver } from './crawler-book.ts';

export function systemResolver(): NameResolver {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  return {
    reverse: (address) => resolver.reverse(address),
    forward: async (name) => {
      const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    },
  };
}
