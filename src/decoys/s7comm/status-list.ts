/** System status lists (SIEMENS, System Software for S7-300/400, chapter 33): what the controller tells of itself. */

import { octets, uint16 } from '../../wire/big-endian.ts';
import type { Station } from './station.ts';

export interface StatusList {
  readonly recordLength: number;
  readonly records: readonly Uint8Array[];
}

const padded = (text: string, length: number, filler = ' '): string =>
  text.slice(0, length).padEnd(length, filler);

/** uint16 index; 20 characters order number; uint16 type; uint16 and uint16 of hardware or firmware version. */
function identification(station: Station): StatusList {
  const [major, minor, patch] = station.firmware;
  const order = padded(station.order, 20);
  return {
    recordLength: 28,
    records: [
      octets(uint16(1), order, uint16(0xc0), 0, station.hardware, uint16(1)),
      octets(uint16(6), order, uint16(0xc0), 0, station.hardware, uint16(1)),
      octets(uint16(7), padded('', 20), uint16(0xc0), 0x56, major, minor, patch),
    ],
  };
}

/** uint16 index; 32 octets of text. */
function components(station: Station): StatusList {
  const text = (index: number, value: string): Uint8Array =>
    octets(uint16(index), padded(value, 24, '\0'), '\0'.repeat(8));
  return {
    recordLength: 34,
    records: [
      text(1, station.systemName),
      text(2, station.moduleName),
      text(3, station.plant),
      text(4, 'Original Siemens Equipment'),
      text(5, station.serial),
      text(7, station.moduleType),
      text(8, station.cardSerial),
      octets(uint16(9), uint16(42), uint16(0x20), '\0'.repeat(28)),
      text(10, ''),
      text(11, ''),
    ].map((record) => record.subarray(0, 34)),
  };
}

/** Of an event 0x494x: uint16 id, octet 0xff, mode 8 (run) or 4 (stop), … 20 octets. */
const mode = (station: Station): StatusList => ({
  recordLength: 20,
  records: [
    octets(uint16(station.running ? 0x5108 : 0x5104), 0xff, station.running ? 8 : 4, '\0'.repeat(16)),
  ],
});

/** uint16 index 4; protection by switch, parameter, real; uint16 position of the switch … 40 octets. */
const protection = (): StatusList => ({
  recordLength: 40,
  records: [octets(uint16(4), uint16(1), uint16(0), uint16(1), uint16(2), uint16(0), '\0'.repeat(28))],
});

const known = [0x0000, 0x0011, 0x0111, 0x001c, 0x011c, 0x0424, 0x0131, 0x0132, 0x0232] as const;

/** The list of this id and index; a number where there is none: the error that the controller gives. */
export function statusList(station: Station, id: number, index: number): StatusList | number {
  const one = (list: StatusList): StatusList | number => {
    const records = list.records.filter((record) => ((record[0] ?? 0) << 8) + (record[1] ?? 0) === index);
    return records.length > 0 ? { ...list, records } : 0xd402;
  };
  switch (id) {
    case 0x0000:
      return { recordLength: 2, records: known.map(uint16) };
    case 0x0011:
      return identification(station);
    case 0x0111:
      return one(identification(station));
    case 0x001c:
      return components(station);
    case 0x011c:
      return one(components(station));
    case 0x0424:
      return mode(station);
    case 0x0132:
    case 0x0232:
      return index === 4 ? protection() : 0xd402;
    default:
      return 0xd401;
  }
}
