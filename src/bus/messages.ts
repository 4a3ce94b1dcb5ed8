/** What Picket's processes say to each other. Each message is one frame (see frame.ts). */

import type { Rule } from '../core/enforcer.ts';

/** Sensor → engine. What a sensor says is checked before use: see `readSensorMessage`. */
export type SensorMessage =
  | { readonly type: 'hello'; readonly sensor: string }
  | { readonly type: 'observations'; readonly observations: readonly unknown[] }
  | {
      readonly type: 'status';
      readonly counters: Readonly<Record<string, number>>;
      readonly problem: string;
    };

export interface PlacedRule extends Rule {
  readonly decision: string;
  readonly priority: number;
}

/** Engine → fence. */
export type FenceOrder =
  | { readonly type: 'replace'; readonly rules: readonly PlacedRule[] }
  | { readonly type: 'change'; readonly add: readonly PlacedRule[]; readonly remove: readonly string[] };

/** Observations in one message at most. */
export const mostObservations = 2000;

/** The message of a sensor, or null where the value is none. */
export function readSensorMessage(value: unknown): SensorMessage | null {
  if (typeof value !== 'object' || value === null || !('type' in value)) return null;
  if (value.type === 'hello') {
    if (!('sensor' in value) || typeof value.sensor !== 'string') return null;
    return /^[\w.:-]{1,128}$/.test(value.sensor) ? { type: 'hello', sensor: value.sensor } : null;
  }
  if (value.type === 'observations') {
    if (!('observations' in value) || !Array.isArray(value.observations)) return null;
    return value.observations.length <= mostObservations
      ? { type: 'observations', observations: value.observations }
      : null;
  }
  if (value.type === 'status') {
    if (!('counters' in value) || typeof value.counters !== 'object' || value.counters === null) return null;
    const entries = Object.entries(value.counters);
    if (entries.length > 256) return null;
    const counters: Record<string, number> = {};
    for (const [name, count] of entries) {
      if (typeof count !== 'number' || name.length > 64) return null;
      counters[name] = count;
    }
    const problem =
      'problem' in value && typeof value.problem === 'string' ? value.problem.slice(0, 512) : '';
    return { type: 'status', counters, problem };
  }
  return null;
}
