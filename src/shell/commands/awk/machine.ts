import { compileExpression, type Expression } from '../../regular-expression.ts';
import type { Budget } from '../../limits.ts';
import type { Process } from '../../process.ts';
import type { Reading } from '../../stream.ts';
import { FileFault } from '../../files/fault.ts';
import { AwkFault } from './fault.ts';
import { formatText } from './format.ts';
import { unescapeText } from './lexer.ts';
import { posixPattern, wrongPattern } from './pattern.ts';
import { AwkRecord, type Parting } from './record.ts';
import type { RecordReader, Separator } from './record-reader.ts';
import { Streams } from './streams.ts';
import { fromOutside, numberOf, type Scalar } from './value.ts';
import { textOf, Variables } from './variables.ts';

/** What a running program has: variables, the record, its inputs and outputs. */
export class Machine {
  readonly process: Process;
  readonly budget: Budget;
  readonly variables: Variables = new Variables();
  readonly record: AwkRecord;
  readonly streams: Streams;
  /** The number that rand goes on from, and the one that srand was last given. */
  random: { state: number; seed: number };
  readonly #patterns = new Map<string, Expression>();
  #reader: RecordReader | null = null;
  #operand = 1;
  /** A file was come to: standard input is not read instead. */
  #began = false;

  constructor(process: Process, operands: readonly string[]) {
    this.process = process;
    this.budget = process.state.budget;
    this.streams = new Streams(process);
    const seed = Math.floor(process.state.now() / 1000);
    this.random = { state: seed, seed };
    this.record = new AwkRecord(
      this.budget,
      () => this.parting(this.text(this.variables.get('FS'))),
      () => this.text(this.variables.get('OFS')),
    );
    const words = [process.name, ...operands];
    const { variables } = this;
    for (const [index, word] of words.entries())
      variables.store(variables.array('ARGV'), String(index), fromOutside(word));
    variables.set('ARGC', words.length);
    for (const [name, value] of process.environment)
      variables.store(variables.array('ENVIRON'), name, fromOutside(value));
  }

  /** A value as text, by CONVFMT. */
  text(value: Scalar): string {
    return textOf(value, (number) => this.#shown(number, 'CONVFMT'));
  }

  /** A value as print shows it, by OFMT. */
  printed(value: Scalar): string {
    return textOf(value, (number) => this.#shown(number, 'OFMT'));
  }

  #shown(number: number, by: 'CONVFMT' | 'OFMT'): string {
    const format = textOf(this.variables.get(by));
    if (Number.isNaN(number)) return '-nan';
    return formatText(format, [number], textOf, 'sprintf');
  }

  /** Throws `AwkFault`. */
  pattern(source: string): Expression {
    const known = this.#patterns.get(source);
    if (known !== undefined) return known;
    this.budget.spend(1 + (source.length >> 4));
    const compiled = compileExpression(
      posixPattern(source),
      { extended: true, ignoreCase: false },
      this.budget,
    );
    if (compiled === null)
      throw new AwkFault(`regular expression compile failed (${wrongPattern(source)})\n${source}`);
    if (this.#patterns.size > 100) this.#patterns.clear();
    this.#patterns.set(source, compiled);
    return compiled;
  }

  matches(source: string, text: string): boolean {
    return this.pattern(source).find(text, 0, this.budget) !== null;
  }

  /** How a text is parted by what stands in FS or is given to split. */
  parting(separator: string): Parting {
    if (separator === ' ') return { kind: 'blank' };
    if (separator === '') return { kind: 'each' };
    if (separator.length === 1) return { kind: 'character', character: separator };
    return { kind: 'expression', expression: this.pattern(separator) };
  }

  #separator(): Separator {
    const separator = this.text(this.variables.get('RS'));
    if (separator === '') return { kind: 'paragraph' };
    return separator.length === 1
      ? { kind: 'character', character: separator }
      : { kind: 'expression', expression: this.pattern(separator) };
  }

  whole(): Scalar {
    return this.record.whole((value) => this.text(value));
  }

  read(reader: RecordReader): Reading<string | null> {
    return reader.next(this.#separator());
  }

  /** The next record of the files that are named, counted; null at the end. Throws `AwkFault` for one that cannot be read. */
  *nextRecord(): Reading<string | null> {
    for (;;) {
      this.#reader ??= this.#nextFile();
      if (this.#reader === null) return null;
      const record = yield* this.read(this.#reader);
      if (record !== null) {
        this.count('NR');
        this.count('FNR');
        return record;
      }
      this.skipFile();
    }
  }

  /** What is left of the file is passed over. */
  skipFile(): void {
    this.#reader = null;
  }

  count(name: 'NR' | 'FNR'): void {
    this.variables.set(name, numberOf(this.variables.get(name)) + 1);
  }

  /** `name=value` before a file. */
  assign(word: string): boolean {
    const match = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word);
    if (match === null) return false;
    const [, name = '', value = ''] = match;
    if (name === 'FS') this.record.keepParting();
    this.variables.set(name, fromOutside(unescapeText(value)));
    return true;
  }

  #nextFile(): RecordReader | null {
    const count = Math.min(100_000, numberOf(this.variables.get('ARGC')));
    const words = this.variables.array('ARGV');
    for (; this.#operand < count; this.#operand += 1) {
      this.budget.spend(1);
      const word = this.text(words.get(String(this.#operand)));
      if (word === '' || this.assign(word)) continue;
      this.#operand += 1;
      this.#began = true;
      return this.#opened(word);
    }
    if (this.#began) return null;
    this.#began = true;
    return this.#opened('-');
  }

  #opened(name: string): RecordReader {
    this.variables.set('FILENAME', name);
    this.variables.set('FNR', 0);
    try {
      return this.streams.operand(name);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      throw new AwkFault(
        error.code === 'EISDIR' ? `read error (${error.message})` : `cannot open ${name} (${error.message})`,
        true,
      );
    }
  }
}
