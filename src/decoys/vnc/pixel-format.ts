/** How a client wants its pixels: RFC 6143 §7.4. */

import { Buffer } from 'node:buffer';

export interface PixelFormat {
  readonly bitsPerPixel: 8 | 16 | 32;
  readonly bigEndian: boolean;
  readonly trueColour: boolean;
  readonly maximum: readonly [red: number, green: number, blue: number];
  readonly shift: readonly [red: number, green: number, blue: number];
}

export const serverFormat: PixelFormat = {
  bitsPerPixel: 32,
  bigEndian: false,
  trueColour: true,
  maximum: [255, 255, 255],
  shift: [16, 8, 0],
};

// U8   bits-per-pixel
// U8   depth
// U8   big-endian-flag
// U8   true-colour-flag
// U16  red-max, green-max, blue-max
// U8   red-shift, green-shift, blue-shift
//      3 octets of padding
export const serverFormatOctets: Buffer = Buffer.from([
  32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0,
]);

/** Null where the format is none that a server has. */
export function readPixelFormat(bytes: Buffer): PixelFormat | null {
  const bits = bytes.readUInt8(0);
  if (bits !== 8 && bits !== 16 && bits !== 32) return null;
  const trueColour = bytes.readUInt8(3) !== 0;
  // Without true colour a pixel is a number in a table, here always of three, three and two bits.
  if (!trueColour) {
    if (bits !== 8) return null;
    return { bitsPerPixel: 8, bigEndian: false, trueColour, maximum: [7, 7, 3], shift: [0, 3, 6] };
  }
  const shift = [bytes.readUInt8(10), bytes.readUInt8(11), bytes.readUInt8(12)] as const;
  if (shift.some((each) => each > 31)) return null;
  return {
    bitsPerPixel: bits,
    bigEndian: bytes.readUInt8(2) !== 0,
    trueColour,
    maximum: [bytes.readUInt16BE(4), bytes.readUInt16BE(6), bytes.readUInt16BE(8)],
    shift,
  };
}

/** Writes one colour (0xRRGGBB) at an offset; the offset behind it. */
export function writePixel(format: PixelFormat, colour: number, into: Buffer, offset: number): number {
  const { maximum, shift } = format;
  const part = (index: 0 | 1 | 2): number =>
    Math.round((((colour >> (16 - index * 8)) & 255) * maximum[index]) / 255) << shift[index];
  const value = (part(0) | part(1) | part(2)) >>> 0;
  if (format.bitsPerPixel === 8) return into.writeUInt8(value & 255, offset);
  if (format.bitsPerPixel === 16)
    return format.bigEndian
      ? into.writeUInt16BE(value & 65_535, offset)
      : into.writeUInt16LE(value & 65_535, offset);
  return format.bigEndian ? into.writeUInt32BE(value, offset) : into.writeUInt32LE(value, offset);
}

// U8   1, SetColourMapEntries
//      1 octet of padding
// U16  first-colour
// U16  number-of-colours
// U16  red, green, blue of each
export function colourMap(): Buffer {
  const bytes = Buffer.alloc(6 + 256 * 6);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt16BE(256, 4);
  for (let index = 0; index < 256; index += 1) {
    bytes.writeUInt16BE(Math.floor(((index & 7) * 65_535) / 7), 6 + index * 6);
    bytes.writeUInt16BE(Math.floor((((index >> 3) & 7) * 65_535) / 7), 8 + index * 6);
    bytes.writeUInt16BE(Math.floor(((index >> 6) * 65_535) / 3), 10 + index * 6);
  }
  return bytes;
}
