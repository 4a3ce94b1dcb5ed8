import { type Budget, Exhausted } from '../../limits.ts';
import type { Reading } from '../../stream.ts';
import { AwkFault } from './fault.ts';
import { matchText, plainFunctions, splitInto, substitute } from './functions.ts';
import type { Machine } from './machine.ts';
import { storeAt, type Spot, valueAt } from './places.ts';
import type { RecordReader } from './record-reader.ts';
import type { Arithmetic, Expression, Place, UserFunction } from './syntax.ts';
import { compareValues, fromOutside, numberOf, type Scalar, truthOf } from './value.ts';
import type { Cell } from './variables.ts';

/** Values and statements within each other, over all calls that are under way. */
const deepest = 500;
/** How deep all programs of one visitor are together: one may start the next. */
const nestings = new WeakMap<Budget, { depth: number }>();
/** Evaluated expressions that cost one unit of work. */
const stepsPerUnit = 8;
/** Characters of one value. */
const longestValue = 1 << 20;

function calculate(operator: Arithmetic, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    default:
      return left ** right;
  }
}

/** Works out expressions. Calls of the program's functions are made by who runs statements. */
export class Evaluator {
  readonly machine: Machine;
  readonly #call: (called: UserFunction, frame: ReadonlyMap<string, Cell>) => Reading<Scalar>;
  readonly #functions: ReadonlyMap<string, UserFunction>;
  readonly #nesting: { depth: number };
  #steps = 0;

  constructor(
    machine: Machine,
    functions: ReadonlyMap<string, UserFunction>,
    call: (called: UserFunction, frame: ReadonlyMap<string, Cell>) => Reading<Scalar>,
  ) {
    this.machine = machine;
    const known = nestings.get(machine.budget) ?? { depth: 0 };
    nestings.set(machine.budget, known);
    this.#nesting = known;
    this.#functions = functions;
    this.#call = call;
  }

