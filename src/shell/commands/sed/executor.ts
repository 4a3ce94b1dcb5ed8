import { Exhausted, limits } from '../../limits.ts';
import type { Process } from '../../process.ts';
import type { Expression } from '../../regular-expression.ts';
import { BrokenPipe, CollectedOutput, type Reading } from '../../stream.ts';
import type { Lines } from './lines.ts';
import { listed } from './listing.ts';
import { rangeStateOf, within, type RangeState } from './range.ts';
import { ScriptFault, type Address, type Pattern, type Script, type Step } from './script.ts';
import type { Sink } from './sink.ts';
import { substitute } from './substitute.ts';

/** Where the lines come from and where all goes. */
export interface Streams {
  readonly lines: Lines;
  /** The present place of what is printed. */
  output(): Sink;
  /** Of a `w`. */
  file(path: string): Sink;
  /** The text of an `r`; empty where there is none. */
  text(path: string): Reading<string>;
  /** The next line of an `R`; null where there is none. */
  line(path: string): Reading<string | null>;
}

export interface ExecutorOptions {
  readonly quiet: boolean;
  readonly separator: string;
  readonly width: number;
  readonly busybox: boolean;
}

type Appended = { readonly text: string } | { readonly file: string } | { readonly line: string };
/** How a cycle ends: with the text printed, without, or with the next cycle on what is left of it. */
type Ending = 'print' | 'drop' | 'again';

/** Commands for one unit of work. */
const stepsPerUnit = 4;

/** Runs a script over lines. Throws `ScriptFault`, `Exhausted`. */
export class Executor {
  readonly #process: Process;
  readonly #script: Script;
  readonly #streams: Streams;
  readonly #options: ExecutorOptions;
  #ranges: RangeState[];
  #pattern = '';
  #ended = true;
  #hold = '';
  #holdEnded = true;
  #appended: Appended[] = [];
  #replaced = false;
  #last: Expression | null = null;
  #steps = 0;
  /** The status of a `q` that was met. */
  #status: number | null = null;

  constructor(process: Process, script: Script, streams: Streams, options: ExecutorOptions) {
    this.#process = process;
    this.#script = script;
    this.#streams = streams;
    this.#options = options;
    this.#ranges = script.steps.map(rangeStateOf);
  }

  /** The status of `q` or `Q`, or 0. */
  *run(): Reading<number> {
    const quiet = this.#options.quiet || this.#script.quiet;
    let ending: Ending = 'drop';
    for (;;) {
      if (ending !== 'again' && !(yield* this.#read())) return 0;
      ending = yield* this.#cycle();
      if (ending === 'print' && !quiet) this.#streams.output().line(this.#pattern, this.#ended);
      yield* this.#append();
      if (this.#status !== null) return this.#status;
    }
  }

  /** Counts work; others have their turn where they are due. */
  *#pass(units: number): Reading<void> {
    const { budget } = this.#process.state;
    budget.spend(units);
    if (budget.takeTurn()) yield;
  }

  *#read(): Reading<boolean> {
    const line = yield* this.#streams.lines.take();
    if (line === null) return false;
    [this.#pattern, this.#ended] = [line.text, line.ended];
    // A file for itself begins with nothing held and no range.
    if (this.#streams.lines.number === 1) {
      this.#hold = '';
      this.#ranges = this.#script.steps.map(rangeStateOf);
    }
    yield* this.#pass(1);
    return true;
  }

  *#append(): Reading<void> {
    const appended = this.#appended;
    this.#appended = [];
    for (const one of appended) {
      this.#streams.output().endLine();
      if ('text' in one) this.#streams.output().raw(one.text);
      else if ('line' in one) {
        const line = yield* this.#streams.line(one.line);
        if (line !== null) this.#streams.output().line(line, true);
      } else this.#streams.output().raw(yield* this.#streams.text(one.file));
      yield* this.#pass(1);
    }
  }

  #grown(text: string): string {
    if (text.length > limits.oneFileBytes) throw new Exhausted();
    this.#process.state.budget.spend(text.length >> 10);
    return text;
  }

