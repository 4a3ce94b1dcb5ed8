/** The figures of this process itself: memory, processor time, delay of the event loop. */

import { collectDefaultMetrics, Registry } from 'prom-client';

/** A process with nothing to do is woken this often to see how late it is; prom-client's own 10 ms are a hundred times a second. */
const eventLoopMonitoringPrecision = 200;

export function processMetrics(): Registry {
  const register = new Registry();
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision });
  return register;
}
