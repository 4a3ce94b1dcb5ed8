/** FramebufferUpdate: RFC 6143 §7.6.1, with the encodings Raw (§7.7.1) and Hextile (§7.7.4). */

import { Buffer } from 'node:buffer';
import type { Desktop } from './desktop.ts';
import { type PixelFormat, writePixel } from './pixel-format.ts';

export const encoding = { raw: 0, hextile: 5 } as const;

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const tileSide = 16;

function pixelsOf(desktop: Desktop, format: PixelFormat, area: Area, into: Buffer, start: number): number {
  let offset = start;
  for (let y = area.y; y < area.y + area.height; y += 1)
    for (let x = area.x; x < area.x + area.width; x += 1)
      offset = writePixel(format, desktop.pixels[y * desktop.width + x] ?? 0, into, offset);
  return offset;
}

function isPlain(desktop: Desktop, area: Area): boolean {
  const first = desktop.pixels[area.y * desktop.width + area.x];
  for (let y = area.y; y < area.y + area.height; y += 1)
    for (let x = area.x; x < area.x + area.width; x += 1)
      if (desktop.pixels[y * desktop.width + x] !== first) return false;
  return true;
}

// U8   0, FramebufferUpdate
//      1 octet of padding
// U16  number-of-rectangles
// U16  x-position, y-position, width, height
// S32  encoding-type
//      pixels
/** The update in pieces of sixteen rows, so that nobody has to hold all of it. */
export function* updateOf(
  desktop: Desktop,
  format: PixelFormat,
  area: Area,
  hextile: boolean,
): Generator<Buffer> {
  const head = Buffer.alloc(16);
  head.writeUInt16BE(1, 2);
  head.writeUInt16BE(area.x, 4);
  head.writeUInt16BE(area.y, 6);
  head.writeUInt16BE(area.width, 8);
  head.writeUInt16BE(area.height, 10);
  head.writeInt32BE(hextile ? encoding.hextile : encoding.raw, 12);
  yield head;
  const octets = format.bitsPerPixel / 8;
  for (let row = 0; row < area.height; row += tileSide) {
    const height = Math.min(tileSide, area.height - row);
    const tiles = Math.ceil(area.width / tileSide);
    const bytes = Buffer.alloc(area.width * height * octets + (hextile ? tiles : 0));
    let offset = 0;
    if (!hextile) offset = pixelsOf(desktop, format, { ...area, y: area.y + row, height }, bytes, 0);
    else {
      for (let column = 0; column < area.width; column += tileSide) {
        const width = Math.min(tileSide, area.width - column);
        const tile = { x: area.x + column, y: area.y + row, width, height };
        // U8 subencoding-mask: 1 Raw, 2 BackgroundSpecified with the colour behind it
        if (isPlain(desktop, tile)) {
          bytes[offset] = 2;
          const colour = desktop.pixels[tile.y * desktop.width + tile.x] ?? 0;
          offset = writePixel(format, colour, bytes, offset + 1);
        } else {
          bytes[offset] = 1;
          offset = pixelsOf(desktop, format, tile, bytes, offset + 1);
        }
      }
    }
    yield bytes.subarray(0, offset);
  }
}
