import type { Reading, Run } from '../../stream.ts';
import { Evaluator } from './evaluator.ts';
import { AwkFault } from './fault.ts';
import { formatText } from './format.ts';
import { orderedKeys } from './key-order.ts';
import type { Machine } from './machine.ts';
import { storeAt } from './places.ts';
import type { Program, Rule, Statement, UserFunction } from './syntax.ts';
import { fromOutside, type Scalar } from './value.ts';
import type { Cell } from './variables.ts';

/** How a statement ends: on to the next one, or out of what it stands in. */
type Flow = 'on' | 'break' | 'continue' | 'next' | 'nextfile' | 'exit' | 'return';

/** Runs a program's rules. */
export class Interpreter {
  readonly #machine: Machine;
  readonly #program: Program;
  readonly #evaluator: Evaluator;
  /** Ranges that have begun. */
  readonly #open = new Set<Rule>();
  #status = 0;
  #returned: Scalar = undefined;

  constructor(machine: Machine, program: Program) {
    this.#machine = machine;
    this.#program = program;
    this.#evaluator = new Evaluator(machine, program.functions, (called, frame) => this.#call(called, frame));
  }

  /** The exit status. Throws `AwkFault`, `Exhausted`, `BrokenPipe`. */
  *run(): Run {
    const { rules } = this.#program;
    let flow = yield* this.#all('BEGIN');
    if (flow !== 'exit' && rules.some(({ when }) => when !== 'BEGIN')) flow = yield* this.#records();
    yield* this.#all('END');
    yield* this.#machine.streams.end();
    return this.#status & 255;
  }

  *#all(when: 'BEGIN' | 'END'): Reading<Flow> {
    for (const rule of this.#program.rules)
      if (rule.when === when && rule.action !== null) {
        const flow = yield* this.#statement(rule.action);
        if (flow === 'exit') return flow;
      }
    return 'on';
  }

  *#records(): Reading<Flow> {
    const rules = this.#program.rules.filter(({ when }) => when === 'record');
    for (;;) {
      if (this.#evaluator.tick()) yield;
      const record = yield* this.#machine.nextRecord();
      if (record === null) return 'on';
      this.#machine.record.replace(record);
      for (const rule of rules) {
        if (!(yield* this.#selects(rule))) continue;
        const flow = yield* rule.action === null ? this.#print() : this.#statement(rule.action);
        if (flow === 'exit') return flow;
        if (flow === 'nextfile') this.#machine.skipFile();
        if (flow === 'next' || flow === 'nextfile') break;
      }
    }
  }

  *#selects(rule: Rule): Reading<boolean> {
    const [first, last] = rule.patterns;
    if (first === undefined) return true;
    if (last === undefined) return yield* this.#evaluator.truth(first);
    if (!this.#open.has(rule) && !(yield* this.#evaluator.truth(first))) return false;
    this.#open.add(rule);
    if (yield* this.#evaluator.truth(last)) this.#open.delete(rule);
    return true;
  }

  // oxlint-disable-next-line require-yield -- the same shape as what a rule does otherwise
  *#print(): Reading<Flow> {
    const machine = this.#machine;
    machine.streams.write(machine.text(machine.whole()) + machine.text(machine.variables.get('ORS')));
    return 'on';
  }

  *#call(called: UserFunction, frame: ReadonlyMap<string, Cell>): Reading<Scalar> {
    this.#machine.variables.enter(frame);
    try {
      this.#returned = undefined;
      const flow = yield* this.#statement(called.body);
      const value = flow === 'return' ? this.#returned : undefined;
      this.#returned = undefined;
      if (flow === 'exit' || flow === 'next' || flow === 'nextfile') throw new Left(flow);
      return value;
    } finally {
      this.#machine.variables.leave();
    }
  }

  *#statement(statement: Statement): Reading<Flow> {
    try {
      return yield* this.#execute(statement);
    } catch (error) {
      if (error instanceof Left) return error.flow;
      throw error;
    }
  }

