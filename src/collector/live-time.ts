/** Times of live records: what was written down now did not happen in the future, and not in another time zone. */

/** Clocks of machines that keep time differ by less. */
const closeMilliseconds = 300_000;

/**
 * The time of a record that came just now. Logs without a zone are read as UTC and mean the machine's local time; what lies ahead
 * of now becomes now.
 */
export function liveTime(at: number, now: number): number {
  const zone = -new Date(now).getTimezoneOffset() * 60_000;
  const local = at - zone;
  const mended =
    Math.abs(at - now) > closeMilliseconds && Math.abs(local - now) <= closeMilliseconds ? local : at;
  return Math.min(mended, now);
}
