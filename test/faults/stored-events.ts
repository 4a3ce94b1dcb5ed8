/** Writes the observations of a stopped Picket's event store into a file as JSON. Arguments: the folder of the store, the file. */

import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { ClickHouseStore } from '../../src/store/clickhouse-store.ts';

const [folder = '', file = ''] = process.argv.slice(2);
const store = await ClickHouseStore.open({ engine: { path: folder } });
const events = await store.since(0, 1_000_000);
writeFileSync(
  file,
  JSON.stringify(
    events.map(({ sensor, sequence, kind, source, sourcePort }) => ({
      sensor,
      sequence,
      kind,
      source,
      sourcePort,
    })),
  ),
);
await store.close();
process.exit();