  #execute(statement: Statement): Reading<Flow> {
    return this.#evaluator.deeper(this.#executed(statement));
  }

  *#executed(statement: Statement): Reading<Flow> {
    const evaluator = this.#evaluator;
    if (evaluator.tick()) yield;
    switch (statement.kind) {
      case 'block':
        for (const one of statement.body) {
          const flow = yield* this.#execute(one);
          if (flow !== 'on') return flow;
        }
        return 'on';
      case 'expression':
        yield* evaluator.value(statement.value);
        return 'on';
      case 'print':
        yield* this.#printed(statement);
        return 'on';
      case 'if':
        if (yield* evaluator.truth(statement.test)) return yield* this.#execute(statement.yes);
        return statement.no === null ? 'on' : yield* this.#execute(statement.no);
      case 'do':
      case 'for':
        return yield* this.#loop(statement);
      case 'each':
        return yield* this.#each(statement);
      case 'delete': {
        const array = this.#machine.variables.array(statement.name);
        if (statement.keys === null) this.#machine.variables.clear(array);
        else this.#machine.variables.remove(array, yield* evaluator.key(statement.keys));
        return 'on';
      }
      case 'exit':
        if (statement.value !== null) this.#status = Math.trunc(yield* evaluator.number(statement.value));
        return 'exit';
      case 'return':
        this.#returned = statement.value === null ? undefined : yield* evaluator.value(statement.value);
        return 'return';
      default:
        return statement.kind;
    }
  }

  *#loop(statement: Extract<Statement, { kind: 'for' | 'do' }>): Reading<Flow> {
    if (statement.kind === 'for' && statement.first !== null) yield* this.#execute(statement.first);
    let tested = statement.kind === 'do' || statement.test === null;
    for (;;) {
      if (!tested && statement.test !== null && !(yield* this.#evaluator.truth(statement.test))) return 'on';
      tested = false;
      const flow = yield* this.#execute(statement.body);
      if (flow === 'break') return 'on';
      if (flow !== 'on' && flow !== 'continue') return flow;
      if (statement.kind === 'for' && statement.next !== null) yield* this.#execute(statement.next);
    }
  }

  *#each(statement: Extract<Statement, { kind: 'each' }>): Reading<Flow> {
    const array = this.#machine.variables.array(statement.name);
    this.#machine.budget.spend(array.size);
    const keys = orderedKeys(array.keys());
    for (const key of keys) {
      if (this.#evaluator.tick()) yield;
      storeAt(this.#machine, yield* this.#evaluator.spot(statement.place), fromOutside(key));
      const flow = yield* this.#execute(statement.body);
      if (flow === 'break') return 'on';
      if (flow !== 'on' && flow !== 'continue') return flow;
    }
    return 'on';
  }

  *#printed(statement: Extract<Statement, { kind: 'print' }>): Reading<void> {
    const machine = this.#machine;
    const values = yield* this.#evaluator.values(statement.words);
    let text: string;
    if (statement.formatted)
      text = formatText(machine.text(values[0]), values.slice(1), (value) => machine.text(value), 'printf');
    else {
      const joint = machine.text(machine.variables.get('OFS'));
      const shown = values.length === 0 ? [machine.whole()] : values;
      // Together the values may be far larger than an output takes.
      let length = 0;
      const pieces: string[] = [];
      for (const value of shown) {
        const piece = machine.printed(value);
        length += piece.length + joint.length;
        machine.budget.spend(piece.length >> 8);
        if (length > 1 << 20) throw new AwkFault('output is too long');
        pieces.push(piece);
      }
      text = pieces.join(joint) + machine.text(machine.variables.get('ORS'));
    }
    const { target } = statement;
    if (target === null) machine.streams.write(text);
    else machine.streams.writeTo(target.how, yield* this.#evaluator.text(target.name), text);
  }
}

/** `exit` or `next` within a function: out of the expression that called it. */
class Left extends Error {
  readonly flow: 'exit' | 'next' | 'nextfile';

  constructor(flow: 'exit' | 'next' | 'nextfile') {
    super(flow);
    this.flow = flow;
  }
}
