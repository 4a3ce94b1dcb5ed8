/**
 * Spans of a pause between two contacts, in whole seconds: coarse ones that grow by half, in which chances are counted, each cut into
 * finer ones that grow by a tenth, at which a lease may begin and end.
 */

const longestPauseSeconds = 14 * 86_400;
const coarseGrowth = 1.5;
export const fineGrowth = 1.1;

/** Last seconds of the coarse spans: 0, 1, 2, 3, 6, 11 … 14 days. */
const coarseEnds: readonly number[] = ((): number[] => {
  const all = [0];
  for (let next = 1; (all.at(-1) ?? 0) < longestPauseSeconds; next *= coarseGrowth) {
    all.push(Math.max((all.at(-1) ?? 0) + 1, Math.round(next)));
  }
  return all;
})();
export const coarseSpans: number = coarseEnds.length;

interface FineSpan {
  /** The coarse span that holds it, and its part of that one's seconds. */
  readonly coarse: number;
  readonly share: number;
  /** Its first and its last second. */
  readonly first: number;
  readonly last: number;
  /** Logarithm of its middle. */
  readonly middle: number;
}

export const fineSpans: readonly FineSpan[] = ((): FineSpan[] => {
  const all: FineSpan[] = [];
  let before = -1;
  coarseEnds.forEach((end, coarse) => {
    const begins = before;
    const ratio = begins <= 0 ? 1 : end / begins;
    const parts = Math.max(1, Math.min(end - begins, Math.round(Math.log(ratio) / Math.log(fineGrowth))));
    for (let part = 1; part <= parts; part += 1) {
      const last = part === parts ? end : Math.round(begins * ratio ** (part / parts));
      if (last <= before) continue;
      const middle = Math.log(Math.max(0.5, (Math.max(0, before) + last) / 2));
      all.push({ coarse, share: (last - before) / (end - begins), first: before + 1, last, middle });
      before = last;
    }
  });
  return all;
})();

/** The fine span of a pause of so many whole seconds; as many as there are where it is longer than all. */
export function fineSpanOf(seconds: number): number {
  let low = 0;
  let high = fineSpans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((fineSpans[middle]?.last ?? 0) >= seconds) high = middle;
    else low = middle + 1;
  }
  return low;
}
