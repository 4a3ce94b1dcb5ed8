import type { Budget } from '../../limits.ts';
import { Exhausted } from '../../limits.ts';
import type { Expression } from '../../regular-expression.ts';
import { AwkFault } from './fault.ts';
import { fromOutside, type Scalar } from './value.ts';

const mostFields = 32_767;

/** How a text is parted: at white space, at a character, between all characters, at an expression. */
export type Parting =
  | { readonly kind: 'blank' }
  | { readonly kind: 'each' }
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'expression'; readonly expression: Expression };

/** The pieces of a text. */
export function partText(text: string, parting: Parting, budget: Budget): string[] {
  if (text === '') return [];
  budget.spend(text.length >> 6);
  if (parting.kind === 'blank') return text.match(/[^ \t\n\v\f\r]+/g) ?? [];
  if (parting.kind === 'each') return Array.from(text);
  if (parting.kind === 'character') return text.split(parting.character);
  const pieces: string[] = [];
  let from = 0;
  let position = 0;
  while (position <= text.length) {
    const match = parting.expression.find(text, position, budget);
    if (match === null) break;
    if (match.end === match.start) {
      position = match.end + 1;
      continue;
    }
    pieces.push(text.slice(from, match.start));
    from = match.end;
    position = from;
  }
  return [...pieces, text.slice(from)];
}

/** `$0` and its fields, each made of the other when it is asked for. */
export class AwkRecord {
  readonly #budget: Budget;
  readonly #parting: () => Parting;
  readonly #joint: () => string;
  #whole: Scalar = '';
  /** Null until asked for. */
  #fields: Scalar[] | null = [];
  #joined = true;
  #partedBy: Parting | null = null;

  constructor(budget: Budget, parting: () => Parting, joint: () => string) {
    this.#budget = budget;
    this.#parting = parting;
    this.#joint = joint;
  }

  replace(text: string): void {
    this.#whole = fromOutside(text);
    this.#fields = null;
    this.#joined = true;
    this.#partedBy = null;
  }

  /** FS changes: what is there was parted by the old one. */
  keepParting(): void {
    if (this.#fields === null) this.#partedBy ??= this.#parting();
  }

  whole(textOf: (value: Scalar) => string): Scalar {
    if (!this.#joined) {
      const text = (this.#fields ?? []).map((field) => textOf(field)).join(this.#joint());
      this.#budget.spend(2 + (text.length >> 6));
      if (text.length > 1 << 20) throw new Exhausted();
      this.#whole = fromOutside(text);
      this.#joined = true;
    }
    return this.#whole;
  }

  get count(): number {
    return this.#parted().length;
  }

  resize(count: number): void {
    const fields = this.#parted();
    const size = this.#index(count, 'NF');
    this.#budget.spend(Math.abs(size - fields.length) >> 4);
    while (fields.length < size) fields.push(undefined);
    fields.length = size;
    this.#joined = false;
  }

  field(at: number): Scalar {
    return this.#parted()[this.#index(at, 'field') - 1];
  }

  store(at: number, value: Scalar): void {
    const fields = this.#parted();
    const index = this.#index(at, 'field');
    if (index > fields.length) this.resize(index);
    fields[index - 1] = value;
    this.#joined = false;
  }

  #index(given: number, name: string): number {
    const index = Math.trunc(given) || 0;
    if (index < 0)
      throw new AwkFault(name === 'NF' ? 'negative value assigned to NF' : `negative field index $${index}`);
    if (index > mostFields) throw new AwkFault(`maximum number of fields(${mostFields}) exceeded`);
    return index;
  }

  #parted(): Scalar[] {
    if (this.#fields !== null) return this.#fields;
    const text = typeof this.#whole === 'object' ? this.#whole.text : String(this.#whole ?? '');
    const pieces = partText(text, this.#partedBy ?? this.#parting(), this.#budget);
    this.#budget.spend(pieces.length >> 3);
    this.#fields = pieces.map((piece) => fromOutside(piece));
    return this.#fields;
  }
}
