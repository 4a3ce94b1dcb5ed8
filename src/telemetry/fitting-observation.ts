/** Observations of damaged or forged records, made such as the engine takes: what is out of bounds must cost the value, not the record. */

import type { Observation } from '../core/observation.ts';

/** The latest time that a Date holds, milliseconds. */
const latest = 8_640_000_000_000_000;
const longestSession = 64;

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const countOf = (value: number): number =>
  value > 0 ? Math.min(Math.round(value), Number.MAX_SAFE_INTEGER) : 0;

/** The same object where it fits, which is nearly always. */
export function fittingObservation(observation: Observation): Observation {
  let fitting = observation;
  const { at, session } = observation;
  if (!(at >= 0 && at <= latest)) fitting = { ...fitting, at: at > latest ? latest : 0 };
  if (session.length > longestSession) fitting = { ...fitting, session: session.slice(0, longestSession) };
  if (fitting.kind === 'flow' && !(isCount(fitting.packets) && isCount(fitting.bytes))) {
    fitting = { ...fitting, packets: countOf(fitting.packets), bytes: countOf(fitting.bytes) };
  }
  return fitting;
}
