import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { needTools } from './need.ts';
import { shellPersona } from './shell-persona.ts';
import { layerOf } from '../../src/shell/files/visit.ts';
import { ShellSession } from '../../src/shell/session.ts';
import { visitorShell } from './visitor-shell.ts';

/** A small tree, made alike on this machine and on the persona's. */
const tree = [
  'mkdir -p a/b a/.hidden empty',
  "printf 'one\\ntwo\\nthree\\n' > a/one.txt",
  "printf 'two\\none\\n10\\n9\\nfour five\\n' > a/b/two.txt",
  "printf 'x:1:alpha\\ny:22:beta\\nz:3:gamma\\ny:22:beta\\n' > a/fields",
  "printf '\\000\\001\\002hello world\\377\\376 tail of it\\n' > a/bytes",
  "printf '#!/bin/sh\\necho hi\\n' > a/run.sh",
  'chmod 755 a/run.sh; chmod 600 a/fields; chmod 644 a/one.txt a/b/two.txt a/bytes; chmod 755 a a/b a/.hidden empty',
  'ln -s one.txt a/link; ln -s missing a/broken',
  ': > a/none; chmod 644 a/none',
  'touch -d "2022-01-02 03:04:05" a/one.txt a/fields a/bytes a/run.sh a/none',
  'touch -d "2021-05-06 07:08:09" a/b/two.txt',
].join('\n');

interface Answer {
  readonly output: string;
  readonly errors: string;
  readonly status: number;
}

/** What the programs of this machine answer, each line in a subshell of one bash. */
function real(examples: readonly string[]): Answer[] {
  const folder = mkdtempSync(join(tmpdir(), 'picket-programs-'));
  try {
    mkdirSync(join(folder, 'w'));
    const script = examples
      .map(
        (line, index) =>
          `( ${line}\n ) >../${index}.out 2>../${index}.err </dev/null; echo $? >../${index}.status`,
      )
      .join('\n');
    spawnSync('bash', ['-c', `umask 022; cd w\n${tree}\n${script}`], {
      cwd: folder,
      env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC', HOME: '/root' },
      timeout: 60_000,
    });
    const read = (index: number, ending: string): string =>
      readFileSync(join(folder, `${index}.${ending}`), 'latin1').replaceAll(join(folder, 'w'), '/tmp/w');
    return examples.map((_, index) => ({
      output: read(index, 'out'),
      errors: read(index, 'err').replaceAll(/^bash: line \d+: /gm, 'bash: '),
      status: Number(read(index, 'status')),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const persona = shellPersona('linux-gnu');

/** What the shell answers in the tree of this source. */
function own(source: string, line: string): Answer {
  const session = new ShellSession(visitorShell(persona, { source, layer: layerOf(persona, source) }));
  const events = [...session.run(`cd /tmp/w\n${line}`), ...session.end()];
  const said = (stream: 'stdout' | 'stderr'): string =>
    Buffer.concat(
      events.flatMap((event) => (event.say === 'output' && event.stream === stream ? [event.bytes] : [])),
    ).toString('latin1');
  return {
    output: said('stdout'),
    errors: said('stderr').replaceAll(/^bash: line \d+: /gm, 'bash: '),
    status: session.fault === null ? (events.findLast((event) => event.say === 'exit')?.status ?? -1) : -2,
  };
}

/** Declares a test for each group: the shell answers its lines as this machine's programs do. */
export function comparePrograms(lines: Readonly<Record<string, readonly string[]>>): void {
  describe.each(Object.entries(lines))('%s', (group, examples) => {
    needTools(['bash', 'column', 'diff', 'file', 'find', 'strings', 'xxd'])(
      'answers as the program of Debian does',
      () => {
        const different: string[] = [];
        const answers = real(examples);
        own(group, `mkdir /tmp/w; cd /tmp/w\n${tree}`);
        for (const [index, line] of examples.entries()) {
          const wanted = answers[index];
          const found = own(group, line);
          if (JSON.stringify(wanted) !== JSON.stringify(found))
            different.push(`${line}\n  real ${JSON.stringify(wanted)}\n  own  ${JSON.stringify(found)}`);
        }
        expect(different.join('\n')).toBe('');
      },
    );
  });
}
