/** What is recorded of statements and of attacks in them. */

import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';
import type { ExploitClass } from '../../core/behavior.ts';
import type { CommandFact } from '../../core/observation.ts';
import { urlsIn } from '../../wire/url-text.ts';

/** Latin-1 text as a person reads it, at most so long. */
export function readable(text: string, most: number): string {
  return Buffer.from(text.slice(0, most * 2), 'latin1')
    .toString('utf8')
    .replaceAll(/[\x00-\x08\x0b-\x1f\x7f\ufffd]/g, '.')
    .slice(0, most);
}

export function statementFact(service: string, text: string): CommandFact {
  const urls = urlsIn(text.slice(0, 65_536));
  return {
    kind: 'command',
    service,
    input: readable(text.trim(), 2048),
    ...(urls.length > 0 ? { urls } : {}),
  };
}

export function exploitSeen(
  service: string,
  what: {
    readonly name: string;
    readonly class: ExploitClass;
    readonly technique: string;
    readonly detail: string;
    readonly cves?: readonly string[];
  },
): DecoyOutput {
  return {
    do: 'saw',
    fact: {
      kind: 'exploit',
      service,
      class: what.class,
      name: what.name,
      cves: what.cves ?? [],
      technique: what.technique,
      detail: readable(what.detail, 300),
    },
  };
}

/** Names that those who delete data and ask for money give to what they leave. */
const noteNames =
  /^(?:please_?)?(?:read_{0,4}me|warning|readme_to_recover|recover_?your_?data|how_to_restore|pwned|hacked|ransom|restore|backup_info|contact_?me|bitcoin|z?_?readme)/i;
const noteText = /\b(?:btc|bitcoin|monero|onion|ransom)\b|backed up|your (?:data|database)|recover|decrypt/i;

/** What is told of a note that was left, by its place's name or its text; nothing where it is none. `bytes` are kept, the text's own by default. */
export function ransomNote(
  service: string,
  name: string,
  text: string,
  bytes: Uint8Array = Buffer.from(text, 'latin1'),
): DecoyOutput[] {
  const isNote =
    noteNames.test(name.slice(0, 128)) || (noteText.test(text.slice(0, 8_192)) && text.length >= 24);
  if (!isNote) return [];
  const seen = exploitSeen(service, {
    name: `${service}-ransom-note`,
    class: 'other',
    technique: 'T1486',
    detail: text === '' ? name : text,
  });
  return text === ''
    ? [seen]
    : [seen, { do: 'capture', bytes, how: 'ransom-note', name: name.slice(0, 255) }];
}
