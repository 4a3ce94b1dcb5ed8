/** What the evaluators and the real interpreters answer to the same scripts. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ShellSession } from '../../src/shell/session.ts';
import { shellPersona } from '../support/shell-persona.ts';
import type { Answer } from './ask.ts';
import { visitorShell } from '../support/visitor-shell.ts';

export type Interpreter = 'python3' | 'perl' | 'php';

export const interpreters: readonly Interpreter[] = ['python3', 'perl', 'php'];

const option: Readonly<Record<Interpreter, string>> = { python3: '-c', perl: '-e', php: '-r' };

export const interpreterRecord = (name: Interpreter): string =>
  fileURLToPath(new URL(`recorded-${name}.txt`, import.meta.url));

/**
 * What of the error output is compared: not the marks below a line of the source, which only newer versions print; of a
 * syntax error its class alone, since every version has texts of its own.
 */
export function comparable(answer: Answer): Answer {
  const error = answer.error.replaceAll(/^ +[~^][~^ ]*\n/gm, '');
  const syntax = /^(SyntaxError|IndentationError|TabError): .*\n$/m.exec(error);
  return { ...answer, error: syntax?.[1] ?? error };
}

/** The real interpreter's answer, without network or anything to write to but memory. */
export function realInterpreter(name: Interpreter, script: string): Answer {
  const walls = [
    '--ro-bind',
    '/',
    '/',
    '--dev',
    '/dev',
    '--proc',
    '/proc',
    '--tmpfs',
    '/tmp',
    '--unshare-all',
    '--die-with-parent',
    '--clearenv',
  ];
  const program = [`/usr/bin/${name}`, option[name], script];
  const settings = [
    '--setenv',
    'PATH',
    '/usr/bin:/bin',
    '--setenv',
    'LC_ALL',
    'C.UTF-8',
    '--setenv',
    'HOME',
    '/tmp',
  ];
  const { stdout, stderr, status } = spawnSync(
    'bwrap',
    [...walls, ...settings, '--chdir', '/tmp', ...program],
    {
      encoding: 'latin1',
      timeout: 10_000,
    },
  );
  return comparable({ output: stdout, error: stderr, status: status ?? -1 });
}

const persona = shellPersona('linux-gnu', {
  // The release whose versions the record was made with.
  files: {
    '/var/lib/dpkg/status': {
      content:
        'Package: python3\nStatus: install ok installed\nVersion: 3.11.2-1+b1\n\nPackage: php\nStatus: install ok installed\nVersion: 2:8.2+93\n\n',
      mode: 0o644,
      owner: 'root',
    },
  },
});

/** The evaluator's own answer. Throws what it failed of. */
export function ownInterpreter(name: Interpreter, script: string): Answer {
  const session = new ShellSession(visitorShell(persona, { service: 'exec' }));
  const quoted = `'${script.replaceAll("'", `'\\''`)}'`;
  const events = [...session.run(`cd /tmp; ${name} ${option[name]} ${quoted}`), ...session.end()];
  if (session.fault !== null) throw session.fault;
  const text = (stream: 'stdout' | 'stderr'): string =>
    Buffer.concat(
      events.flatMap((event) => (event.say === 'output' && event.stream === stream ? [event.bytes] : [])),
    ).toString('latin1');
  const exit = events.find((event) => event.say === 'exit');
  return comparable({
    output: text('stdout'),
    error: text('stderr'),
    status: exit?.say === 'exit' ? exit.status : -1,
  });
}
