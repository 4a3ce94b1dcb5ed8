/** A stream of pseudo-random numbers that is the same for the same seed: what makes one machine unlike another, and itself each day. */
export interface Random {
  /** Next 32 bits, unsigned. */
  next(): number;
}

/** Whole number in [0, below). */
export function below(random: Random, limit: number): number {
  return Math.floor((random.next() / 4_294_967_296) * limit);
}

export function pick<Item>(random: Random, items: readonly [Item, ...Item[]]): Item {
  return items[below(random, items.length)] ?? items[0];
}

export function hexDigits(random: Random, length: number): string {
  let text = '';
  while (text.length < length) text += random.next().toString(16).padStart(8, '0');
  return text.slice(0, length);
}

/** sfc32 over a 128-bit state from the text (FNV-1a, four lanes). Not for keys: those come from a hash of the seed. */
export function seededRandom(text: string): Random {
  const state = [0x811c9dc5, 0x01000193, 0x9e3779b9, 0x85ebca6b].map((start) => {
    let hash = start;
    for (let index = 0; index < text.length; index += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    }
    return hash | 0;
  });
  let [a = 0, b = 0, c = 0, counter = 0] = state;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round += 1) next();
  return { next };
}
