/** The picture on the screen: a desktop with a panel and a terminal, made of filled rectangles that the persona draws. */

import type { Persona } from '../../core/persona.ts';
import { below, pick } from '../../core/random.ts';

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** 0xRRGGBB */
  readonly colour: number;
}

export interface Desktop {
  readonly width: number;
  readonly height: number;
  /** Rows of 0xRRGGBB, one pixel an element. */
  readonly pixels: Uint32Array;
}

const sizes: readonly [readonly [number, number], ...(readonly [number, number])[]] = [
  [1024, 768],
  [1280, 720],
  [1280, 800],
  [1152, 864],
];

const desktops = new WeakMap<Persona, Desktop>();

/** Size from the details `width` and `height` of the persona's `vnc` software, or drawn. */
export function desktopOf(persona: Persona): Desktop {
  let desktop = desktops.get(persona);
  if (desktop === undefined) {
    desktop = draw(persona);
    desktops.set(persona, desktop);
  }
  return desktop;
}

function draw(persona: Persona): Desktop {
  const random = persona.random('vnc desktop');
  const [drawnWidth, drawnHeight] = pick(random, sizes);
  const details = persona.software['vnc']?.details;
  const side = (text: string | undefined, drawn: number): number => {
    const wanted = Number(text);
    return Number.isInteger(wanted) && wanted >= 64 && wanted <= 2048 ? wanted : drawn;
  };
  const width = side(details?.['width'], drawnWidth);
  const height = side(details?.['height'], drawnHeight);
  const shapes: Rectangle[] = [];
  const fill = (x: number, y: number, across: number, down: number, colour: number): void => {
    shapes.push({ x, y, width: across, height: down, colour });
  };
  fill(
    0,
    0,
    width,
    height,
    pick(random, [0x2c_3e_50, 0x00_80_80, 0x3b_6e_a5, 0x30_0a_24, 0x1d_1f_21, 0x4a_4a_4a]),
  );
  const panel = pick(random, [0, height - 28]);
  fill(0, panel, width, 28, pick(random, [0xd4_d0_c8, 0x2d_2d_2d, 0xe8_e8_e7]));
  fill(4, panel + 4, 60 + below(random, 30), 20, 0x5b_8c_5a);
  for (let icon = 0; icon < 3 + below(random, 4); icon += 1) {
    fill(24, 60 + icon * 84, 40, 40, pick(random, [0xf0_c0_40, 0x60_90_d0, 0xc0_c0_c0]));
    fill(14, 106 + icon * 84, 40 + below(random, 22), 7, 0xff_ff_ff);
  }
  const left = 140 + below(random, Math.max(1, Math.floor(width / 6)));
  const top = 70 + below(random, Math.max(1, Math.floor(height / 6)));
  const across = Math.floor(width * 0.55);
  const down = Math.floor(height * 0.55);
  fill(left, top, across, 22, pick(random, [0x0a_24_6a, 0x3c_3b_37, 0x48_5c_78]));
  fill(left + 8, top + 7, 90 + below(random, 60), 8, 0xf0_f0_f0);
  fill(left, top + 22, across, down, 0x00_00_00);
  for (let line = 0; line < 4 + below(random, 20); line += 1) {
    const y = top + 30 + line * 14;
    if (y > top + down) break;
    let x = left + 6;
    for (let word = 0; word < 2 + below(random, 6) && x < left + across - 80; word += 1) {
      const letters = 2 + below(random, 9);
      for (let letter = 0; letter < letters; letter += 1)
        fill(
          x + letter * 7,
          y + below(random, 3),
          5,
          6 + below(random, 3),
          word === 0 ? 0x4e_9a_06 : 0xd3_d7_cf,
        );
      x += letters * 7 + 7;
    }
  }
  const pixels = new Uint32Array(width * height);
  for (const shape of shapes) {
    const right = Math.min(width, shape.x + shape.width);
    for (let y = shape.y; y < Math.min(height, shape.y + shape.height); y += 1)
      pixels.fill(shape.colour, y * width + Math.min(width, shape.x), y * width + right);
  }
  return { width, height, pixels };
}
