import type { ShellEvent } from '../../src/shell/event.ts';
import { ShellSession } from '../../src/shell/session.ts';
import type { Persona } from '../../src/core/persona.ts';
import { shellPersona } from './shell-persona.ts';
import { visitorShell } from './visitor-shell.ts';

export interface ShellRun {
  readonly output: string;
  readonly status: number;
  readonly urls: readonly string[];
  readonly commands: readonly string[];
  readonly captures: readonly { readonly name: string; readonly how: string; readonly text: string }[];
  readonly fault: unknown;
}

export function shellSession(system: Persona['system'], terminal: boolean): ShellSession {
  return new ShellSession(visitorShell(shellPersona(system), { interactive: terminal, terminal }));
}

export function summarise(events: readonly ShellEvent[], fault: unknown): ShellRun {
  const output = Buffer.concat(
    events.flatMap((event) => (event.say === 'output' ? [event.bytes] : [])),
  ).toString('latin1');
  const commands = events.flatMap((event) => (event.say === 'command' ? [event] : []));
  return {
    output,
    status: events.findLast((event) => event.say === 'exit')?.status ?? -1,
    urls: commands.flatMap((event) => event.urls),
    commands: commands.map((event) => event.input),
    captures: events.flatMap((event) =>
      event.say === 'capture'
        ? [{ name: event.name, how: event.how, text: Buffer.from(event.bytes).toString('latin1') }]
        : [],
    ),
    fault,
  };
}

/** Runs one command string to its end. Standard output and error come together. */
export function runShell(system: Persona['system'], command: string, input = ''): ShellRun {
  return runIn(shellSession(system, false), command, input);
}

/** As `runShell`, on a machine that has these packages beside those of its release. */
function runWith(packages: readonly string[], command: string, input = ''): ShellRun {
  const status = packages
    .map(
      (name) =>
        `Package: ${name}\nStatus: install ok installed\nVersion: ${name === 'php' ? '2:8.2+93' : '1.0-1'}\n\n`,
    )
    .join('');
  const file = { content: status, mode: 0o644, owner: 'root' };
  const persona = shellPersona('linux-gnu', { files: { '/var/lib/dpkg/status': file } });
  return runIn(new ShellSession(visitorShell(persona)), command, input);
}

/** On a machine with PHP. */
export const runPhp = (command: string): ShellRun => runWith(['php', 'python3', 'perl'], command);

function runIn(session: ShellSession, command: string, input: string): ShellRun {
  const events = [...session.run(command)];
  if (input !== '') events.push(...session.receive(Buffer.from(input, 'latin1')));
  events.push(...session.end());
  return summarise(events, session.fault);
}

/** Types into a login shell with a terminal, each piece in a call of its own. */
export function typeShell(system: Persona['system'], pieces: readonly Uint8Array[]): ShellRun {
  const session = shellSession(system, true);
  const events = [...session.start()];
  for (const piece of pieces) events.push(...session.receive(piece));
  events.push(...session.end());
  return summarise(events, session.fault);
}
