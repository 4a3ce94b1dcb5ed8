/**
 * The text of one part of a request as the application would come to see it: percent-decoded up to three times, character
 * references and escapes resolved, zero bytes gone, case and white space folded. Bounded and linear.
 */

import { decodeEscapes, decodeReferences } from './normalise-escape.ts';
import { decodePercentLayer, traits } from './normalise-percent.ts';

export interface NormalisedText {
  /** Decoded; case and line breaks as they were. */
  readonly text: string;
  /** `text` in lower case, each run of white space one space. */
  readonly folded: string;
  /** OR of `traits` (normalise-percent.ts). */
  readonly traits: number;
}

const mostLayers = 3;

/** Beyond this many characters of one part the middle is left out: an exploit stands at an end, or near its own marks. */
export const mostCharacters = 262_144;

const needsWork = /[^\x20-\x24\x27-\x2a\x2c-\x5b\x5d-\x7e]/;
const whiteRun = /[\s\u00a0\ufeff\u200b]{2,}|[\t\n\r\v\f\u00a0\ufeff\u200b\u2028\u2029]/g;
const hasWhite = /[^\x21-\x7e\x80-\x9f\xa1-\xff]/;

function fold(text: string): string {
  const lower = text.toLowerCase();
  return hasWhite.test(lower) ? lower.replace(whiteRun, ' ') : lower;
}

/**
 * Normalises one part. `plusIsSpace` for query and form values (WHATWG URL §5.1). Nothing that stands for itself costs
 * more than one pass and the lower case.
 */
export function normalise(raw: string, plusIsSpace: boolean): NormalisedText {
  // The letters without escape: no percent, ampersand, plus, backslash, control or non-ASCII character.
  if (!needsWork.test(raw)) return { text: raw, folded: fold(raw), traits: 0 };
  let text =
    raw.length > mostCharacters
      ? `${raw.slice(0, mostCharacters / 2)} ${raw.slice(raw.length - mostCharacters / 2)}`
      : raw;
  let found = 0;
  let layers = 0;
  for (; layers < mostLayers; layers += 1) {
    const layer = decodePercentLayer(text, plusIsSpace && layers === 0);
    // A stray percent sign that only later layers meet says nothing of the client.
    found |= layers === 0 ? layer.traits : layer.traits & ~traits.brokenEscape & ~traits.invalidUtf8;
    text = layer.text;
    if (!layer.changed) break;
    if (layers > 0) found |= traits.doubleEncoded;
  }
  if (text.includes('&')) {
    text = decodeReferences(text);
    if (text.includes('&')) text = decodeReferences(text);
  }
  if (text.includes('\\')) text = decodeEscapes(text);
  if (text.includes('\0')) {
    found |= traits.zeroByte;
    text = text.replaceAll('\0', '');
  }
  return { text, folded: fold(text), traits: found };
}
