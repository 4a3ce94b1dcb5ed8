/** The shell behind a database that runs commands: the one that logins get, run once for each command. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { below } from '../../core/random.ts';
import type { Persona } from '../../core/persona.ts';
import { limits } from '../../shell/limits.ts';
import { ShellSession } from '../../shell/session.ts';

const outputLimit = 65_536;
const commandLimit = 16_384;

const homes: Readonly<Record<string, string>> = { postgres: '/var/lib/postgresql', mysql: '/nonexistent' };
const shells: Readonly<Record<string, string>> = { postgres: '/bin/bash', mysql: '/bin/false' };
const extended = new WeakMap<Persona, Map<string, Persona>>();

/** The persona with the daemon's account, which its package makes; an object before the persona, so that its key is not made for this. */
function withAccount(persona: Persona, account: string): Persona {
  if (persona.users.some((user) => user.name === account)) return persona;
  let known = extended.get(persona);
  if (known === undefined) {
    known = new Map();
    extended.set(persona, known);
  }
  let found = known.get(account);
  if (found === undefined) {
    const home = homes[account] ?? '/';
    const uid = 107 + below(persona.random(`account ${account}`), 12);
    const users = [...persona.users, { name: account, uid, home, shell: shells[account] ?? '/bin/sh' }];
    const made: Persona = Object.create(persona, { users: { value: users, enumerable: true } });
    known.set(account, made);
    found = made;
  }
  return found;
}

export interface ShellRun {
  /** Latin-1 text of what the command prints. */
  readonly text: string;
  readonly errors: string;
  readonly status: number;
  /** What the sensor shall record: commands with their addresses, files that were made. */
  readonly outputs: readonly DecoyOutput[];
}

/** Runs a command as the database's account; `input` is its standard input. */
export function runInShell(
  context: DecoyContext,
  service: string,
  account: string,
  command: string,
  input = '',
): ShellRun {
  const { persona } = context;
  const session = new ShellSession({
    persona: withAccount(persona, account),
    user: account,
    interactive: false,
    terminal: false,
    columns: 80,
    rows: 24,
    source: context.source,
    sourcePort: context.sourcePort,
    destination: context.destination,
    destinationPort: context.destinationPort,
    now: () => context.now(),
    service,
    work: limits.workAtOnce,
  });
  const outputs: DecoyOutput[] = [];
  let text = '';
  let errors = '';
  let status = 0;
  const runs = [
    session.run(Buffer.from(command.slice(0, commandLimit), 'latin1').toString('utf8')),
    session.receive(Buffer.from(input.slice(0, outputLimit), 'latin1')),
    session.end(),
  ];
  for (const events of runs) {
    for (const event of events) {
      if (event.say === 'output') {
        const more = Buffer.from(event.bytes).toString('latin1');
        if (event.stream === 'stdout') text = (text + more).slice(0, outputLimit);
        else errors = (errors + more).slice(0, outputLimit);
      } else if (event.say === 'capture') {
        outputs.push({ do: 'capture', bytes: event.bytes, how: event.how, name: event.name });
      } else if (event.say === 'command') {
        const { input: line, urls } = event;
        outputs.push({
          do: 'saw',
          fact: { kind: 'command', service, input: line, ...(urls.length > 0 ? { urls } : {}) },
        });
      } else if (event.say === 'exit') status = event.status;
    }
  }
  return { text, errors, status, outputs };
}

/** What a file of this machine holds, as Latin-1; null where there is none. */
export function fileOf(context: DecoyContext, service: string, account: string, path: string): string | null {
  const known = context.persona.files[path];
  if (known !== undefined) {
    // A daemon that is not root reads what everybody may.
    return (known.mode & 0o004) !== 0 || known.owner === account
      ? Buffer.from(known.content).toString('latin1')
      : null;
  }
  if (!/^\/[\w./-]{1,255}$/.test(path)) return null;
  const run = runInShell(context, service, account, `cat ${path}`);
  return run.status === 0 ? run.text : null;
}
