import type { Budget } from '../../limits.ts';
import { compileExpression } from '../../regular-expression.ts';
import { Cursor } from './cursor.ts';
import { plainExpression, plainText } from './escapes.ts';
import { expressionFault } from './expression-fault.ts';
import { readReplacement } from './replacement.ts';
import {
  ScriptFault,
  type Address,
  type Pattern,
  type Script,
  type Source,
  type Step,
  type Substitution,
} from './script.ts';

/** Commands of a script, and characters of all its parts. */
const mostSteps = 2_000;
const longestScript = 262_144;
const parsedPerUnit = 16;

export interface ScriptOptions {
  readonly extended: boolean;
  readonly busybox: boolean;
}

/** Reads the parts of a script in their order. Throws `ScriptFault`, `Exhausted`. */
export function readScript(sources: readonly Source[], options: ScriptOptions, budget: Budget): Script {
  return new Parser(options, budget).read(sources);
}

class Parser {
  readonly #options: ScriptOptions;
  readonly #budget: Budget;
  readonly #steps: Step[] = [];
  /** Places of the `{` that are open. */
  readonly #open: { readonly index: number; readonly fault: ScriptFault }[] = [];
  /** The text of a command that ended its part with a backslash: the next part is its text. */
  #pending: Step | null = null;
  #cursor: Cursor = new Cursor({ text: '', file: null }, 1, false);

  constructor(options: ScriptOptions, budget: Budget) {
    this.#options = options;
    this.#budget = budget;
  }

