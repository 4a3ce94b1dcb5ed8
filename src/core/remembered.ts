/** What was made of texts that come again and again, such as the agents in a log: made once, and found by the text from then on. */

/** A longer text is none that comes again and again. */
const longest = 512;

export class Remembered<Value> {
  readonly #make: (text: string) => Value;
  readonly #most: number;
  readonly #known = new Map<string, Value>();

  /** Beyond `most` texts all are forgotten: a flood of new ones costs what it cost without. */
  constructor(make: (text: string) => Value, most = 4_096) {
    this.#make = make;
    this.#most = most;
  }

  of(text: string): Value {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const made = this.#make(text);
    if (text.length <= longest) {
      if (this.#known.size >= this.#most) this.#known.clear();
      this.#known.set(text, made);
    }
    return made;
  }
}