  #expression({ expression }: Pattern): Expression {
    const found = expression ?? this.#last;
    if (found === null)
      throw new ScriptFault(
        this.#options.busybox
          ? 'no previous regexp'
          : '-e expression #1, char 0: no previous regular expression',
      );
    this.#last = found;
    return found;
  }

  *#cycle(): Reading<Ending> {
    const { steps } = this.#script;
    this.#replaced = false;
    let index = 0;
    while (index < steps.length) {
      const step = steps[index];
      const range = this.#ranges[index];
      if (step === undefined || range === undefined) break;
      index += 1;
      this.#steps += 1;
      if (this.#steps % stepsPerUnit === 0) yield* this.#pass(1);
      if ((yield* this.#applies(step, range)) === step.negated) {
        if (step.letter === '{') index = step.target;
        continue;
      }
      if (step.letter === 'b') index = step.target;
      else if (step.letter === 't' || step.letter === 'T') {
        if (this.#replaced === (step.letter === 't')) index = step.target;
        this.#replaced = false;
      } else {
        const ending = yield* this.#perform(step, range);
        if (ending !== null) return ending;
      }
    }
    return 'print';
  }

  *#applies(step: Step, range: RangeState): Reading<boolean> {
    if (step.from === null) return true;
    const needsLast = step.from.is === 'last' || step.to?.is === 'last';
    const last = needsLast && (yield* this.#streams.lines.last());
    const { number } = this.#streams.lines;
    return within(step, range, { number, matches: (address) => this.#matches(address, number, last) });
  }

  #matches(address: Address, number: number, last: boolean): boolean {
    if (address.is === 'line') return address.line === number;
    if (address.is === 'last') return last;
    if (address.is === 'step')
      return number >= address.first && (number - address.first) % address.step === 0;
    if (address.is !== 'match') return false;
    return this.#expression(address.pattern).find(this.#pattern, 0, this.#process.state.budget) !== null;
  }

  /** Null to go on with the next step. */
  *#perform(step: Step, range: RangeState): Reading<Ending | null> {
    const output = this.#streams.output();
    switch (step.letter) {
      case '=':
        output.raw(`${this.#streams.lines.number}\n`);
        break;
      case 'F':
        output.raw(`${this.#streams.lines.path}\n`);
        break;
      case 'a':
        this.#appended.push({ text: step.text });
        break;
      case 'i':
        output.raw(step.text);
        break;
      case 'c':
        if (step.to === null || !range.active) output.raw(step.text);
        return 'drop';
      case 'd':
        return 'drop';
      case 'D': {
        const end = this.#pattern.indexOf(this.#options.separator);
        if (end < 0) return 'drop';
        this.#pattern = this.#pattern.slice(end + 1);
        yield* this.#pass(this.#pattern.length >> 10);
        return 'again';
      }
      case 'e':
        yield* this.#evaluate(step.text);
        break;
      case 'g':
        [this.#pattern, this.#ended] = [this.#hold, this.#holdEnded];
        break;
      case 'G':
        this.#pattern = this.#grown(this.#pattern + this.#options.separator + this.#hold);
        this.#ended = this.#holdEnded;
        break;
      case 'h':
        [this.#hold, this.#holdEnded] = [this.#pattern, this.#ended];
        break;
      case 'H':
        this.#hold = this.#grown(this.#hold + this.#options.separator + this.#pattern);
        this.#holdEnded = this.#ended;
        break;
      case 'x':
        [this.#pattern, this.#hold] = [this.#hold, this.#pattern];
        [this.#ended, this.#holdEnded] = [this.#holdEnded, this.#ended];
        break;
      case 'l':
        yield* this.#pass(this.#pattern.length >> 6);
        output.raw(listed(this.#pattern, step.number < 0 ? this.#options.width : step.number));
        break;
      case 'n':
      case 'N':
        return yield* this.#next(step.letter === 'N');
      case 'p':
        output.line(this.#pattern, this.#ended);
        break;
      case 'P': {
        const end = this.#pattern.indexOf(this.#options.separator);
        output.line(end < 0 ? this.#pattern : this.#pattern.slice(0, end), end >= 0 || this.#ended);
        break;
      }
      case 'q':
      case 'Q':
        this.#status = Math.max(0, step.number) & 255;
        if (step.letter === 'Q') this.#appended = [];
        return step.letter === 'q' ? 'print' : 'drop';
      case 'r':
        this.#appended.push({ file: step.text });
        break;
      case 'R':
        this.#appended.push({ line: step.text });
        break;
      case 's':
        yield* this.#substitute(step);
        break;
      case 'w':
        this.#streams.file(step.text).line(this.#pattern, this.#ended);
        break;
      case 'W':
        this.#streams.file(step.text).line(this.#pattern.split('\n', 1)[0] ?? '', true);
        break;
      case 'y':
        yield* this.#pass(this.#pattern.length >> 6);
        this.#pattern = Array.from(this.#pattern, (letter) => step.letters?.get(letter) ?? letter).join('');
        break;
      case 'z':
        this.#pattern = '';
        break;
      default:
    }
    if (this.#appended.length > 10_000) throw new Exhausted();
    return null;
  }

  *#next(joins: boolean): Reading<Ending | null> {
    const { lines } = this.#streams;
    // Where nothing follows the cycle ends, and with it, soon, the run.
    if (yield* lines.last()) return 'print';
    const before = this.#pattern;
    if (!joins && !this.#options.quiet && !this.#script.quiet)
      this.#streams.output().line(before, this.#ended);
    yield* this.#append();
    if (!(yield* this.#read())) return 'drop';
    if (joins) this.#pattern = this.#grown(before + this.#options.separator + this.#pattern);
    return null;
  }

  *#substitute(step: Step): Reading<void> {
    const { substitution } = step;
    if (substitution === null) return;
    const { budget } = this.#process.state;
    const expression = this.#expression(substitution.pattern);
    const result = yield* substitute(this.#pattern, substitution, expression, budget);
    if (result === null) return;
    this.#pattern = result;
    this.#replaced = true;
    if (substitution.evaluate) yield* this.#evaluate('');
    if (substitution.print) this.#streams.output().line(this.#pattern, this.#ended);
    if (substitution.file !== null) this.#streams.file(substitution.file).line(this.#pattern, this.#ended);
  }

  /** `e`: a command's output comes ahead of what follows, or, of the text as a command, takes its place. */
  *#evaluate(command: string): Reading<void> {
    const collected = new CollectedOutput();
    const words = ['sh', '-c', command === '' ? this.#pattern : command];
    this.#streams.output().flush();
    try {
      yield* this.#process.execute(words, { output: collected });
    } catch (error) {
      if (!(error instanceof BrokenPipe)) throw error;
    }
    if (command === '') this.#pattern = collected.text.replace(/\n$/, '');
    else this.#streams.output().raw(collected.text);
  }
}
