/** What a record of another program's log says: a fact, when, and who it was about. Readers make observations of it. */

import type { Fact, Transport } from '../core/observation.ts';
import type { AddressCache } from './address-cache.ts';
import type { BatchWriter } from './batch-writer.ts';

export interface LoggedEvent {
  readonly at: number;
  /** As the record spells it; an event whose source is no address is passed over. */
  readonly source: string;
  readonly sourcePort?: number;
  readonly destination?: string;
  readonly destinationPort?: number;
  readonly transport?: Transport;
  readonly session?: string;
  readonly spoofable?: boolean;
  readonly fact: Fact;
}

const port = (value: number | undefined): number =>
  value !== undefined && Number.isInteger(value) && value >= 0 && value <= 65_535 ? value : 0;

/** Adds an event to the writer's current record; false where its source is no address. */
export function addEvent(event: LoggedEvent, addresses: AddressCache, writer: BatchWriter): boolean {
  const source = addresses.canonical(event.source);
  if (source === null) return false;
  const destination = addresses.canonical(event.destination ?? '') ?? '';
  const at = Number.isFinite(event.at) && event.at >= 0 && event.at < 8.64e15 ? Math.floor(event.at) : 0;
  const seen = writer.seen(
    at,
    source,
    port(event.sourcePort),
    port(event.destinationPort),
    (event.session ?? '').slice(0, 64),
    event.transport,
  );
  writer.add({ ...seen, destination, spoofable: event.spoofable ?? seen.spoofable, ...event.fact });
  return true;
}
