/**
 * Names of buckets that do not exist and that only a search by word list asks for: a name of the estate with words that searchers
 * join to it. Which of them, the seed decides, so that no list of decoys can be passed around.
 */

import { below, seededRandom } from '../core/random.ts';

/** Words that stand in for secrets, kept few: the seed takes about half of what they make with each stem. */
const words = [
  'archive',
  'backups',
  'confidential',
  'credentials',
  'database',
  'dump',
  'finance',
  'internal',
  'old',
  'private',
  'secret',
  'staging',
] as const;
const mostDecoys = 4_096;
const mostStems = 256;

/** What searchers would take for the keyword: the longest part of a name, and the name itself. */
function stemsOf(name: string): string[] {
  const parts = name.split(/[.-]/).filter((part) => part.length >= 4 && !/^\d+$/.test(part));
  return [...new Set([name, ...parts.slice(0, 1)])];
}

/** None of the estate's own names is among them. */
export function decoyBuckets(estate: readonly string[], seed: string): ReadonlySet<string> {
  const random = seededRandom(`decoy buckets ${seed}`);
  const own = new Set(estate);
  const stems = [...new Set(estate.flatMap(stemsOf))].sort().slice(0, mostStems);
  const decoys = new Set<string>();
  for (const stem of stems) {
    for (const word of words) {
      for (const name of [`${stem}-${word}`, `${stem}${word}`, `${stem}.${word}`, `${word}-${stem}`]) {
        const isTaken = below(random, 2) === 0;
        if (isTaken && name.length <= 63 && !own.has(name) && decoys.size < mostDecoys) decoys.add(name);
      }
    }
  }
  return decoys;
}