  /** Counts one step; true where others are to have their turn. Throws `Exhausted`. */
  tick(): boolean {
    this.#steps += 1;
    if (this.#steps < stepsPerUnit) return false;
    this.#steps = 0;
    this.machine.budget.spend(1);
    return this.machine.budget.takeTurn();
  }

  /** Runs something that may hold its like. Throws `Exhausted`. */
  *deeper<Value>(run: Reading<Value>): Reading<Value> {
    if (this.#nesting.depth >= deepest) throw new Exhausted();
    this.#nesting.depth += 1;
    try {
      return yield* run;
    } finally {
      this.#nesting.depth -= 1;
    }
  }

  *value(expression: Expression): Reading<Scalar> {
    if (this.tick()) yield;
    if (this.#nesting.depth >= deepest) throw new Exhausted();
    this.#nesting.depth += 1;
    try {
      return yield* this.#evaluate(expression);
    } finally {
      this.#nesting.depth -= 1;
    }
  }

  *text(expression: Expression): Reading<string> {
    return this.machine.text(yield* this.value(expression));
  }

  *number(expression: Expression): Reading<number> {
    return numberOf(yield* this.value(expression));
  }

  *truth(expression: Expression): Reading<boolean> {
    return truthOf(yield* this.value(expression));
  }

  *values(expressions: readonly Expression[]): Reading<Scalar[]> {
    const values: Scalar[] = [];
    for (const expression of expressions) values.push(yield* this.value(expression));
    return values;
  }

  *key(keys: readonly Expression[]): Reading<string> {
    const texts: string[] = [];
    for (const key of keys) texts.push(yield* this.text(key));
    const key = texts.join(texts.length > 1 ? this.machine.text(this.machine.variables.get('SUBSEP')) : '');
    return this.#bounded(key);
  }

  *#evaluate(expression: Expression): Reading<Scalar> {
    switch (expression.kind) {
      case 'number':
      case 'string':
        return expression.value;
      case 'pattern':
        return Number(this.machine.matches(expression.source, this.machine.text(this.machine.whole())));
      case 'variable':
      case 'element':
      case 'field':
        return valueAt(this.machine, yield* this.spot(expression));
      case 'list':
        return yield* this.key(expression.items);
      case 'assign':
        return yield* this.#assign(expression);
      case 'step': {
        const spot = yield* this.spot(expression.place);
        const before = numberOf(valueAt(this.machine, spot));
        storeAt(this.machine, spot, before + expression.by);
        return expression.after ? before : before + expression.by;
      }
      case 'choice':
        return yield* this.value((yield* this.truth(expression.test)) ? expression.yes : expression.no);
      case 'or':
        return Number((yield* this.truth(expression.left)) || (yield* this.truth(expression.right)));
      case 'and':
        return Number((yield* this.truth(expression.left)) && (yield* this.truth(expression.right)));
      case 'concatenation': {
        const left = yield* this.text(expression.left);
        return this.#bounded(left + (yield* this.text(expression.right)));
      }
      case 'not':
        return Number(!(yield* this.truth(expression.operand)));
      case 'minus':
        return -(yield* this.number(expression.operand));
      case 'plus':
        return yield* this.number(expression.operand);
      case 'arithmetic': {
        const left = yield* this.number(expression.left);
        return calculate(expression.operator, left, yield* this.number(expression.right));
      }
      case 'comparison':
        return yield* this.#compare(expression);
      case 'matches': {
        const text = yield* this.text(expression.left);
        return Number(
          this.machine.matches(yield* this.#patternOf(expression.right), text) !== expression.negated,
        );
      }
      case 'in': {
        const key = yield* this.key(expression.keys);
        return Number(this.machine.variables.array(expression.name).has(key));
      }
      case 'built-in':
        return yield* this.#builtIn(expression.name, expression.words);
      case 'call':
        return yield* this.#callOwn(expression.name, expression.words);
      default:
        return yield* this.#getline(expression);
    }
  }

  *spot(place: Place): Reading<Spot> {
    switch (place.kind) {
      case 'variable':
        return place;
      case 'element': {
        const key = yield* this.key(place.keys);
        return { kind: 'element', array: this.machine.variables.array(place.name), key };
      }
      default:
        return { kind: 'field', index: yield* this.number(place.index) };
    }
  }

  #bounded(text: string): string {
    this.machine.budget.spend(text.length >> 8);
    if (text.length > longestValue) throw new Exhausted();
    return text;
  }

  *#assign(expression: Extract<Expression, { kind: 'assign' }>): Reading<Scalar> {
    const { operator, place } = expression;
    // The right side first: it may change what the index of the left one is made of.
    const given = yield* this.value(expression.value);
    const spot = yield* this.spot(place);
    const value =
      operator === null ? given : calculate(operator, numberOf(valueAt(this.machine, spot)), numberOf(given));
    storeAt(this.machine, spot, value);
    return value;
  }

  *#compare(expression: Extract<Expression, { kind: 'comparison' }>): Reading<number> {
    const left = yield* this.value(expression.left);
    const right = yield* this.value(expression.right);
    const order = compareValues(left, right, (value) => this.machine.text(value));
    switch (expression.operator) {
      case '<':
        return Number(order < 0);
      case '<=':
        return Number(order <= 0);
      case '==':
        return Number(order === 0);
      case '!=':
        return Number(order !== 0);
      case '>':
        return Number(order > 0);
      default:
        return Number(order >= 0);
    }
  }

