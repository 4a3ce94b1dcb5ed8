/** What is recorded of a command. */

import type { CommandFact } from '../../core/observation.ts';
import { urlsIn } from '../../wire/url-text.ts';

function escapeOctet(octet: string): string {
  if (octet === '\n') return '\\n';
  if (octet === '\r') return '\\r';
  return `\\x${octet.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** The command in printable characters, at most 2,048 of them, with the addresses that stand in it. */
export function commandFact(words: readonly string[]): CommandFact {
  const input = words
    .slice(0, 64)
    .map((each) => each.slice(0, 1024).replaceAll(/[^\x20-\x7e]/g, escapeOctet))
    .join(' ')
    .slice(0, 2048);
  const text = words
    .slice(0, 64)
    .map((each) => each.slice(0, 16_384))
    .join('\n');
  const urls = urlsIn(text);
  const name = (words[0] ?? '').toLowerCase();
  if (
    (name === 'slaveof' || name === 'replicaof') &&
    words.length === 3 &&
    words[1]?.toLowerCase() !== 'no'
  ) {
    urls.push(`redis://${(words[1] ?? '').slice(0, 255)}:${(words[2] ?? '').slice(0, 5)}`);
  }
  return { kind: 'command', service: 'redis', input, ...(urls.length > 0 ? { urls } : {}) };
}
