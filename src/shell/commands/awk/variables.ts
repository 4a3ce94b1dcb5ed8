import { Exhausted } from '../../limits.ts';
import { AwkFault } from './fault.ts';
import { NumericText, numberText, type Scalar, sixDigits } from './value.ts';

export type AwkArray = Map<string, Scalar>;

/** A variable. One that was passed on before it had a value becomes an array together with where it came from. */
export interface Cell {
  value: Scalar | AwkArray;
  readonly origin: Cell | null;
}

/** Characters that all variables hold together; an entry counts as some dozens. */
const mostHeld = 8_388_608;
const entrySize = 48;

const sizeOf = (value: Scalar | AwkArray): number =>
  typeof value === 'string' ? value.length : value instanceof NumericText ? value.text.length : 0;

/** The variables of a program, and what they hold together. */
export class Variables {
  readonly #global = new Map<string, Cell>();
  readonly #frames: ReadonlyMap<string, Cell>[] = [];
  #held = 0;

  constructor() {
    for (const [name, value] of [
      ['FS', ' '],
      ['OFS', ' '],
      ['ORS', '\n'],
      ['RS', '\n'],
      ['SUBSEP', '\x1c'],
      ['CONVFMT', '%.6g'],
      ['OFMT', '%.6g'],
      ['FILENAME', ''],
      ['NR', 0],
      ['FNR', 0],
      ['RSTART', 0],
      ['RLENGTH', -1],
    ] as const)
      this.#global.set(name, { value, origin: null });
  }

  enter(frame: ReadonlyMap<string, Cell>): void {
    this.#frames.push(frame);
    this.#hold(frame.size * entrySize);
  }

  leave(): void {
    const frame = this.#frames.pop();
    if (frame === undefined) return;
    for (const { value, origin } of frame.values()) {
      this.#held -= entrySize + sizeOf(value);
      // An array that only this call had goes with it.
      if (value instanceof Map && origin === null) this.clear(value);
    }
  }

  isLocal(name: string): boolean {
    return this.#frames.at(-1)?.has(name) === true;
  }

  cell(name: string): Cell {
    const local = this.#frames.at(-1)?.get(name);
    if (local !== undefined) return local;
    let cell = this.#global.get(name);
    if (cell === undefined) {
      cell = { value: undefined, origin: null };
      this.#global.set(name, cell);
    }
    return cell;
  }

  get(name: string): Scalar {
    const { value } = this.cell(name);
    if (value instanceof Map) throw new AwkFault(`reference to array ${name} as a scalar`);
    return value;
  }

  set(name: string, value: Scalar): void {
    const cell = this.cell(name);
    if (cell.value instanceof Map) throw new AwkFault(`reference to array ${name} as a scalar`);
    this.#hold(sizeOf(value) - sizeOf(cell.value));
    cell.value = value;
  }

  array(name: string): AwkArray {
    let cell = this.cell(name);
    if (cell.value instanceof Map) return cell.value;
    if (cell.value !== undefined) throw new AwkFault(`reference to scalar ${name} as an array`);
    const chain = [cell];
    while (cell.origin !== null) {
      cell = cell.origin;
      chain.push(cell);
    }
    const found = cell.value instanceof Map ? cell.value : new Map<string, Scalar>();
    for (const one of chain) one.value = found;
    return found;
  }

  element(array: AwkArray, key: string): Scalar {
    if (!array.has(key)) this.store(array, key, undefined);
    return array.get(key);
  }

  store(array: AwkArray, key: string, value: Scalar): void {
    const before = array.has(key) ? sizeOf(array.get(key)) : -(key.length + entrySize);
    this.#hold(sizeOf(value) - before);
    array.set(key, value);
  }

  remove(array: AwkArray, key: string): void {
    if (!array.has(key)) return;
    this.#held -= sizeOf(array.get(key)) + key.length + entrySize;
    array.delete(key);
  }

  clear(array: AwkArray): void {
    for (const [key, value] of array) this.#held -= sizeOf(value) + key.length + entrySize;
    array.clear();
  }

  #hold(characters: number): void {
    this.#held += characters;
    if (this.#held > mostHeld) throw new Exhausted();
  }
}

/** A value as text; `show` is for numbers that are no integers. */
export function textOf(value: Scalar, show: (number: number) => string = sixDigits): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value, show);
  return value === undefined ? '' : value.text;
}