  read(sources: readonly Source[]): Script {
    let expressions = 0;
    let length = 0;
    let quiet = false;
    for (const [index, source] of sources.entries()) {
      if (source.file === null) expressions += 1;
      length += source.text.length;
      this.#budget.spend(1 + Math.floor(source.text.length / parsedPerUnit));
      this.#cursor = new Cursor(source, expressions, this.#options.busybox);
      if (length > longestScript) throw this.#cursor.fault('script too long');
      if (index === 0 && /^#n(?:\n|$)/.test(source.text)) quiet = true;
      if (this.#pending !== null) {
        this.#pending.text = this.#takeText();
        this.#pending = null;
      }
      while (this.#command());
    }
    const unmatched = this.#open.at(-1);
    if (unmatched !== undefined && !this.#options.busybox) throw unmatched.fault;
    this.#link();
    return { steps: this.#steps, quiet };
  }

  /** False at the end of the part. */
  #command(): boolean {
    const cursor = this.#cursor;
    while (!cursor.ended && ' \t\n\r\f\v;'.includes(cursor.peek())) cursor.take();
    if (cursor.ended) return false;
    if (cursor.peek() === '#') {
      cursor.takeLine();
      return true;
    }
    if (this.#steps.length >= mostSteps) throw cursor.fault('memory exhausted');
    const from = this.#address();
    let to: Address | null = null;
    if (from?.is === 'after' || from?.is === 'multiple')
      throw cursor.fault('invalid usage of +N or ~N as first address');
    let letter = cursor.takeDark();
    if (from !== null && letter === ',') {
      cursor.giveBack(cursor.takeDark());
      to = this.#address();
      if (to === null) {
        cursor.takeDark();
        throw cursor.fault("unexpected `,'", 'no address after comma');
      }
      letter = cursor.takeDark();
    }
    if (from?.is === 'line' && from.line === 0 && to?.is !== 'match' && !this.#options.busybox)
      throw cursor.fault('invalid usage of line address 0');
    const negated = letter === '!';
    if (negated) {
      letter = cursor.takeDark();
      if (letter === '!') throw cursor.fault("multiple `!'s", 'unsupported command !');
    }
    if (letter === '') throw cursor.fault('missing command');
    this.#add({ from, to, negated }, letter);
    return true;
  }

  #address(): Address | null {
    const cursor = this.#cursor;
    const character = cursor.peek();
    if (character === '/' || character === '\\') {
      cursor.take();
      const delimiter = character === '/' ? '/' : cursor.take();
      const source = delimiter === '' ? null : cursor.takeDelimited(delimiter, true);
      if (source === null) throw cursor.fault('unterminated address regex', `unmatched '${delimiter}'`);
      let flags = '';
      while (cursor.peek() !== '' && 'IM'.includes(cursor.peek())) flags += cursor.take();
      return {
        is: 'match',
        pattern: this.#pattern(source, flags.includes('I'), flags.includes('M'), flags !== ''),
      };
    }
    if (character === '$') {
      cursor.take();
      return { is: 'last' };
    }
    if (character === '+' || character === '~') {
      cursor.take();
      const count = cursor.takeNumber();
      if (count === null && this.#options.busybox) throw cursor.fault('', `unsupported command ${character}`);
      return character === '+' ? { is: 'after', count: count ?? 0 } : { is: 'multiple', of: count ?? 0 };
    }
    const line = cursor.takeNumber();
    if (line === null) return null;
    const next = cursor.takeDark();
    if (next !== '~' || this.#options.busybox) {
      cursor.giveBack(next);
      return { is: 'line', line };
    }
    cursor.giveBack(cursor.takeDark());
    const step = cursor.takeNumber() ?? 0;
    return step === 0 ? { is: 'line', line } : { is: 'step', first: line, step };
  }

  #pattern(source: string, ignoreCase: boolean, multiline: boolean, flagged: boolean): Pattern {
    const cursor = this.#cursor;
    const { extended } = this.#options;
    if (source === '') {
      if (flagged && !this.#options.busybox) throw cursor.fault('cannot specify modifiers on empty regexp');
      return { expression: null };
    }
    const plain = plainExpression(source);
    const fault = expressionFault(plain, extended);
    if (fault !== null) throw cursor.fault(fault, `bad regex '${source}': ${fault}`);
    const expression = compileExpression(plain, { extended, ignoreCase, multiline }, this.#budget);
    // What no linear matcher has, or one that is too large, matches nothing.
    return { expression: expression ?? { find: () => null } };
  }

  #add(place: Pick<Step, 'from' | 'to' | 'negated'>, letter: string): void {
    const cursor = this.#cursor;
    const step = { ...place, letter, text: '', number: -1, substitution: null, letters: null, target: -1 };
    const add = (more: Partial<Step> = {}): Step => {
      const added: Step = { ...step, ...more };
      this.#steps.push(added);
      return added;
    };
    if (place.to !== null && 'qQ'.includes(letter))
      throw cursor.fault('command only uses one address', 'command only uses one address');
    if (letter === '{') {
      this.#open.push({ index: this.#steps.length, fault: cursor.fault("unmatched `{'", undefined, 0) });
      add();
    } else if (letter === '}') this.#close(place.from !== null);
    else if (letter === ':') {
      if (place.from !== null) throw cursor.fault(": doesn't want any addresses");
      const text = cursor.takeLabel();
      if (text === '' && !this.#options.busybox) throw cursor.fault('":" lacks a label');
      add({ text });
    } else if (letter !== '' && 'btT'.includes(letter)) {
      const text = cursor.takeLabel();
      add({ text });
    } else if ('aic'.includes(letter)) this.#text(add);
    else if ('rRwW'.includes(letter)) {
      cursor.giveBack(cursor.takeDark());
      add({ text: this.#fileName() });
    } else if (letter === 'e' && !this.#options.busybox) {
      cursor.giveBack(cursor.takeDark());
      add({ text: cursor.takeLine() });
    } else if (letter === 'v' && !this.#options.busybox) {
      const version = cursor.takeLabel();
      if (Number.parseFloat(version) >= 5) throw cursor.fault('expected newer version of sed');
      cursor.endCommand();
    } else if (letter === 's') this.#substitution((substitution) => add({ substitution }));
    else if (letter === 'y') add({ letters: this.#letters() });
    else if ('qQlL'.includes(letter) && letter !== 'L') {
      cursor.giveBack(cursor.takeDark());
      const number = cursor.takeNumber() ?? -1;
      cursor.endCommand();
      add({ number });
    } else if ('=dDgGhHnNpPx'.includes(letter) || ('Fz'.includes(letter) && !this.#options.busybox)) {
      cursor.endCommand();
      add();
    } else throw cursor.fault(`unknown command: \`${letter}'`, `unsupported command ${letter}`);
  }

  #close(addressed: boolean): void {
    const cursor = this.#cursor;
    const opening = this.#steps[this.#open.pop()?.index ?? -1];
    if (opening === undefined) {
      if (this.#options.busybox) return;
      throw cursor.fault("unexpected `}'");
    }
    if (addressed) throw cursor.fault("`}' doesn't want any addresses");
    opening.target = this.#steps.length;
    cursor.endCommand();
  }

  #text(add: (more: Partial<Step>) => Step): void {
    const cursor = this.#cursor;
    const character = cursor.takeDark();
    if (character === '' && !this.#options.busybox) throw cursor.fault("expected \\ after `a', `c' or `i'");
    if (character !== '\\') cursor.giveBack(character);
    else if (/^[ \t]*(?:\n|$)/.test(cursor.text.slice(cursor.index, cursor.index + 256))) {
      cursor.takeLine();
      if (cursor.ended) {
        this.#pending = add({});
        return;
      }
    }
    add({ text: this.#takeText() });
  }

  /** Text up to a line end that no backslash precedes, with a line end. */
  #takeText(): string {
    let text = '';
    for (;;) {
      const line = this.#cursor.takeLine();
      const continues = (/\\*$/.exec(line)?.[0].length ?? 0) % 2 === 1;
      text += line;
      if (!continues) break;
      if (this.#cursor.ended) {
        text = text.slice(0, -1);
        break;
      }
      text += '\n';
    }
    return `${plainText(text)}\n`;
  }

  #fileName(): string {
    const name = this.#cursor.takeLine();
    if (name === '') throw this.#cursor.fault('missing filename in r/R/w/W commands', 'empty filename');
    return name;
  }

  #substitution(add: (substitution: Substitution) => Step): void {
    const cursor = this.#cursor;
    const delimiter = cursor.take();
    const unmatched = (): ScriptFault => cursor.fault("unterminated `s' command", `unmatched '${delimiter}'`);
    if (delimiter === '' || delimiter === '\n' || delimiter === '\\') throw unmatched();
    const source = cursor.takeDelimited(delimiter, true);
    const right = source === null ? null : cursor.takeDelimited(delimiter, false);
    if (source === null || right === null) throw unmatched();
    const flags = this.#flags();
    const pattern = this.#pattern(
      source,
      flags.ignoreCase,
      flags.multiline,
      flags.ignoreCase || flags.multiline,
    );
    const pieces = readReplacement(right);
    const groups = (source.match(this.#options.extended ? /\\.|\(/g : /\\./g) ?? []).filter(
      (piece) => piece === (this.#options.extended ? '(' : '\\('),
    ).length;
    const beyond = pieces.find((piece) => piece.is === 'group' && piece.group > groups);
    if (beyond?.is === 'group' && source !== '' && !this.#options.busybox)
      throw cursor.fault(`invalid reference \\${beyond.group} on \`s' command's RHS`);
    add({ pattern, pieces, ...flags });
  }

  #flags(): Omit<Substitution, 'pattern' | 'pieces'> & { ignoreCase: boolean; multiline: boolean } {
    const cursor = this.#cursor;
    const { busybox } = this.#options;
    const seen = new Set<string>();
    let nth = 0;
    let file: string | null = null;
    for (;;) {
      const flag = cursor.take();
      if (flag === '}' || flag === '#') cursor.giveBack(flag);
      if (flag === '' || '}#\n;'.includes(flag)) break;
      if (flag === ' ' || flag === '\t' || flag === '\r') continue;
      if (flag === 'w') {
        cursor.giveBack(cursor.takeDark());
        file = this.#fileName();
        break;
      }
      if (/^\d$/.test(flag)) {
        cursor.giveBack(flag);
        const number = cursor.takeNumber() ?? 0;
        if (nth > 0) throw cursor.fault("multiple number options to `s' command");
        if (number === 0 && !busybox) throw cursor.fault("number option to `s' command may not be zero");
        nth = Math.max(1, number);
      } else if (!'iIgp'.includes(flag) && (busybox || !'mMe'.includes(flag)))
        throw cursor.fault("unknown option to `s'", 'bad option in substitution expression');
      else {
        if ('gp'.includes(flag) && seen.has(flag) && !busybox)
          throw cursor.fault(`multiple \`${flag}' options to \`s' command`);
        seen.add(flag);
      }
    }
    return {
      global: seen.has('g'),
      print: seen.has('p'),
      evaluate: seen.has('e'),
      nth: Math.max(1, nth),
      file,
      ignoreCase: seen.has('i') || seen.has('I'),
      multiline: seen.has('m') || seen.has('M'),
    };
  }

  #letters(): Map<string, string> {
    const cursor = this.#cursor;
    const delimiter = cursor.take();
    const from = delimiter === '' ? null : cursor.takeDelimited(delimiter, false);
    const to = from === null ? null : cursor.takeDelimited(delimiter, false);
    if (from === null || to === null)
      throw cursor.fault("unterminated `y' command", `unmatched '${delimiter}'`);
    const [left, right] = [plainLetters(from), plainLetters(to)];
    if (left.length !== right.length && !this.#options.busybox)
      throw cursor.fault("strings for `y' command are different lengths");
    const letters = new Map<string, string>();
    for (const [index, letter] of left.entries())
      if (!letters.has(letter)) letters.set(letter, right[index] ?? letter);
    cursor.endCommand();
    return letters;
  }

  /** Where each jump goes. */
  #link(): void {
    const labels = new Map<string, number>();
    for (const [index, { letter, text }] of this.#steps.entries())
      if (letter === ':' && !labels.has(text)) labels.set(text, index);
    for (const step of this.#steps) {
      if (step.letter === '{' && step.target < 0) step.target = this.#steps.length;
      if (!'btT'.includes(step.letter)) continue;
      const target = step.text === '' ? this.#steps.length : labels.get(step.text);
      if (target === undefined)
        throw new ScriptFault(
          this.#options.busybox
            ? `can't find label for jump to '${step.text}'`
            : `can't find label for jump to \`${step.text}'`,
          4,
        );
      step.target = target;
    }
  }
}

/** The characters of one side of a `y`. */
function plainLetters(text: string): string[] {
  const letters: string[] = [];
  for (let index = 0; index < text.length;) {
    const escape = /^\\(?:[\\nt])/.exec(text.slice(index, index + 2))?.[0];
    letters.push(
      escape === undefined ? text.charAt(index) : escape === '\\n' ? '\n' : escape === '\\t' ? '\t' : '\\',
    );
    index += escape?.length ?? 1;
  }
  return letters;
}
