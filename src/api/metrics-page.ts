/** The page for Prometheus: the engine's figures, the API's own, and those of the process. */

import { Counter, Gauge, Registry } from 'prom-client';
import type { EngineApi, Metric } from './contract.ts';
import type { Feed } from './feed.ts';
import { processMetrics } from './process-metrics.ts';

export class MetricsPage {
  readonly #engine: Pick<EngineApi, 'metrics'>;
  readonly #feed: Pick<Feed, 'counts'>;
  readonly #process = processMetrics();
  readonly #responses = new Map<string, number>();

  constructor(engine: Pick<EngineApi, 'metrics'>, feed: Pick<Feed, 'counts'>) {
    this.#engine = engine;
    this.#feed = feed;
  }

  readonly contentType: string = Registry.PROMETHEUS_CONTENT_TYPE;

  /** Counts a response by the hundred of its status. */
  answered(status: number): void {
    const family = `${Math.floor(status / 100)}xx`;
    this.#responses.set(family, (this.#responses.get(family) ?? 0) + 1);
  }

  /** The text exposition format, version 0.0.4. */
  async text(): Promise<string> {
    const registry = registryOf([...this.#engine.metrics(), ...this.#own()]);
    return `${await registry.metrics()}${await this.#process.metrics()}`;
  }

  *#own(): Iterable<Metric> {
    const { readers, skipped, dropped } = this.#feed.counts;
    yield {
      name: 'picket_api_stream_readers',
      help: 'Readers of the live feed',
      type: 'gauge',
      value: readers,
    };
    yield {
      name: 'picket_api_stream_skipped_total',
      help: 'Events left out of the live feed in a flood',
      type: 'counter',
      value: skipped,
    };
    yield {
      name: 'picket_api_stream_dropped_total',
      help: 'Readers of the live feed cut off because they were slow',
      type: 'counter',
      value: dropped,
    };
    for (const [status, value] of this.#responses) {
      yield {
        name: 'picket_api_responses_total',
        help: 'Responses of the API by status',
        type: 'counter',
        value,
        labels: { status },
      };
    }
  }
}

/** The engine counts by itself; at each scrape its figures become metrics anew. */
function registryOf(metrics: Iterable<Metric>): Registry {
  const registry = new Registry();
  const made = new Map<string, Counter | Gauge>();
  for (const { name, help, type, value, labels } of metrics) {
    let metric = made.get(name);
    if (metric === undefined) {
      const settings = { name, help, labelNames: Object.keys(labels ?? {}), registers: [registry] };
      metric = type === 'counter' ? new Counter(settings) : new Gauge(settings);
      made.set(name, metric);
    }
    metric.inc(labels ?? {}, value);
  }
  return registry;
}