  /** An expression in slashes is meant as it stands; of any other the text is one. */
  *#patternOf(expression: Expression): Reading<string> {
    return expression.kind === 'pattern' ? expression.source : yield* this.text(expression);
  }

  *#builtIn(name: string, words: readonly Expression[]): Reading<Scalar> {
    const { machine } = this;
    const plain = Object.hasOwn(plainFunctions, name) ? plainFunctions[name] : undefined;
    if (plain !== undefined) {
      const result = plain(machine, yield* this.values(words));
      return typeof result === 'string' ? this.#bounded(result) : result;
    }
    const [first, second, third] = words;
    switch (name) {
      case 'length': {
        if (first?.kind === 'variable') {
          const { value } = machine.variables.cell(first.name);
          if (value instanceof Map) return value.size;
        }
        return first === undefined ? machine.text(machine.whole()).length : (yield* this.text(first)).length;
      }
      case 'split': {
        if (first === undefined || second?.kind !== 'variable') return 0;
        const text = yield* this.text(first);
        const separator =
          third === undefined ? machine.text(machine.variables.get('FS')) : yield* this.#patternOf(third);
        return splitInto(machine, text, machine.variables.array(second.name), separator);
      }
      case 'match': {
        if (first === undefined || second === undefined) return 0;
        const text = yield* this.text(first);
        return matchText(machine, text, yield* this.#patternOf(second));
      }
      case 'sub':
      case 'gsub':
        return yield* this.#substitute(name === 'gsub', words);
      case 'system':
        return first === undefined ? 0 : yield* machine.streams.system(yield* this.text(first));
      case 'close':
        return first === undefined ? -1 : yield* machine.streams.close(yield* this.text(first));
      case 'fflush': {
        const target = first === undefined ? '' : yield* this.text(first);
        machine.streams.flush();
        return target === '' || machine.streams.isWriter(target) ? 0 : -1;
      }
      default:
        throw new AwkFault(`function ${name} not available`);
    }
  }

  *#substitute(all: boolean, [pattern, replacement, target]: readonly Expression[]): Reading<number> {
    if (pattern === undefined || replacement === undefined) return 0;
    const { machine } = this;
    const source = yield* this.#patternOf(pattern);
    const by = yield* this.text(replacement);
    const spot: Spot =
      target?.kind === 'variable' || target?.kind === 'element' || target?.kind === 'field'
        ? yield* this.spot(target)
        : { kind: 'field', index: 0 };
    const { text, count } = substitute(machine, machine.text(valueAt(machine, spot)), source, by, all);
    if (count > 0) storeAt(machine, spot, text);
    return count;
  }

  *#callOwn(name: string, words: readonly Expression[]): Reading<Scalar> {
    const called = this.#functions.get(name);
    if (called === undefined) throw new AwkFault(`function ${name} never defined`);
    if (words.length > called.parameters.length) throw new AwkFault(`too many arguments in call to ${name}`);
    const frame = new Map<string, Cell>();
    for (const [index, parameter] of called.parameters.entries()) {
      const word = words[index];
      if (word?.kind === 'variable' && word.name !== 'NF') {
        const cell = this.machine.variables.cell(word.name);
        // What has no value yet may become an array there, and is then one here as well.
        frame.set(parameter, { value: cell.value, origin: cell.value === undefined ? cell : null });
        if (cell.value instanceof Map) frame.set(parameter, { value: cell.value, origin: cell });
      } else
        frame.set(parameter, {
          value: word === undefined ? undefined : yield* this.value(word),
          origin: null,
        });
    }
    return yield* this.#call(called, frame);
  }

  *#getline(expression: Extract<Expression, { kind: 'getline' }>): Reading<number> {
    const { machine } = this;
    const { from, source, place } = expression;
    let record: string | null;
    if (from === 'main' || source === null) {
      record = yield* machine.nextRecord();
    } else {
      const name = yield* this.text(source);
      const reader: RecordReader | null =
        from === 'file' ? machine.streams.file(name) : yield* machine.streams.command(name);
      if (reader === null) return -1;
      record = yield* machine.read(reader);
    }
    if (record === null) return 0;
    if (place === null) machine.record.replace(record);
    else storeAt(machine, yield* this.spot(place), fromOutside(record));
    return 1;
  }
}
