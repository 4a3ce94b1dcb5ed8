/**
 * The clamped sequential test by which a source is judged (Wald 1945; threshold random walk, Jung et al. 2004):
 * `L ← max(0, L · 2^(−Δt / half-life) + w)`. The clamp keeps a source from banking credit by behaving well first.
 */

const dayMilliseconds = 86_400_000;

/** Odds of 99 to 1: a candidate for rate-limit. */
export const suspiciousScore: number = Math.log(99);
/** Odds of 9,900 to 1: a candidate for block. */
export const maliciousScore: number = Math.log(9900);

/** What is left of a score after this many milliseconds without evidence. */
export function decayed(
  score: number,
  elapsedMilliseconds: number,
  halfLifeMilliseconds: number = dayMilliseconds,
): number {
  if (score === 0 || elapsedMilliseconds <= 0) return score;
  return score * 2 ** (-elapsedMilliseconds / halfLifeMilliseconds);
}

/** The score after one more piece of evidence of this weight (nats). */
export function updated(
  score: number,
  elapsedMilliseconds: number,
  weight: number,
  halfLifeMilliseconds: number = dayMilliseconds,
): number {
  return Math.max(0, decayed(score, elapsedMilliseconds, halfLifeMilliseconds) + weight);
}
