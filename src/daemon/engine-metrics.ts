/** What the engine counts, for Prometheus. */

import process from 'node:process';
import type { Metric } from '../api/contract.ts';
import type { Engine } from './engine.ts';

export function engineMetrics(engine: Engine): Metric[] {
  const metrics: Metric[] = [];
  const add = (
    type: 'counter' | 'gauge',
    name: string,
    help: string,
    value: number,
    labels?: Record<string, string>,
  ): void => {
    metrics.push({ name, help, type, value, ...(labels === undefined ? {} : { labels }) });
  };
  const { observations, decisions } = engine.counts;
  const { sources } = engine.judge;
  add('counter', 'picket_observations_total', 'Observations judged', observations);
  add('counter', 'picket_decisions_total', 'Decisions made, renewals included', decisions);
  add('gauge', 'picket_sources', 'Sources remembered', sources.size);
  add('counter', 'picket_sources_evicted_total', 'Sources forgotten to make room', sources.evicted);
  add('gauge', 'picket_decisions_standing', 'Decisions that shall be in force', engine.fenceDesk.size);
  add(
    'gauge',
    'picket_breaker_open',
    '1 while new blocks are simulated',
    engine.breaker.state().open ? 1 : 0,
  );
  add('counter', 'picket_events_kept_total', 'Observations brought into the event store', engine.keeper.rows);
  add('gauge', 'picket_events_waiting', 'Observations that wait for the event store', engine.keeper.waiting);
  add(
    'counter',
    'picket_events_left_to_spools_total',
    'Observations left to the spools for now',
    engine.keeper.passedOver,
  );
  add('gauge', 'picket_engine_memory_bytes', 'Resident memory of the engine', process.memoryUsage.rss());
  for (const { detector, states, evicted } of engine.pipeline.runner.counters()) {
    add('gauge', 'picket_detector_states', 'States held by detector', states, { detector });
    add('counter', 'picket_detector_states_evicted_total', 'States forgotten to make room', evicted, {
      detector,
    });
  }
  for (const { name, coverage, desired, enforced } of engine.fenceDesk.status()?.enforcers ?? []) {
    add('gauge', 'picket_fence_coverage', 'Share of desired decisions in force', coverage, {
      enforcer: name,
    });
    add('gauge', 'picket_fence_desired', 'Desired decisions', desired, { enforcer: name });
    add('gauge', 'picket_fence_enforced', 'Decisions in force', enforced, { enforcer: name });
  }
  for (const sensor of engine.sensorDesk.sensors()) {
    add('gauge', 'picket_sensor_connected', '1 while the sensor is connected', sensor.connected ? 1 : 0, {
      sensor: sensor.id,
    });
    add('counter', 'picket_sensor_refused_total', 'Records refused', sensor.refused, { sensor: sensor.id });
    for (const [counter, value] of Object.entries(sensor.counters)) {
      add('gauge', 'picket_sensor', 'What the sensor counts itself', value, { sensor: sensor.id, counter });
    }
  }
  return metrics;
}
