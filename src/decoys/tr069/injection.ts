/** Commands in the values of an action: run in the shell that logins get, so that what they fetch is known. */

import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { ShellSession } from '../../shell/session.ts';
import { unwrapCommand } from '../http/injected-command.ts';

/** The command that a router's `system("… %s")` would run with this value; empty where it is a plain one. */
export function commandIn(value: string): string {
  if (!/[`;|&$\n]/.test(value)) return '';
  const inside = unwrapCommand(value);
  return inside !== '' ? inside : value.replace(/^[^;|&\n]{0,256}[;|&\n]{1,4}/, '').slice(0, 4_096);
}

/** What running it shows. Its own line is recorded once, with the addresses that the shell found in it. */
export function* runInjected(context: DecoyContext, command: string): Iterable<DecoyOutput> {
  const session = new ShellSession({
    persona: context.persona,
    user: 'root',
    interactive: false,
    terminal: false,
    columns: 80,
    rows: 24,
    source: context.source,
    sourcePort: context.sourcePort,
    destination: context.destination,
    destinationPort: context.destinationPort,
    now: () => context.now(),
    service: 'tr069',
  });
  for (const events of [session.run(command), session.end()]) {
    for (const event of events) {
      if (event.say === 'capture')
        yield { do: 'capture', bytes: event.bytes, how: event.how, name: event.name };
      // Long work lets others have their turn; what a visitor would wait for, nobody here does.
      else if (event.say === 'pause' && event.milliseconds === 0) yield { do: 'pause', milliseconds: 0 };
      else if (event.say === 'command') {
        const { input, urls } = event;
        yield {
          do: 'saw',
          fact: { kind: 'command', service: 'tr069', input, ...(urls.length > 0 ? { urls } : {}) },
        };
      }
    }
  }
}
