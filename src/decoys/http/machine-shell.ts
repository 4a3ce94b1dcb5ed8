/** The shell behind a command injection: the one that logins get, run once for each request. */

import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { hexDigits } from '../../core/random.ts';
import { layerOf } from '../../shell/files/visit.ts';
import { limits } from '../../shell/limits.ts';
import { ShellSession } from '../../shell/session.ts';
import { addressesIn } from './injected-command.ts';
import { windowsFile, windowsOutput } from './windows-prompt.ts';

const outputLimit = 65_536;
const runsPerRequest = 8;

export class MachineShell {
  readonly #context: DecoyContext;
  readonly #outputs: DecoyOutput[] = [];
  #runs = 0;
  /** The commands of a request share it: the answer waits for them, and everybody else with it. */
  #work: number = limits.workAtOnce;

  constructor(context: DecoyContext) {
    this.#context = context;
  }

  /** Latin-1 text of what the command prints. */
  run(command: string): string {
    if (command.trim() === '' || this.#runs >= runsPerRequest) return '';
    this.#runs += 1;
    const { persona } = this.#context;
    if (persona.system === 'windows') return this.#runWindows(command.slice(0, 4_096));
    const users = persona.users.map((user) => user.name);
    const session = new ShellSession({
      persona,
      user: persona.system === 'linux-gnu' && users.includes('www-data') ? 'www-data' : 'root',
      interactive: false,
      terminal: false,
      columns: 80,
      rows: 24,
      source: this.#context.source,
      sourcePort: this.#context.sourcePort,
      destination: this.#context.destination,
      destinationPort: this.#context.destinationPort,
      now: () => this.#context.now(),
      service: 'http',
      // A file that one request writes is there for the next.
      layer: layerOf(persona, this.#context.source),
      work: this.#work,
    });
    let text = '';
    for (const events of [session.run(command.slice(0, 4_096)), session.end()]) {
      for (const event of events) {
        if (event.say === 'output' && event.stream === 'stdout' && text.length < outputLimit) {
          text += Buffer.from(event.bytes).toString('latin1');
        } else if (event.say === 'capture') {
          this.#outputs.push({ do: 'capture', bytes: event.bytes, how: event.how, name: event.name });
        } else if (event.say === 'command') {
          const { input, urls } = event;
          this.#outputs.push({
            do: 'saw',
            fact: { kind: 'command', service: 'http', input, ...(urls.length > 0 ? { urls } : {}) },
          });
        }
      }
    }
    this.#work -= session.spent;
    return text.slice(0, outputLimit);
  }

  #runWindows(command: string): string {
    const urls = addressesIn(command);
    const input = command.trim();
    const fact = { kind: 'command', service: 'http', input, ...(urls.length > 0 ? { urls } : {}) } as const;
    this.#outputs.push({ do: 'saw', fact });
    return windowsOutput(this.#context.persona, command).slice(0, outputLimit);
  }

  /** What the shell recorded, but for the command that the decoy has recorded itself. */
  *outputs(recorded: string): Iterable<DecoyOutput> {
    for (const output of this.#outputs) {
      if (
        output.do === 'saw' &&
        output.fact.kind === 'command' &&
        output.fact.input.trim() === recorded.trim()
      )
        continue;
      yield output;
    }
  }

  file(path: string): string | null {
    const known = this.#context.persona.files[path];
    if (known !== undefined) return known.content;
    if (this.#context.persona.system === 'windows') return windowsFile(path);
    if (!/^[\w./-]{1,256}$/.test(path)) return null;
    const text = this.run(`cat ${path}`);
    return text === '' ? null : text;
  }

  token(purpose: string, digits: number): string {
    return hexDigits(this.#context.persona.random(`http:${purpose}`), Math.min(digits, 256));
  }
}
