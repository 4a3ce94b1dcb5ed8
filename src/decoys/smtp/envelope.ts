/** Addresses and parameters of MAIL and RCPT, read as Postfix reads them (RFC 5321 §4.1.2, and what it forgives). */

export interface EnvelopeCommand {
  /** Without angle brackets and source route. Null where the address is none. */
  readonly address: string | null;
  readonly parameters: readonly string[];
}

/**
 * `FROM:<reverse-path> [SP parameters]` or `TO:<forward-path> [SP parameters]`; null where the word or the address is missing.
 * Angle brackets may be left off.
 */
export function readEnvelope(rest: string, word: 'FROM:' | 'TO:'): EnvelopeCommand | null {
  if (rest.slice(0, word.length).toUpperCase() !== word) return null;
  const text = rest.slice(word.length).trim();
  if (text === '') return null;
  const end = text.startsWith('<') ? endOfBrackets(text) : endOfWord(text);
  if (end < 0) return { address: null, parameters: [] };
  const parameters = text
    .slice(end)
    .split(' ')
    .filter((part) => part !== '');
  const raw = text.startsWith('<') ? text.slice(1, end - 1) : text.slice(0, end);
  return { address: bareAddress(raw), parameters };
}

/** Where `<…>` ends, quotes and backslashes heeded; -1 where it does not. */
function endOfBrackets(text: string): number {
  let quoted = false;
  for (let index = 1; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === '>' && !quoted) return index + 1;
  }
  return -1;
}

function endOfWord(text: string): number {
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === ' ' && !quoted) return index;
  }
  return text.length;
}

/** The address without its route (`@one,@two:`); null where it has blanks outside quotes, or half of itself is missing. */
export function bareAddress(raw: string): string | null {
  let text = raw.trim();
  if (text.startsWith('@')) {
    const colon = text.indexOf(':');
    if (colon < 0) return null;
    text = text.slice(colon + 1);
  }
  if (text === '') return '';
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === ' ' || character === '\t' || character === '<')) return null;
  }
  return quoted || text.endsWith('@') || text.startsWith('@') ? null : text;
}

/** The part behind the last `@`, lower case; empty where there is none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? '' : address.slice(at + 1).toLowerCase();
}

export function localPartOf(address: string): string {
  const at = address.lastIndexOf('@');
  return (at < 0 ? address : address.slice(0, at)).replaceAll('"', '').toLowerCase();
}
