/**
 * The automaton that finds many literals in one pass over a text (Aho and Corasick 1975), its goto and fail functions merged into one
 * dense table over the characters that the literals use. Built at every start, so in flat arrays and without a row of its own for each state.
 */

const asciiCharacters = 128;

export interface LiteralAutomaton {
  /** By character code below 128, its column; 0 for those that no literal has. */
  readonly classes: Uint8Array;
  /** A state's row begins at `state << shift`. */
  readonly shift: number;
  /** The state that follows, by row and column; 0 is the first state. */
  readonly next: Int32Array;
  /** Every state but the first, those that are reached by fewer characters first. */
  readonly order: Int32Array;
  /** By state, the one of its longest proper suffix: what ends there ends here as well. */
  readonly fallback: Int32Array;
  /** By literal, the state in which it has been read. */
  readonly endOf: Int32Array;
}

/** @throws RangeError where a literal is not ASCII */
export function buildLiteralAutomaton(literals: readonly string[]): LiteralAutomaton {
  const classes = new Uint8Array(asciiCharacters);
  let width = 1;
  let most = 1;
  for (const literal of literals) {
    most += literal.length;
    for (let at = 0; at < literal.length; at += 1) {
      const code = literal.charCodeAt(at);
      if (code >= asciiCharacters) throw new RangeError(`literal is not ASCII: ${literal}`);
      if (classes[code] !== 0) continue;
      classes[code] = width;
      width += 1;
    }
  }
  const shift = Math.ceil(Math.log2(Math.max(2, width)));
  const next = new Int32Array(most << shift);
  const endOf = new Int32Array(literals.length);
  let states = 1;
  for (const [index, literal] of literals.entries()) {
    let state = 0;
    for (let at = 0; at < literal.length; at += 1) {
      const place = (state << shift) | (classes[literal.charCodeAt(at)] ?? 0);
      if (next[place] === 0) {
        next[place] = states;
        states += 1;
      }
      state = next[place] ?? 0;
    }
    endOf[index] = state;
  }
  const fallback = new Int32Array(states);
  const order = new Int32Array(states);
  let known = 1;
  // No state leads to the first by a literal, so 0 stands for a place that is still empty.
  for (let head = 0; head < known; head += 1) {
    const state = order[head] ?? 0;
    const back = (fallback[state] ?? 0) << shift;
    for (let column = 1; column < width; column += 1) {
      const place = (state << shift) | column;
      const child = next[place] ?? 0;
      const otherwise = state === 0 ? 0 : (next[back | column] ?? 0);
      if (child === 0) next[place] = otherwise;
      else {
        fallback[child] = otherwise;
        order[known] = child;
        known += 1;
      }
    }
  }
  return { classes, shift, next: next.slice(0, states << shift), order: order.subarray(1), fallback, endOf };
}
