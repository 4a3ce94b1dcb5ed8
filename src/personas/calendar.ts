/** When a machine was set up and when it last started, from its seed. */

import { below } from '../core/random.ts';
import type { Seed } from './seed.ts';

const day = 86_400_000;

/** A moment between two days, to the second, the same at every call. Days as `2022-03-01`. */
export function momentBetween(seed: Seed, purpose: string, firstDay: string, lastDay: string): number {
  const first = Date.parse(`${firstDay}T00:00:00Z`);
  const seconds = Math.floor((Date.parse(`${lastDay}T00:00:00Z`) - first) / 1000);
  return first + below(seed.random(purpose), seconds) * 1000;
}

/**
 * The last start: the machine restarts in a rhythm of its own, so that its uptime grows while the sensor is restarted
 * and does not reach years. Milliseconds since the epoch, never after `now`.
 */
export function lastStart(seed: Seed, now: number, shortestDays: number, longestDays: number): number {
  const random = seed.random('boot');
  const period = shortestDays * day + below(random, (longestDays - shortestDays) * 86_400) * 1000;
  const phase = below(random, Math.floor(period / 1000)) * 1000 + below(random, 1000);
  return phase + Math.floor((now - phase) / period) * period;
}

/** `Feb 14 09:12:01 2023`, as logs and build strings write it, in UTC. */
export function logTime(milliseconds: number): string {
  const [, day = '', month = '', year = '', time = ''] = new Date(milliseconds).toUTCString().split(' ');
  return `${month} ${day} ${time} ${year}`;
}
