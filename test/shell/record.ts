/**
 * Asks the real shells for all scripts and keeps what they said, as a short hash for each: `node test/shell/record.ts`.
 * To be run again when the scripts change, or the shells of the distribution do.
 */

import { writeFileSync } from 'node:fs';
import { dialects, hashOf, realAnswers, recordPath, scriptsFor } from './oracle.ts';

for (const dialect of dialects) {
  const scripts = scriptsFor(dialect);
  const lines: string[] = [];
  for (let start = 0; start < scripts.length; start += 200) {
    const batch = scripts.slice(start, start + 200);
    const answers = await realAnswers(dialect, batch);
    for (const [index, script] of batch.entries()) {
      const answer = answers[index];
      // 128 + SIGALRM: a script without an end has no answer.
      if (answer !== undefined && answer.status !== 142)
        lines.push(`${hashOf([script])} ${hashOf(answer)}\n`);
    }
  }
  writeFileSync(recordPath(dialect), lines.join(''));
}
