/** The day's mixture of flow records as an exporter sends it: IPFIX datagrams of 24 records, one after another. */

import { below, seededRandom } from '../src/core/random.ts';

const recordsInDatagram = 24;
/** source 4, destination 4, start 8, end 8 (ms), octets 8, packets 8, ports 2 and 2, protocol 1, flags 1 */
const fields = [
  [8, 4],
  [12, 4],
  [152, 8],
  [153, 8],
  [1, 8],
  [2, 8],
  [7, 2],
  [11, 2],
  [4, 1],
  [6, 1],
] as const;
const recordLength = fields.reduce((sum, [, length]) => sum + length, 0);

/** 4,000 clients of 60 servers, each answered; 2 % of the records by 20 scanners. */
export function flowExports(count: number): Buffer {
  const random = seededRandom('flow exports');
  let time = 1_700_000_000;
  const records: Buffer[] = [];
  const record = (
    source: number,
    destination: number,
    ports: readonly [number, number],
    packets: number,
    bytes: number,
    flags: number,
  ): void => {
    const buffer = Buffer.alloc(recordLength);
    buffer.writeUInt32BE(source, 0);
    buffer.writeUInt32BE(destination, 4);
    buffer.writeBigUInt64BE(BigInt(time) * 1000n, 8);
    buffer.writeBigUInt64BE(BigInt(time + 2) * 1000n, 16);
    buffer.writeUInt32BE(bytes, 28);
    buffer.writeUInt32BE(packets, 36);
    buffer.writeUInt16BE(ports[0], 40);
    buffer.writeUInt16BE(ports[1], 42);
    buffer[44] = 6;
    buffer[45] = flags;
    records.push(buffer);
  };
  while (records.length < count) {
    if (below(random, 50) === 0) time += 1;
    if (below(random, 50) === 0) {
      const source = 0xc6336400 + below(random, 20);
      const destination = 0x0a000000 + below(random, 4) * 256 + below(random, 250);
      record(source, destination, [40_000 + below(random, 9_000), 1 + below(random, 9_000)], 1, 40, 2);
      continue;
    }
    const client = 0xcb000000 + below(random, 4) * 65_536 + below(random, 4) * 256 + below(random, 250);
    const server = 0x0a000000 + below(random, 60);
    const port = 32_768 + below(random, 28_000);
    const size = 10 + below(random, 40);
    record(client, server, [port, 443], size, size * 300, 27);
    record(server, client, [443, port], size, size * 900, 27);
  }
  const datagrams: Buffer[] = [];
  for (let at = 0; at < records.length; at += recordsInDatagram) {
    const body = Buffer.concat(records.slice(at, at + recordsInDatagram));
    const sets = at === 0 ? [templateSet(), dataSet(body)] : [dataSet(body)];
    const header = Buffer.alloc(16);
    header.writeUInt16BE(10, 0);
    header.writeUInt16BE(16 + sets.reduce((sum, set) => sum + set.length, 0), 2);
    header.writeUInt32BE(time + 2, 4);
    header.writeUInt32BE(at, 8);
    datagrams.push(header, ...sets);
  }
  return Buffer.concat(datagrams);
}

function templateSet(): Buffer {
  const words = [2, 8 + fields.length * 4, 256, fields.length, ...fields.flat()];
  const set = Buffer.alloc(words.length * 2);
  for (const [index, word] of words.entries()) set.writeUInt16BE(word, index * 2);
  return set;
}

function dataSet(body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(256, 0);
  head.writeUInt16BE(4 + body.length, 2);
  return Buffer.concat([head, body]);
}
