import { FileFault } from '../files/fault.ts';
import type { Dialect } from '../language/dialect.ts';
import type { Command, List } from '../language/syntax.ts';
import { Exhausted, limits } from '../limits.ts';
import type { Process } from '../process.ts';
import type { SessionState } from '../state.ts';
import { closedOutput, type Input, nullOutput, type Output, type Run, TextInput } from '../stream.ts';
import { Variables } from './variables.ts';

export interface Descriptor {
  readonly input: Input | null;
  readonly output: Output | null;
}

/** A command of the shell itself: it may change the shell. */
export interface Builtin {
  readonly names: readonly string[];
  run(shell: Shell, words: readonly string[], process: Process): Run | number;
}

/** The evaluator, as the parts of it call each other. */
export interface Engine {
  list(shell: Shell, list: List): Run;
  command(shell: Shell, command: Command): Run;
  /** The builtin of this name, or null. */
  builtin(name: string, dialect: Dialect): Builtin | null;
  /** Runs a whole script in this shell; `inside` another that an error ends with it. */
  script(shell: Shell, text: string, inside?: boolean): Run;
  /** Runs what has a process of its own: nothing but its status comes out. */
  contained(child: Shell, run: () => Run): Run;
}

/** One running shell: the login shell, a subshell, a script. Its state and no more; `evaluate/*.ts` work on it. */
export class Shell {
  readonly state: SessionState;
  readonly engine: Engine;
  readonly dialect: Dialect;
  readonly bash: boolean;
  /** bash called as `sh`. */
  posix = false;
  /** `$0` */
  name: string;
  words: readonly string[] = [];
  variables: Variables;
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
  /** The builtin or script within which commands run (`eval`, `.`): dash and ash name it in their messages. */
  commandName = '';
  /** The script that `.` reads: bash begins its messages with it. */
  scriptName = '';
  /** Lines that were read before the text that runs now. */
  linesBefore = 0;
  /** Names of the functions that run, the innermost last (bash). */
  callers: string[] = [];
  /** Builtins that `enable -n` has switched off. */
  disabled: Set<string> = new Set();
  /** Statuses of the last pipeline's commands (bash). */
  pipeline: readonly number[] = [0];
  subshells = 0;
  /** How many plus signs `set -x` shows: bash counts substitutions. */
  traceDepth = 1;
  /** Where `getopts` stands within OPTIND's word. */
  optionPlace: { index: number; offset: number } = { index: 1, offset: 1 };
  umask = 0o022;
  functionDepth = 0;
  loopDepth = 0;
  line = 1;
  /** The last line of the command that was read: bash names it for the redirections of a compound command. */
  lineRead = 1;
  /** Above zero where a failure does not end a script under `set -e`. */
  condition = 0;
  isSubshell = false;

  constructor(state: SessionState, engine: Engine, dialect: Dialect, name: string) {
    this.state = state;
    this.engine = engine;
    this.dialect = dialect;
    this.bash = dialect === 'bash';
    this.name = name;
    this.variables = new Variables((units) => state.budget.spend(units));
    this.pid = state.nextPid();
  }

  /** A subshell: what it changes is its own, except files. */
  fork(): Shell {
    this.state.budget.spend(16 + this.variables.size);
    const shell = new Shell(this.state, this.engine, this.dialect, this.name);
    shell.posix = this.posix;
    shell.commandName = this.commandName;
    shell.scriptName = this.scriptName;
    shell.linesBefore = this.linesBefore;
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
    shell.lineRead = this.lineRead;
    shell.lastBackground = this.lastBackground;
    shell.isSubshell = true;
    shell.callers = [...this.callers];
    shell.disabled = this.disabled;
    shell.pipeline = this.pipeline;
    shell.subshells = this.subshells + 1;
    shell.umask = this.umask;
    shell.traceDepth = this.traceDepth;
    return shell;
  }

  get input(): Input {
    return this.descriptors.get(0)?.input ?? new TextInput('');
  }

  get output(): Output {
    return this.descriptors.get(1)?.output ?? closedOutput;
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
    if (this.bash) {
      // bash names functions of a `-c` text by where it thinks they come from.
      const inside = this.fromOption && this.callers.length > 0 ? 'environment' : this.name;
      const name = this.scriptName === '' ? inside : this.scriptName;
      const place = this.interactive && this.scriptName === '' ? '' : `line ${this.line}: `;
      return `${name}: ${place}${builtin === '' ? '' : `${builtin}: `}`;
    }
    const command = builtin === '' ? this.commandName : builtin;
    if (this.dialect === 'dash') return `${this.name}: ${this.line}: ${command === '' ? '' : `${command}: `}`;
    // ash names the line only with a builtin or a script; the lines of `-c` it counts from 0.
    if (command === '') return `${this.name}: `;
    const place = this.interactive
      ? ''
      : `line ${this.fromOption && this.scriptName === '' ? this.line - 1 : this.line}: `;
    return `${this.name}: ${command === this.name ? '' : `${command}: `}${place}`;
  }

  /** The text of this shell's own dialect. */
  wording(texts: Readonly<Record<Dialect, string>>): string {
    return texts[this.dialect];
  }

  complain(message: string, builtin = ''): void {
    try {
      this.error.write(`${this.prefix(builtin)}${message}\n`);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
    }
  }
}
