/** A condition on one field: what a rule's `match` says of it, made into a test. */

import { RE2JS, RE2JSException } from 're2js';
import { parseAddress, parseNetwork } from '../../core/address.ts';
import { NetworkTable } from '../../core/network-table.ts';
import { nearest } from '../../wire/nearest.ts';
import type { Field } from './fields.ts';
import type { FieldValue } from './rule.ts';

export type Test = (value: FieldValue) => boolean;

export type FaultPath = readonly (string | number)[];
export type Report = (path: FaultPath, what: string) => void;

/** A pattern sees no more of a text: its time grows with the text, and a visitor chooses how long that is. */
const patternSees = 8_192;
const longestPattern = 1_024;
/** Instructions of all patterns of one condition: what one character of a text may cost. */
const largestPattern = 500;

const never: Test = () => false;

const operators = {
  text: ['is', 'starts', 'ends', 'contains', 'matches', 'ignoreCase', 'not'],
  number: ['is', 'above', 'below', 'atLeast', 'atMost', 'not'],
  address: ['is', 'not'],
  flag: ['is', 'not'],
} as const;

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 80) ?? String(value);

/** Some of a field's texts passes; a field that is not there passes nothing. */
const ofTexts =
  (test: (text: string) => boolean): Test =>
  (value) =>
    typeof value === 'string' ? test(value) : Array.isArray(value) ? value.some((text) => test(text)) : false;

class ConditionReader {
  readonly #field: Field;
  readonly #report: Report;

  constructor(field: Field, report: Report) {
    this.#field = field;
    this.#report = report;
  }

  read(value: unknown, path: FaultPath): Test {
    if (Array.isArray(value) || typeof value !== 'object') return this.#equal(value, path, false);
    if (value === null) return this.#refuse(path, 'is empty; write a value, a list or { not: … }');
    return this.#all(value, path);
  }

