import { SyntaxFault } from './syntax.ts';

type Use = 'variable' | 'array';

/** How the names of a program are used: one is never both a variable and an array. */
export class Names {
  readonly #global = new Map<string, Use>([
    ['ENVIRON', 'array'],
    ['ARGV', 'array'],
  ]);
  #local = new Map<string, Use | null>();

  /** Names of the function that is read from now on. */
  enter(parameters: readonly string[]): void {
    this.#local = new Map(parameters.map((name) => [name, null]));
  }

  leave(): void {
    this.#local = new Map();
  }

  use(name: string, as: Use, line: number): void {
    const known = this.of(name);
    if (known !== null && known !== as)
      throw new SyntaxFault(`line ${line}: illegal reference to ${known} ${name}`);
    if (known !== null) return;
    if (this.#local.has(name)) this.#local.set(name, as);
    else this.#global.set(name, as);
  }

  /** Null where nothing is known yet. */
  of(name: string): Use | null {
    return this.#local.has(name) ? (this.#local.get(name) ?? null) : (this.#global.get(name) ?? null);
  }
}
