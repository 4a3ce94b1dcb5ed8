/**
 * How an HTTP/2 client begins, in the form that Akamai published (“Passive Fingerprinting of HTTP/2 Clients”, 2017):
 *
 *     SETTINGS as identifier:value, parted by ";" | WINDOW_UPDATE of the connection, 00 for none |
 *     PRIORITY as stream:exclusive:depends-on:weight, parted by ",", 0 for none | order of pseudo-header fields, such as m,a,s,p
 *
 * Chrome is `1:65536;3:1000;4:6291456;6:262144|15663105|0|m,a,s,p`.
 */

import type { Header } from '../core/observation.ts';
import type { FramePriority } from './http2-frame-reader.ts';

/** Clients send a handful; what is beyond tells no more. */
const mostSettings = 16;
const mostPriorities = 16;
const mostPseudo = 8;

export class Http2Fingerprint {
  #settings: readonly (readonly [number, number])[] | null = null;
  #window = '00';
  readonly #priorities: string[] = [];
  #isTaken = false;

  /** Of the client's first SETTINGS; others change nothing. */
  settings(pairs: readonly (readonly [identifier: number, value: number])[]): void {
    this.#settings ??= pairs.slice(0, mostSettings);
  }

  windowUpdate(increment: number): void {
    if (this.#window === '00') this.#window = String(increment);
  }

  priority(stream: number, priority: FramePriority): void {
    if (this.#priorities.length >= mostPriorities) return;
    const { exclusive, dependsOn, weight } = priority;
    this.#priorities.push(`${stream}:${exclusive ? 1 : 0}:${dependsOn}:${weight}`);
  }

  /** The text at the first request; null at those that follow. */
  take(fields: readonly Header[]): string | null {
    if (this.#isTaken) return null;
    this.#isTaken = true;
    const settings = (this.#settings ?? []).map(([identifier, value]) => `${identifier}:${value}`).join(';');
    const priorities = this.#priorities.length === 0 ? '0' : this.#priorities.join(',');
    const pseudo = fields
      .filter(([name]) => name.startsWith(':'))
      .slice(0, mostPseudo)
      .map(([name]) => name.slice(1, 2));
    return [settings, this.#window, priorities, pseudo.join(',')].join('|');
  }
}
