/**
 * Turns templates of the corpus into lures and lets a scanner run them against a sensor that has these lures.
 *
 *     node test/corpora/run-templates.ts              # all of them: figures, and what went wrong
 *     node test/corpora/run-templates.ts CVE-2021-    # those whose path contains this, each by itself
 */

import process from 'node:process';
import { corporaFolder } from '../support/corpora.ts';
import { templateFiles, tryTemplates } from './template-trial.ts';

const corpora = corporaFolder();
const [part = ''] = process.argv.slice(2);
if (corpora === null) {
  process.stderr.write('the corpora are not here; name their folder in PICKET_CORPORA\n');
  process.exit(1);
}
const { rows, refused, seconds } = await tryTemplates(
  templateFiles(corpora).filter(({ path }) => path.includes(part)),
);
for (const line of refused) process.stdout.write(`refused: ${line}\n`);
for (const { id, accepted, recognised, trouble, named, template } of rows) {
  const faults = [
    ...(template.cves.length > 0 && !recognised
      ? [`not recognised (named: ${named.join(', ') || 'none'})`]
      : []),
    ...(accepted
      ? []
      : [template.waitsForCall ? 'waits for a call' : `not accepted${trouble === '' ? '' : `: ${trouble}`}`]),
  ];
  if (faults.length > 0 || part !== '')
    process.stdout.write(`${id}: ${faults.join('; ') || 'recognised and accepted'}\n`);
}
const accepted = rows.filter((row) => row.accepted).length;
const recognised = rows.filter((row) => row.recognised).length;
process.stdout.write(
  `${rows.length} templates: ${recognised} recognised, ${accepted} accepted, ${rows.filter(({ template }) => template.waitsForCall).length} wait for a call; ${seconds.toFixed(1)} s\n`,
);
process.exit(0);
