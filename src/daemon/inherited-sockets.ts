/** Sockets that a privileged supervisor has made for the sensor: descriptor by index of the configured listener, and those of any port. */

import type { AnyListeners } from '../sensor/sensor.ts';

export interface InheritedSockets {
  readonly listeners: readonly (number | null)[];
  readonly any: AnyListeners | null;
  /** The socket on which probes without a handshake are seen. */
  readonly probe: number | null;
}

export const noSockets: InheritedSockets = { listeners: [], any: null, probe: null };

/** What the supervisor has put into the environment; none where the sensor was started alone. */
export function readInheritedSockets(text: string | undefined): InheritedSockets {
  if (text === undefined) return noSockets;
  const value: InheritedSockets = JSON.parse(text);
  return value;
}
