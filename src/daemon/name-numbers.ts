/**
 * Numbers of names that come again and again (addresses, users, agents), the same for all threads that are told of them: a name is looked
 * up once, and whatever else is known of it stands in arrays by its number. A look-up in a map is the dearest step of dealing observations out.
 */

/** Names known by number at most; then all are forgotten. */
const namesKept = 262_144;

export class NameNumbers {
  readonly #known = new Map<string, number>();
  #generation = 0;

  /** Another one each time that all numbers were forgotten. */
  get generation(): number {
    return this.#generation;
  }

  /** Counts from 0. */
  of(name: string): number {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const number = this.#known.size;
    this.#known.set(name, number);
    return number;
  }

  /** Forgets all where there are too many. Nobody may hold numbers that are not yet sent. */
  makeRoom(): void {
    if (this.#known.size <= namesKept) return;
    this.#known.clear();
    this.#generation += 1;
  }
}

/** A number for each name number, 0 where none was set. */
export class NumberByName {
  readonly #names: NameNumbers;
  #numbers = new Int32Array(1_024);
  #generation = 0;

  constructor(names: NameNumbers) {
    this.#names = names;
  }

  get(name: number): number {
    if (this.#generation !== this.#names.generation) this.#clear();
    return this.#numbers[name] ?? 0;
  }

  set(name: number, value: number): void {
    if (this.#generation !== this.#names.generation) this.#clear();
    if (name >= this.#numbers.length) {
      const larger = new Int32Array(Math.max(name + 1, this.#numbers.length * 2));
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[name] = value;
  }

  #clear(): void {
    this.#generation = this.#names.generation;
    this.#numbers.fill(0);
  }
}
