/** Which guesses the machine falls for: pairs from lists that attackers carry, some few of them by the seed. */

import type { LoginPolicy } from '../core/persona.ts';
import { below, type Random } from '../core/random.ts';
import type { Seed } from './seed.ts';

type Pair = readonly [user: string, password: string];

/** Pairs from the source of Mirai as it was published in 2016, and from its successors. */
const devicePairs: readonly Pair[] = [
  ['root', 'xc3511'],
  ['root', 'vizxv'],
  ['root', 'admin'],
  ['admin', 'admin'],
  ['root', '888888'],
  ['root', 'xmhdipc'],
  ['root', 'default'],
  ['root', 'juantech'],
  ['root', '123456'],
  ['root', '54321'],
  ['support', 'support'],
  ['admin', 'password'],
  ['root', 'root'],
  ['root', '12345'],
  ['user', 'user'],
  ['admin', 'admin1234'],
  ['root', 'klv123'],
  ['root', 'klv1234'],
  ['root', 'Zte521'],
  ['root', 'hi3518'],
  ['root', 'jvbzd'],
  ['root', 'anko'],
  ['root', 'zlxx.'],
  ['root', '7ujMko0vizxv'],
  ['root', '7ujMko0admin'],
  ['root', 'system'],
  ['root', 'ikwb'],
  ['root', 'dreambox'],
  ['root', 'realtek'],
  ['admin', '1111'],
  ['admin', '1234'],
  ['admin', '12345'],
  ['tech', 'tech'],
  ['guest', '12345'],
  ['telnetadmin', 'telnetadmin'],
  ['default', 'tlJwpbo6'],
  ['root', 'hkipc2016'],
  ['root', 'cat1029'],
];

/** Pairs at the top of what SSH guessers try on servers. */
const serverPairs: readonly Pair[] = [
  ['root', '123456'],
  ['root', 'password'],
  ['root', 'admin123'],
  ['root', 'root123'],
  ['root', '1qaz@WSX'],
  ['root', 'P@ssw0rd'],
  ['root', 'Passw0rd'],
  ['root', 'qwerty123'],
  ['root', 'abc123'],
  ['root', '12345678'],
  ['root', 'toor'],
  ['admin', 'admin123'],
  ['ubuntu', 'ubuntu'],
  ['ubuntu', '123456'],
  ['debian', 'debian'],
  ['test', 'test'],
  ['test', '123456'],
  ['deploy', 'deploy123'],
  ['oracle', 'oracle'],
  ['postgres', 'postgres'],
  ['git', 'git123'],
  ['ftpuser', 'ftpuser'],
];

function draw(random: Random, from: readonly Pair[], count: number): Pair[] {
  const left = [...from];
  const drawn: Pair[] = [];
  while (drawn.length < count && left.length > 0) drawn.push(...left.splice(below(random, left.length), 1));
  return drawn;
}

/** A device with its maker's passwords, some of which the seed chooses among those for these users. */
export function devicePolicy(seed: Seed, users: readonly string[]): LoginPolicy {
  const random = seed.random('login');
  const known = devicePairs.filter(([user]) => users.includes(user));
  return { accepted: draw(random, known, 2 + below(random, 3)), acceptAfter: 2 + below(random, 5) };
}

/** A server on which somebody chose badly. Only pairs for users that the machine has. */
export function serverPolicy(seed: Seed, users: readonly string[]): LoginPolicy {
  const random = seed.random('login');
  const known = serverPairs.filter(([user]) => users.includes(user));
  return { accepted: draw(random, known, 2 + below(random, 3)), acceptAfter: 2 + below(random, 5) };
}

/** Nobody gets in. */
export const closedPolicy: LoginPolicy = { accepted: [], acceptAfter: 0 };
