import { Exhausted, limits } from '../limits.ts';

interface Variable {
  readonly value: string;
  /** Elements of an array of bash; null for a plain variable. */
  readonly elements: readonly string[] | null;
  readonly exported: boolean;
  readonly fixed: boolean;
}

/** An assignment to a variable that is readonly. */
export class ReadonlyFault extends Error {
  readonly variable: string;

  constructor(variable: string) {
    super(`${variable}: readonly variable`);
    this.variable = variable;
  }
}

/** The variables of one shell, with the scopes of `local`. Bounded in number and bytes. */
export class Variables {
  readonly #values: Map<string, Variable>;
  readonly #scopes: Map<string, Variable | undefined>[] = [];
  #bytes = 0;

  constructor(values: Map<string, Variable> = new Map()) {
    this.#values = values;
  }

  /** A copy for a subshell. */
  copy(): Variables {
    const copy = new Variables(new Map(this.#values));
    copy.#bytes = this.#bytes;
    return copy;
  }

  get size(): number {
    return this.#values.size;
  }

  get(name: string): string | undefined {
    const bracket = name.indexOf('[');
    if (bracket < 0) return this.#values.get(name)?.value;
    const elements = this.elements(name.slice(0, bracket));
    const subscript = name.slice(bracket + 1, -1);
    if (subscript === '@' || subscript === '*') return elements.length > 0 ? elements.join(' ') : undefined;
    return elements.at(Number.parseInt(subscript, 10) || 0);
  }

  /** The elements of an array; a plain variable is an array of one. */
  elements(name: string): readonly string[] {
    const variable = this.#values.get(name);
    if (variable === undefined) return [];
    return variable.elements ?? [variable.value];
  }

  set(name: string, value: string): void {
    const bracket = name.indexOf('[');
    if (bracket >= 0) {
      const base = name.slice(0, bracket);
      const index = Math.min(Math.max(0, Number.parseInt(name.slice(bracket + 1, -1), 10) || 0), 1000);
      const elements = [...this.elements(base)];
      while (elements.length < index) elements.push('');
      elements[index] = value;
      this.setElements(base, elements);
      return;
    }
    this.#store(name, value, null);
  }

  setElements(name: string, elements: readonly string[]): void {
    this.#store(name, elements[0] ?? '', elements);
  }

  #store(name: string, value: string, elements: readonly string[] | null): void {
    const before = this.#values.get(name);
    if (before?.fixed === true) throw new ReadonlyFault(name);
    const size =
      elements === null ? value.length : elements.reduce((sum, element) => sum + element.length + 16, 0);
    const sizeBefore =
      before === undefined
        ? 0
        : before.elements === null
          ? before.value.length
          : before.elements.reduce((sum, element) => sum + element.length + 16, 0);
    this.#bytes += size - sizeBefore;
    if (this.#bytes > limits.variableBytes || this.#values.size >= limits.variables) throw new Exhausted();
    this.#values.set(name, { value, elements, exported: before?.exported ?? false, fixed: false });
  }

  unset(name: string): void {
    const variable = this.#values.get(name);
    if (variable === undefined) return;
    if (variable.fixed) throw new ReadonlyFault(name);
    this.#bytes -= variable.value.length;
    this.#values.delete(name);
  }

  mark(name: string, flag: 'exported' | 'fixed', value = true): void {
    const variable = this.#values.get(name) ?? { value: '', elements: null, exported: false, fixed: false };
    this.#values.set(name, { ...variable, [flag]: value });
  }

  isFixed(name: string): boolean {
    return this.#values.get(name)?.fixed ?? false;
  }

  enterScope(): void {
    this.#scopes.push(new Map());
  }

  leaveScope(): void {
    for (const [name, variable] of this.#scopes.pop() ?? []) {
      if (variable === undefined) this.#values.delete(name);
      else this.#values.set(name, variable);
    }
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
    for (const [name, variable] of this.#values) if (variable.exported) environment.set(name, variable.value);
    return environment;
  }

  *all(): Iterable<[name: string, value: string, exported: boolean, fixed: boolean]> {
    for (const [name, variable] of this.#values)
      yield [name, variable.value, variable.exported, variable.fixed];
  }
}
