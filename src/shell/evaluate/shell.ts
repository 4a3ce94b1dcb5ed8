import type { Builtin } from '../builtins/builtin.ts';
import { FileFault } from '../files/fault.ts';
import type { Command, List } from '../language/syntax.ts';
import { Exhausted, limits } from '../limits.ts';
import type { SessionState } from '../state.ts';
import { type Input, nullOutput, type Output, type Run, TextInput } from '../stream.ts';
import { Variables } from './variables.ts';

export interface Descriptor {
  readonly input: Input | null;
  readonly output: Output | null;
}

/** The evaluator, as the parts of it call each other. */
export interface Engine {
  list(shell: Shell, list: List): Run;
  command(shell: Shell, command: Command): Run;
  /** The builtin of this name, or null. */
  builtin(name: string, bash: boolean): Builtin | null;
  /** Runs a whole script in this shell. */
  script(shell: Shell, text: string): Run;
}

/** One running shell: the login shell, a subshell, a script. Its state and no more; `evaluate/*.ts` work on it. */
export class Shell {
  readonly state: SessionState;
  readonly engine: Engine;
  readonly bash: boolean;
  /** `$0` */
  name: string;
  words: readonly string[] = [];
  variables: Variables = new Variables();
  functions: Map<string, Command> = new Map();
  aliases: Map<string, string> = new Map();
  traps: Map<string, string> = new Map();
  descriptors: Map<number, Descriptor> = new Map();
  folder = '/';
  /** `$?` */
  status = 0;
  /** `$$`, which a subshell shares. */
  pid: number;
  parentPid = 1;
  lastBackground = 0;
  jobs: { number: number; pid: number; text: string }[] = [];
  /** Letters of `set`. */
  flags: Set<string> = new Set();
  interactive = false;
  /** `-c` */
  fromOption = false;
  functionDepth = 0;
  loopDepth = 0;
  line = 1;
  /** Above zero where a failure does not end a script under `set -e`. */
  condition = 0;
  isSubshell = false;

  constructor(state: SessionState, engine: Engine, bash: boolean, name: string) {
    this.state = state;
    this.engine = engine;
    this.bash = bash;
    this.name = name;
    this.pid = state.nextPid();
  }

  /** A subshell: what it changes is its own, except files. */
  fork(): Shell {
    this.state.budget.spend(16 + this.variables.size);
    const shell = new Shell(this.state, this.engine, this.bash, this.name);
    shell.pid = this.pid;
    shell.parentPid = this.parentPid;
    shell.words = this.words;
    shell.variables = this.variables.copy();
    shell.functions = new Map(this.functions);
    shell.aliases = this.aliases;
    shell.descriptors = new Map(this.descriptors);
    shell.folder = this.folder;
    shell.status = this.status;
    shell.flags = new Set(this.flags);
    shell.interactive = this.interactive;
    shell.fromOption = this.fromOption;
    shell.functionDepth = this.functionDepth;
    shell.condition = this.condition;
    shell.line = this.line;
    shell.lastBackground = this.lastBackground;
    shell.isSubshell = true;
    return shell;
  }

  get input(): Input {
    return this.descriptors.get(0)?.input ?? new TextInput('');
  }

  get output(): Output {
    return this.descriptors.get(1)?.output ?? nullOutput;
  }

  get error(): Output {
    return this.descriptors.get(2)?.output ?? nullOutput;
  }

  /** Counts nesting, which is bounded well below the machine's stack. */
  *nested(run: () => Run): Run {
    if (this.state.depth >= limits.depth) throw new Exhausted();
    this.state.depth += 1;
    try {
      return yield* run();
    } finally {
      this.state.depth -= 1;
    }
  }

  /** The prefix of the shell's own messages. */
  prefix(builtin = ''): string {
    const place = this.interactive ? '' : `line ${this.line}: `;
    if (this.bash)
      return `${this.name}: ${this.fromOption ? `line ${this.line}: ` : place}${builtin === '' ? '' : `${builtin}: `}`;
    // ash names the line only where it reads a file.
    const line = this.interactive || this.fromOption ? '' : place;
    return `${this.name}: ${builtin === '' ? '' : `${builtin}: `}${line}`;
  }

  complain(message: string, builtin = ''): void {
    try {
      this.error.write(`${this.prefix(builtin)}${message}\n`);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
    }
  }
}
