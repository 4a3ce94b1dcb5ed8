/**
 * Asks the real interpreters for all scripts and keeps what they said, as a short hash for each:
 * `node test/shell/record-interpreters.ts [name…]`. To be run again when the scripts change, or the interpreters of the distribution do.
 */

import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { interpreterRecord, interpreters, realInterpreter } from './interpreter-oracle.ts';
import { interpreterScripts } from './interpreter-scripts.ts';
import { hashOf } from './oracle.ts';

const asked = process.argv.slice(2);
for (const name of interpreters.filter((one) => asked.length === 0 || asked.includes(one)))
  writeFileSync(
    interpreterRecord(name),
    interpreterScripts[name]
      .map((script) => `${hashOf([script])} ${hashOf(realInterpreter(name, script))}\n`)
      .join(''),
  );
