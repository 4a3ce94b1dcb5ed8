/** Which header a scanner's word belongs into: it looks at all of them as one text. */

import { isLiteral, literalOf, parseText, shownText, type Text } from '../language/text.ts';

type Line = readonly [name: string, value: Text];

const mediaType = /^(?:text|application|image|audio|video|font|multipart)\/[\w.+*-]*/i;
const token = (digits: number): string => `{{like("[a-f0-9]{${digits}}")}}`;

function completed(name: string, value: string): Text {
  const lower = name.toLowerCase();
  if (lower === 'set-cookie') {
    if (/^[\w.-]+=$/.test(value)) return parseText(`${value}${token(26)}; path=/; HttpOnly`);
    if (/^[\w.-]+$/.test(value)) return parseText(`${value}=${token(26)}; path=/; HttpOnly`);
  }
  if (value === '') {
    if (lower === 'location') return parseText('/');
    return parseText(token(16));
  }
  return parseText(value);
}

/**
 * The header lines that hold a word, the likeliest first. A text with holes is treated by its literal part and put whole where that
 * fits.
 */
export function headerLines(text: Text): Line[] {
  const shown = shownText(text)
    .replaceAll(/[\r\n]+/g, '\n')
    .trim();
  const literal = literalOf(text).trim();
  const line = /^([A-Za-z][A-Za-z0-9-]{1,63}):[ \t]*([^\n]*)$/.exec(shown);
  if (line !== null) return [[line[1] ?? '', completed(line[1] ?? '', line[2] ?? '')]];
  const lines: Line[] = [];
  const add = (name: string, value: string): void => {
    lines.push([name, parseText(value)]);
  };
  if (mediaType.test(literal)) add('Content-Type', /^[a-z]+\/$/i.test(shown) ? `${shown}plain` : shown);
  if (/^charset=/i.test(literal)) add('Content-Type', `text/html; ${shown}`);
  if (/^(?:attachment|inline|filename)/i.test(literal)) {
    const value = /^filename/i.test(literal) ? `attachment; ${shown}` : shown;
    // `filename=` and `filename="` stand for any name.
    add(
      'Content-Disposition',
      value.endsWith('=') ? `${value}export` : value.endsWith('="') ? `${value}export"` : value,
    );
  }
  if (/^(?:https?:|\/|\.\.?\/|\{\{BaseURL)/i.test(shown)) add('Location', shown);
  if (isLiteral(text) && /^[\w.-]{2,64}=$/.test(literal))
    add('Set-Cookie', `${shown}${token(26)}; path=/; HttpOnly`);
  if (isLiteral(text) && /^[\w.-]{3,64}=[^;\s]{1,256}/.test(literal)) add('Set-Cookie', `${shown}; path=/`);
  if (/^[\w.-]{1,64}\.(?:php|jsp|aspx?|html?|action|do)\b/i.test(literal)) add('Location', `/${shown}`);
  if (/[?&%]|^redirect/i.test(literal) && !/\s/.test(literal))
    add('Location', `/?${shown.replace(/^[/?]+/, '')}`);
  const isHeaderName = isLiteral(text) && /^[A-Za-z][A-Za-z-]{1,63}$/.test(literal) && literal.includes('-');
  if (isHeaderName) add(literal, token(16));
  if (
    /session|cookie|token|auth|^[A-Z_]{5,}$|logged_in/i.test(literal) &&
    isLiteral(text) &&
    /^[\w.-]+$/.test(literal)
  )
    add('Set-Cookie', `${shown}${shown.endsWith('_') ? token(8) : ''}=${token(26)}; path=/; HttpOnly`);
  add('X-Powered-By', shown);
  return lines;
}
