import { Exhausted, limits } from '../limits.ts';

interface Variable {
  readonly value: string;
  /** Elements of an array of bash by key, in the order of the keys; null for a plain variable. */
  readonly elements: ReadonlyMap<string, string> | null;
  /** `declare -A`: keys are any text. */
  readonly named?: boolean;
  /** Marked without a value: `export x`. */
  readonly unset?: boolean;
  readonly exported: boolean;
  readonly fixed: boolean;
}

const sizeOf = (value: string, elements: ReadonlyMap<string, string> | null): number => {
  let size = value.length;
  for (const [key, element] of elements ?? []) size += key.length + element.length + 16;
  return size;
};

const inOrder = (elements: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map([...elements].toSorted(([one], [other]) => Number(one) - Number(other)));

/** An assignment to a variable that is readonly. */
export class ReadonlyFault extends Error {
  readonly variable: string;

  constructor(variable: string) {
    super(`${variable}: readonly variable`);
    this.variable = variable;
  }
}

/** Elements of an array that are one unit of work to copy, and to list. */
const copiedPerUnit = 8;
const listedPerUnit = 64;

/**
 * The variables of one shell, with the scopes of `local`. Bounded in number and bytes. `spend` is told of what arrays
 * cost, which are copied whole at each change, and stops it by throwing.
 */
export class Variables {
  readonly #spend: (units: number) => void;
  readonly #values: Map<string, Variable>;
  readonly #scopes: Map<string, Variable | undefined>[] = [];
  #bytes = 0;

  constructor(spend: (units: number) => void, values: Map<string, Variable> = new Map()) {
    this.#spend = spend;
    this.#values = values;
  }

  /** A copy for a subshell. */
  copy(): Variables {
    const copy = new Variables(this.#spend, new Map(this.#values));
    copy.#bytes = this.#bytes;
    return copy;
  }

  get size(): number {
    return this.#values.size;
  }

  get(name: string): string | undefined {
    const bracket = name.indexOf('[');
    if (bracket < 0) {
      const variable = this.#values.get(name);
      if (variable?.elements !== null && variable?.elements !== undefined) return variable.elements.get('0');
      return variable?.unset === true ? undefined : variable?.value;
    }
    const base = name.slice(0, bracket);
    const subscript = name.slice(bracket + 1, -1);
    if (subscript === '@' || subscript === '*') {
      const elements = this.elements(base);
      return elements.length > 0 ? elements.join(' ') : undefined;
    }
    const variable = this.#values.get(base);
    if (variable === undefined) return undefined;
    const key = this.#key(base, subscript);
    return variable.elements === null
      ? key === '0'
        ? variable.value
        : undefined
      : variable.elements.get(key);
  }

  /** True for a negative subscript that reaches back behind the first element. */
  isBefore(name: string): boolean {
    const match = /^(\w+)\[-(\d{1,9})\]$/.exec(name);
    if (match === null || this.#values.get(match[1] ?? '')?.named === true) return false;
    const keys = this.keys(match[1] ?? '');
    return Number(match[2]) > Number(keys.at(-1) ?? -1) + 1;
  }

  /** The key that a subscript means; a negative one counts from the end. */
  #key(name: string, subscript: string): string {
    const variable = this.#values.get(name);
    if (variable?.named === true) return subscript.replaceAll(/^(["'])(.*)\1$/g, '$2');
    let index =
      Number.parseInt(/^[A-Za-z_]\w*$/.test(subscript) ? (this.get(subscript) ?? '0') : subscript, 10) || 0;
    if (index < 0) index += 1 + this.#lastKey(variable);
    return String(Math.min(Math.max(0, index), 1_000_000));
  }

  /** The highest key of an array that counts its elements; -1 where there is none. */
  #lastKey(variable: Variable | undefined): number {
    this.#spend(Math.floor((variable?.elements?.size ?? 0) / listedPerUnit));
    return Number(Array.from(variable?.elements?.keys() ?? []).at(-1) ?? -1);
  }

  /** The elements of an array; a plain variable is an array of one. */
  elements(name: string): readonly string[] {
    const variable = this.#values.get(name);
    if (variable === undefined || variable.unset === true) return [];
    this.#spend(Math.floor((variable.elements?.size ?? 0) / listedPerUnit));
    return variable.elements === null ? [variable.value] : [...variable.elements.values()];
  }

  keys(name: string): readonly string[] {
    const variable = this.#values.get(name);
    if (variable === undefined || variable.unset === true) return [];
    this.#spend(Math.floor((variable.elements?.size ?? 0) / listedPerUnit));
    return variable.elements === null ? ['0'] : [...variable.elements.keys()];
  }

  isArray(name: string): boolean {
    const variable = this.#values.get(name);
    return variable !== undefined && variable.elements !== null;
  }

  /** True for an array whose keys are any text (`declare -A`). */
  isNamed(name: string): boolean {
    return this.#values.get(name)?.named === true;
  }

  /** `declare -A`, `declare -a`. */
  makeArray(name: string, named: boolean): void {
    const before = this.#values.get(name);
    if (before?.elements !== undefined && before.elements !== null) return;
    this.#store(
      name,
      '',
      new Map(before === undefined || before.unset === true ? [] : [['0', before.value]]),
    );
    const made = this.#values.get(name);
    if (made !== undefined) this.#place(name, { ...made, named });
  }

  set(name: string, value: string): void {
    const bracket = name.indexOf('[');
    const base = bracket < 0 ? name : name.slice(0, bracket);
    const before = this.#values.get(base);
    if (bracket >= 0 || (before !== undefined && before.elements !== null)) {
      const key = bracket < 0 ? '0' : this.#key(base, name.slice(bracket + 1, -1));
      const elements = new Map(
        before?.elements ?? (before === undefined || before.unset === true ? [] : [['0', before.value]]),
      );
      const isNew = !elements.has(key);
      elements.set(key, value);
      this.#store(
        base,
        elements.get('0') ?? '',
        isNew && before?.named !== true ? inOrder(elements) : elements,
      );
      return;
    }
    this.#store(name, value, null);
  }

  /** `name=(a b [7]=c)`: each word is an element, or names its key. */
  setList(name: string, words: readonly string[], append: boolean): void {
    const before = this.#values.get(name);
    const elements = new Map(
      append ? (before?.elements ?? (before === undefined ? [] : [['0', before.value]])) : [],
    );
    let next = append ? 1 + this.#lastKey(before) : 0;
    for (const word of words) {
      const keyed = /^\[([^\]]{1,60})\]=/.exec(word);
      const key =
        keyed === null
          ? String(next)
          : before?.named === true
            ? (keyed[1] ?? '')
            : this.#key(name, keyed[1] ?? '');
      elements.set(key, keyed === null ? word : word.slice(keyed[0].length));
      next = (Number(key) || 0) + 1;
    }
    this.#store(name, elements.get('0') ?? '', before?.named === true ? elements : inOrder(elements));
  }

  setElements(name: string, elements: readonly string[]): void {
    this.#store(name, elements[0] ?? '', new Map(elements.map((element, index) => [String(index), element])));
  }

  #store(name: string, value: string, elements: ReadonlyMap<string, string> | null): void {
    const before = this.#values.get(name);
    if (before?.fixed === true) throw new ReadonlyFault(name);
    this.#spend(Math.floor((elements?.size ?? 0) / copiedPerUnit));
    this.#place(name, {
      value,
      elements,
      exported: before?.exported ?? false,
      fixed: false,
      ...(before?.named === true ? { named: true } : {}),
    });
    if (this.#bytes > limits.variableBytes || this.#values.size >= limits.variables) throw new Exhausted();
  }

  /** Every change of a name goes through here, so that its bytes are counted once and given back once. */
  #place(name: string, variable: Variable | undefined): void {
    const before = this.#values.get(name);
    if (before !== undefined) this.#bytes -= sizeOf(before.value, before.elements);
    if (variable === undefined) this.#values.delete(name);
    else {
      this.#bytes += sizeOf(variable.value, variable.elements);
      this.#values.set(name, variable);
    }
  }

  /** Assigns for as long as a command runs; the result takes the assignments back. */
  assignForNow(values: ReadonlyMap<string, string>): () => void {
    const before = [...values.keys()].map((key) => [key, this.#values.get(key)] as const);
    for (const [key, value] of values) this.set(key, value);
    return () => {
      for (const [key, variable] of before) this.#place(key, variable);
    };
  }

  unset(name: string): void {
    const bracket = name.indexOf('[');
    const base = bracket < 0 ? name : name.slice(0, bracket);
    const variable = this.#values.get(base);
    if (variable === undefined) return;
    if (variable.fixed) throw new ReadonlyFault(base);
    if (bracket >= 0 && variable.elements !== null) {
      const elements = new Map(variable.elements);
      elements.delete(this.#key(base, name.slice(bracket + 1, -1)));
      this.#store(base, elements.get('0') ?? '', elements);
      return;
    }
    this.#place(base, undefined);
  }

  mark(name: string, flag: 'exported' | 'fixed', value = true): void {
    const variable = this.#values.get(name) ?? {
      value: '',
      elements: null,
      exported: false,
      fixed: false,
      unset: true,
    };
    this.#place(name, { ...variable, [flag]: value });
  }

  /** True where the name is known, though it may have no value. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** A local variable without a value. */
  hide(name: string): void {
    this.#place(name, undefined);
  }

  isFixed(name: string): boolean {
    return this.#values.get(name)?.fixed ?? false;
  }

  enterScope(): void {
    this.#scopes.push(new Map());
  }

  leaveScope(): void {
    for (const [name, variable] of this.#scopes.pop() ?? []) this.#place(name, variable);
  }

  /** Makes a variable the function's own; false outside functions. */
  local(name: string): boolean {
    const scope = this.#scopes.at(-1);
    if (scope === undefined) return false;
    if (!scope.has(name)) scope.set(name, this.#values.get(name));
    return true;
  }

  /** All that a child process would see, in the order of setting. */
  environment(): Map<string, string> {
    const environment = new Map<string, string>();
    for (const [name, variable] of this.#values)
      if (variable.exported && variable.unset !== true && variable.elements === null)
        environment.set(name, variable.value);
    return environment;
  }

  *all(): Iterable<[name: string, value: string | null, exported: boolean, fixed: boolean]> {
    for (const [name, variable] of this.#values)
      yield [name, variable.unset === true ? null : variable.value, variable.exported, variable.fixed];
  }
}
