/** What a collector remembers of one observation domain of one exporter: templates, sampling, and which number comes next. All bounded. */

import type { FlowTemplate } from './flow-template.ts';

const mostTemplates = 128;
const mostSamplers = 64;

/** Keeps the newest of a bounded number. */
function put<Value>(map: Map<number, Value>, key: number, value: Value, most: number): void {
  map.delete(key);
  if (map.size >= most) {
    const [oldest] = map.keys();
    if (oldest !== undefined) map.delete(oldest);
  }
  map.set(key, value);
}

export class ExportDomain {
  /** When the exporter started, where only its options say so; 0 where not known. */
  bootedAt = 0;
  readonly #templates = new Map<number, FlowTemplate>();
  readonly #samplers = new Map<number, number>();
  #sampling = 1;
  #expected = -1;

  template(id: number): FlowTemplate | undefined {
    return this.#templates.get(id);
  }

  learn(id: number, template: FlowTemplate): void {
    put(this.#templates, id, template, mostTemplates);
  }

  /** RFC 7011 §8.1: a template with no fields takes back the one of its id. Ids 2 and 3 stand for all. */
  withdraw(id: number, isOptions: boolean): void {
    if (id > 255) this.#templates.delete(id);
    else
      for (const [key, template] of this.#templates)
        if (template.isOptions === isOptions) this.#templates.delete(key);
  }

  sampled(selector: number, rate: number): void {
    if (selector >= 0) put(this.#samplers, selector, rate, mostSamplers);
    else this.#sampling = rate;
  }

  /** One packet in so many, for a record that names this selector (-1 for none). */
  samplingOf(selector: number): number {
    // Where it is the only one, most exporters do not name it in each record.
    if (selector < 0 && this.#sampling === 1 && this.#samplers.size === 1) {
      for (const rate of this.#samplers.values()) return rate;
    }
    return this.#samplers.get(selector) ?? this.#sampling;
  }

  /** Takes the sequence number of a datagram and how many it counts itself; answers with how many are missing before it. */
  count(sequence: number, items: number): number {
    const missing = this.#expected < 0 ? 0 : (sequence - this.#expected) >>> 0;
    this.#expected = (sequence + items) >>> 0;
    // The half beyond is the past: a datagram that came late, or an exporter that began anew.
    return missing < 0x80000000 ? missing : 0;
  }
}