  #refuse(path: FaultPath, what: string): Test {
    this.#report(path, what);
    return never;
  }

  #all(value: object, path: FaultPath): Test {
    const { type } = this.#field;
    const known: readonly string[] = operators[type];
    const entries = Object.entries(value);
    const ignoreCase: unknown = Reflect.get(value, 'ignoreCase');
    if (ignoreCase !== undefined && typeof ignoreCase !== 'boolean')
      return this.#refuse([...path, 'ignoreCase'], `is ${shown(ignoreCase)}; write true or false`);
    const tests: Test[] = [];
    for (const [name, operand] of entries) {
      if (name === 'ignoreCase') continue;
      if (!known.includes(name)) {
        const near = nearest(name, known);
        const mend =
          near === null ? `${this.#field.name} knows ${known.join(', ')}` : `did you mean ${near}?`;
        return this.#refuse([...path, name], `is no known condition; ${mend}`);
      }
      tests.push(this.#one(name, operand, [...path, name], ignoreCase === true));
    }
    if (tests.length === 0) return this.#refuse(path, 'says nothing; write a value, a list or a condition');
    return (held) => tests.every((test) => test(held));
  }

  #one(name: string, operand: unknown, path: FaultPath, ignoreCase: boolean): Test {
    if (name === 'not') {
      const test = this.read(operand, path);
      return (value) => !test(value);
    }
    if (name === 'is') return this.#equal(operand, path, ignoreCase);
    if (this.#field.type === 'number') return this.#compared(name, operand, path);
    return this.#texts(name, operand, path, ignoreCase);
  }

  #compared(name: string, operand: unknown, path: FaultPath): Test {
    if (typeof operand !== 'number') return this.#refuse(path, `is ${shown(operand)}; write a number`);
    const test = (value: FieldValue, holds: (value: number) => boolean): boolean =>
      typeof value === 'number' && holds(value);
    if (name === 'above') return (value) => test(value, (held) => held > operand);
    if (name === 'below') return (value) => test(value, (held) => held < operand);
    if (name === 'atLeast') return (value) => test(value, (held) => held >= operand);
    return (value) => test(value, (held) => held <= operand);
  }

  #texts(name: string, operand: unknown, path: FaultPath, ignoreCase: boolean): Test {
    const list: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
    const texts = list.filter((text) => typeof text === 'string');
    if (texts.length < list.length || texts.length === 0 || texts.includes('')) {
      return this.#refuse(path, `is ${shown(operand)}; write a text in quotes, or a list of such`);
    }
    if (name === 'matches') return this.#pattern(texts, path, ignoreCase);
    const wanted = ignoreCase ? texts.map((text) => text.toLowerCase()) : texts;
    const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
    if (name === 'starts') return ofTexts((held) => wanted.some((text) => fold(held).startsWith(text)));
    if (name === 'ends') return ofTexts((held) => wanted.some((text) => fold(held).endsWith(text)));
    return ofTexts((held) => wanted.some((text) => fold(held).includes(text)));
  }

  #pattern(texts: readonly string[], path: FaultPath, ignoreCase: boolean): Test {
    const patterns: RE2JS[] = [];
    let size = 0;
    for (const text of texts) {
      if (text.length > longestPattern)
        return this.#refuse(path, `is longer than ${longestPattern} characters; shorten it`);
      try {
        const pattern = RE2JS.compile(text, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
        size += pattern.programSize();
        patterns.push(pattern);
      } catch (error) {
        const why = error instanceof RE2JSException ? error.message : String(error);
        return this.#refuse(
          path,
          `is no regular expression of RE2 (${why.slice(0, 120)}); those know no look-around and no back-references`,
        );
      }
    }
    if (size > largestPattern) {
      return this.#refuse(
        path,
        `comes to ${size} steps where ${largestPattern} are allowed; write smaller repetitions, or fewer patterns`,
      );
    }
    return ofTexts((held) => {
      const seen = held.length > patternSees ? held.slice(0, patternSees) : held;
      return patterns.some((pattern) => pattern.test(seen));
    });
  }

  #equal(value: unknown, path: FaultPath, ignoreCase: boolean): Test {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (list.length === 0) return this.#refuse(path, 'is an empty list; name at least one value');
    const { type } = this.#field;
    if (type === 'address') return this.#within(list, path);
    if (type === 'text') return this.#named(list, path, ignoreCase);
    return type === 'number'
      ? this.#among(list, path, 'number', 'write a number, or a list of numbers')
      : this.#among(list, path, 'boolean', 'write true or false');
  }

  #among(list: readonly unknown[], path: FaultPath, type: 'number' | 'boolean', mend: string): Test {
    const wrong = list.find((value) => typeof value !== type);
    if (wrong !== undefined) return this.#refuse(path, `is ${shown(wrong)}; ${mend}`);
    const values = new Set(list);
    return (value) => values.has(value);
  }

  #named(list: readonly unknown[], path: FaultPath, ignoreCase: boolean): Test {
    const { values } = this.#field;
    const texts: string[] = [];
    for (const value of list) {
      if (typeof value !== 'string')
        return this.#refuse(path, `is ${shown(value)}, and ${this.#field.name} is text; put it in quotes`);
      if (values !== null && !values.includes(value)) {
        const near = nearest(value, values);
        const mend = near === null ? `one of ${values.join(', ')}` : `did you mean ${near}?`;
        return this.#refuse(path, `is ${shown(value)}, which ${this.#field.name} never is; ${mend}`);
      }
      texts.push(ignoreCase ? value.toLowerCase() : value);
    }
    const wanted = new Set(texts);
    return ofTexts((held) => wanted.has(ignoreCase ? held.toLowerCase() : held));
  }

  #within(list: readonly unknown[], path: FaultPath): Test {
    const table = new NetworkTable<true>();
    for (const value of list) {
      const network = typeof value === 'string' ? parseNetwork(value) : null;
      if (network === null)
        return this.#refuse(path, `is ${shown(value)}; write an address or a network such as 192.0.2.0/24`);
      table.set(network, true);
    }
    return ofTexts((held) => {
      const address = parseAddress(held);
      return address !== null && table.lookup(address) !== null;
    });
  }
}

/** A test of the field's values. What is wrong is reported, and the test then passes nothing. */
export function readCondition(field: Field, value: unknown, path: FaultPath, report: Report): Test {
  return new ConditionReader(field, report).read(value, path);
}
