/** What a machine would show by itself where a scanner asks for it: its own files and commands, in place of made-up text. */

import { compiledPattern } from '../language/functions.ts';
import type { Text } from '../language/text.ts';

export interface MachineOutput {
  /** As a lure's text asks for it. */
  readonly call: 'file' | 'run';
  readonly argument: string;
  /** What it looks like on some machine. */
  readonly sample: string;
}

const outputs: readonly MachineOutput[] = [
  {
    call: 'file',
    argument: '/etc/passwd',
    sample:
      'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nbin:x:2:2:bin:/bin:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  },
  { call: 'run', argument: 'id', sample: 'uid=33(www-data) gid=33(www-data) groups=33(www-data)\n' },
  { call: 'file', argument: '/etc/hosts', sample: '127.0.0.1\tlocalhost\n127.0.1.1\tweb01\n' },
  {
    call: 'run',
    argument: 'uname -a',
    sample:
      'Linux web01 5.15.0-91-generic #101-Ubuntu SMP Tue Nov 14 13:30:08 UTC 2023 x86_64 x86_64 x86_64 GNU/Linux\n',
  },
];

const hole = (output: MachineOutput, name: 'like' | 'having', demand: string): Text => [
  {
    kind: 'call',
    name,
    arguments: [
      { kind: 'value', value: demand },
      { kind: 'call', name: output.call, arguments: [{ kind: 'value', value: output.argument }] },
    ],
  },
];

/** Output of the machine that the pattern finds; null where none does. Patterns that anything matches are left to others. */
export function outputMatching(pattern: string): Text | null {
  const compiled = compiledPattern(pattern);
  if (compiled === null || compiled.matcher('Lorem ipsum <b>dolor</b>').find()) return null;
  if (!/root|uid|gid|localhost|nologin|Linux/.test(pattern)) return null;
  const found = outputs.find(({ sample }) => compiled.matcher(sample).find());
  return found === undefined ? null : hole(found, 'like', pattern);
}

/** Output of the machine that has the words, which must look like a piece of it. */
export function outputHaving(word: string): Text | null {
  if (word.length < 4 || !/[:=]/.test(word)) return null;
  const found = outputs.find(({ sample }) => sample.includes(word));
  return found === undefined ? null : hole(found, 'having', word);
}

/** The sample for a call, for trying a lure out at its import. */
export function sampleOutput(call: string, argument: string): string | null {
  return outputs.find((output) => output.call === call && output.argument === argument)?.sample ?? null;
}
