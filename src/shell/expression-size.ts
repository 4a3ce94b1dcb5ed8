/** Instructions that a matcher may have: some of them are kept for all visitors, and one may look at each of them for each character. */
export const largestProgram = 1_000;

/**
 * About how many instructions a compiled expression has, from its text in RE2's syntax; never too few by more than a
 * constant factor. Counted repeats multiply, so `((a{10}){10}){10}` is seen to be a thousand before it is compiled. O(length).
 */
export function programSize(source: string): number {
  /** Sizes of the groups that are open, the innermost last, and of the last item of each. */
  const groups = [{ size: 1, item: 0 }];
  const put = (size: number): void => {
    const group = groups.at(-1);
    if (group === undefined) return;
    group.size += size;
    group.item = size;
  };
  for (let index = 0; index < source.length; index += 1) {
    const character = source.charAt(index);
    if (character === '\\') {
      index += 1;
      put(1);
    } else if (character === '[') {
      const end = setEnd(source, index + 1);
      index = end < 0 ? source.length : end;
      put(1);
    } else if (character === '(') groups.push({ size: 2, item: 0 });
    else if (character === ')' && groups.length > 1) put(groups.pop()?.size ?? 0);
    else if (character === '{') {
      const counts = /^\{(\d{1,4})(?:(,)(\d{0,4}))?\}/.exec(source.slice(index, index + 11));
      const group = groups.at(-1);
      if (counts === null || group === undefined) put(1);
      else {
        const times = Math.max(Number(counts[1]), Number(counts[3] ?? 0)) + (counts[2] === undefined ? 0 : 1);
        const grown = group.item * Math.max(1, times);
        group.size += grown - group.item;
        group.item = grown;
        index += counts[0].length - 1;
      }
    } else put(1);
  }
  return groups.reduce((sum, { size }) => sum + size, 0);
}

function setEnd(source: string, start: number): number {
  let index = start;
  if (source.charAt(index) === '^') index += 1;
  if (source.charAt(index) === ']') index += 1;
  for (; index < source.length; index += 1) {
    const character = source.charAt(index);
    if (character === '\\') index += 1;
    else if (character === '[' && source.charAt(index + 1) === ':') {
      const close = source.indexOf(':]', index + 2);
      if (close > 0) index = close + 1;
    } else if (character === ']') return index;
  }
  return -1;
}
