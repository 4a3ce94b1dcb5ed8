/**
 * Percent-encoding (RFC 3986 §2.1) as servers and attackers write it: `%XX`, IIS `%uXXXX`, UTF-8 (RFC 3629) with the
 * overlong forms that lenient decoders accept, and full-width letters that back ends fold to ASCII.
 */

/** What the encoding gives away: each is something that no browser writes. */
export const traits = {
  /** More than one layer of percent-encoding. */
  doubleEncoded: 1,
  /** A UTF-8 form longer than the character needs (RFC 3629 §3 forbids them: `%c0%af` for a slash). */
  overlong: 2,
  /** A zero byte. */
  zeroByte: 4,
  /** `%uXXXX`. */
  percentU: 8,
  /** A percent sign that begins no escape. */
  brokenEscape: 16,
  /** Full-width or circled forms of ASCII letters, digits or punctuation. */
  widened: 32,
  /** A byte that is no UTF-8. */
  invalidUtf8: 64,
  /** An escaped letter or digit, which no client needs to escape. */
  needlessEscape: 128,
} as const;

const hexOf = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
};

/** ASCII for a character that back ends fold to it (fullwidth forms, circled digits and letters, typographic quotes), or 0. */
export function foldedAscii(code: number): number {
  if (code >= 0xff01 && code <= 0xff5e) return code - 0xfee0;
  if (code >= 0x2460 && code <= 0x2468) return 49 + code - 0x2460;
  if (code === 0x24ea) return 48;
  if (code >= 0x24d0 && code <= 0x24e9) return 97 + code - 0x24d0;
  if (code >= 0x24b6 && code <= 0x24cf) return 65 + code - 0x24b6;
  if (code === 0x3002 || code === 0xff61) return 46;
  if (code === 0x2018 || code === 0x2019 || code === 0x2032 || code === 0x02b9 || code === 0x02bc) return 39;
  if (code === 0xb4) return 39;
  if (code === 0x201c || code === 0x201d || code === 0x2033) return 34;
  return 0;
}

const isWidened = (code: number): boolean => code >= 0x2460 && code !== 0x3002;

/** One layer taken off; `changed` tells whether any escape was there. */
export interface DecodedLayer {
  readonly text: string;
  readonly changed: boolean;
  /** OR of `traits`. */
  readonly traits: number;
}

/**
 * Takes one layer of percent-encoding off and reads runs of bytes of 0x80 and above as UTF-8, leniently. Linear in the
 * text; never throws.
 */
export function decodePercentLayer(text: string, plusIsSpace: boolean): DecodedLayer {
  const length = text.length;
  let out = '';
  let flushed = 0;
  let changed = false;
  let found = 0;
  let index = 0;

  // The unit at a position: [value, width] without allocation; width 0 where the text ends.
  let unitValue = 0;
  let unitWidth = 0;
  const readUnit = (at: number): void => {
    if (at >= length) {
      unitWidth = 0;
      return;
    }
    const code = text.charCodeAt(at);
    unitValue = code;
    unitWidth = 1;
    if (code !== 37) return;
    const high = at + 2 < length ? hexOf(text.charCodeAt(at + 1)) : -1;
    const low = high >= 0 ? hexOf(text.charCodeAt(at + 2)) : -1;
    if (low < 0) return;
    unitValue = high * 16 + low;
    unitWidth = 3;
  };

  while (index < length) {
    const code = text.charCodeAt(index);
    if (code !== 37 && code < 128 && code !== 0 && !(code === 43 && plusIsSpace)) {
      index += 1;
      continue;
    }
    if (code === 43) {
      out += text.slice(flushed, index);
      out += ' ';
      index += 1;
      flushed = index;
      continue;
    }
    if (code === 0) {
      found |= traits.zeroByte;
      index += 1;
      continue;
    }
    // %uXXXX
    if (code === 37 && (text.charCodeAt(index + 1) | 32) === 117 && index + 5 < length) {
      let value = 0;
      for (let digit = 2; digit <= 5 && value >= 0; digit += 1) {
        const hex = hexOf(text.charCodeAt(index + digit));
        value = hex < 0 ? -1 : value * 16 + hex;
      }
      if (value >= 0) {
        found |= traits.percentU;
        const ascii = foldedAscii(value);
        out += text.slice(flushed, index) + String.fromCharCode(ascii === 0 ? value : ascii);
        index += 6;
        flushed = index;
        changed = true;
        continue;
      }
    }
    readUnit(index);
    let value = unitValue;
    let width = unitWidth;
    if (code === 37 && width === 1) {
      found |= traits.brokenEscape;
      index += 1;
      continue;
    }
    if (width === 3) {
      changed = true;
      if ((value >= 48 && value <= 57) || ((value | 32) >= 97 && (value | 32) <= 122 && value < 128)) {
        found |= traits.needlessEscape;
      }
      if (value === 0) found |= traits.zeroByte;
    }
    if (value >= 0x80 && value <= 0xff) {
      const follow =
        value >= 0xf0 && value <= 0xf7
          ? 3
          : value >= 0xe0 && value < 0xf0
            ? 2
            : value >= 0xc0 && value < 0xe0
              ? 1
              : 0;
      let point = follow === 3 ? value & 7 : follow === 2 ? value & 15 : value & 31;
      let good = follow > 0;
      let taken = width;
      for (let step = 0; step < follow && good; step += 1) {
        readUnit(index + taken);
        if (unitWidth === 0 || unitValue < 0x80 || unitValue > 0xbf) good = false;
        else {
          point = point * 64 + (unitValue & 63);
          taken += unitWidth;
        }
      }
      if (good && point <= 0x10_ffff) {
        const least = follow === 1 ? 0x80 : follow === 2 ? 0x800 : 0x1_0000;
        if (point < least) found |= traits.overlong;
        value = point;
        width = taken;
      } else if (unitWidth !== 0 || width === 3) {
        found |= traits.invalidUtf8;
      }
    }
    const ascii = value < 128 ? 0 : foldedAscii(value);
    if (ascii !== 0) {
      if (isWidened(value)) found |= traits.widened;
      value = ascii;
    }
    out += text.slice(flushed, index);
    out += value > 0xffff ? String.fromCodePoint(value) : String.fromCharCode(value);
    index += width;
    flushed = index;
  }
  return { text: flushed === 0 ? text : out + text.slice(flushed), changed, traits: found };
}
