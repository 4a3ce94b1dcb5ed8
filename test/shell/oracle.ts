/** What the interpreter and the real shells answer to the same scripts. */

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Dialect } from '../../src/shell/language/dialect.ts';
import { ShellSession } from '../../src/shell/session.ts';
import { shellPersona } from '../support/shell-persona.ts';
import { visitorShell } from '../support/visitor-shell.ts';
import { type Answer, askShell } from './ask.ts';
import { droppers } from './droppers.ts';
import { generatedScripts } from './grammar.ts';
import { bashScripts, plainScripts } from './scripts.ts';

export const dialects: readonly Dialect[] = ['bash', 'dash', 'ash'];

export const scriptsFor = (dialect: Dialect): string[] => [
  ...plainScripts,
  ...(dialect === 'bash' ? bashScripts : []),
  ...droppers,
  ...generatedScripts(dialect, 3_000),
];

export const realAnswers = (dialect: Dialect, scripts: readonly string[]): Promise<Answer[]> =>
  dialect === 'ash'
    ? askShell('/opt/sh', '/opt', scripts)
    : askShell(`/usr/bin/${dialect}`, '/usr/bin', scripts);

export const recordPath = (dialect: Dialect): string =>
  fileURLToPath(new URL(`recorded-${dialect}.txt`, import.meta.url));

export const hashOf = (value: Answer | readonly [string]): string =>
  createHash('sha256')
    .update(JSON.stringify('status' in value ? [value.status, value.output, value.error] : value))
    .digest('hex')
    .slice(0, 16);

const persona = (dialect: Dialect): ReturnType<typeof shellPersona> =>
  shellPersona(dialect === 'ash' ? 'linux-busybox' : 'linux-gnu', {
    users: [
      { name: 'root', uid: 0, home: '/tmp/w', shell: dialect === 'ash' ? '/bin/sh' : `/bin/${dialect}` },
    ],
    software: { busybox: { product: 'BusyBox', version: '1.35.0' } },
  });

const personas = new Map(dialects.map((dialect) => [dialect, persona(dialect)] as const));

/** The interpreter's own answer. Throws what it failed of. */
export function ownAnswer(dialect: Dialect, script: string): Answer {
  const machine = personas.get(dialect) ?? persona(dialect);
  const session = new ShellSession(visitorShell(machine, { service: 'exec' }));
  const events = [...session.run(script), ...session.end()];
  if (session.fault !== null) throw session.fault;
  const text = (stream: 'stdout' | 'stderr'): string =>
    Buffer.concat(
      events.flatMap((event) => (event.say === 'output' && event.stream === stream ? [event.bytes] : [])),
    ).toString('latin1');
  return {
    output: text('stdout'),
    error: text('stderr'),
    status: events.findLast((event) => event.say === 'exit')?.status ?? -1,
  };
}
