/** Functions of text and of octets. */

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { longestText, numberOf, textOf } from '../../sql/value.ts';
import { octetsOf } from '../bytea.ts';
import type { FunctionFamily } from './family.ts';

export const textFunction: FunctionFamily = (_server, name, items) => {
  const [first = null, second = null] = items;
  switch (name) {
    case 'chr':
      return first === null
        ? null
        : Buffer.from(
            String.fromCodePoint(Math.min(0x10ffff, Math.max(1, numberOf(first)))),
            'utf8',
          ).toString('latin1');
    case 'strpos':
    case 'position': {
      // position(a IN b) comes as the truth of `a IN b`, which no client of ours asks for; strpos(b, a) is what is used.
      return first === null || second === null ? null : textOf(first).indexOf(textOf(second)) + 1;
    }
    case 'split_part':
      return textOf(first).split(textOf(second))[numberOf(items[2] ?? 1) - 1] ?? '';
    case 'quote_ident':
      return /^[a-z_][a-z0-9_]*$/.test(textOf(first))
        ? textOf(first)
        : `"${textOf(first).replaceAll('"', '""')}"`;
    case 'quote_literal':
      return `'${textOf(first).replaceAll("'", "''")}'`;
    case 'initcap':
      return textOf(first)
        .toLowerCase()
        .replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
    case 'btrim':
      return textOf(first).trim();
    case 'to_hex':
      return Math.trunc(numberOf(first)).toString(16);
    case 'to_char':
      return textOf(first);
    case 'sha256':
      return `\\x${createHash('sha256')
        .update(octetsOf(textOf(first)))
        .digest('hex')}`;
    case 'regexp_replace':
      return first === null ? null : textOf(first);
    case 'decode': {
      const text = textOf(first);
      const kind = textOf(second).toLowerCase();
      const octets =
        kind === 'base64'
          ? Buffer.from(text, 'base64')
          : kind === 'hex'
            ? Buffer.from(text.replaceAll(/\s/g, ''), 'hex')
            : Buffer.from(text, 'latin1');
      return `\\x${octets.toString('hex')}`;
    }
    case 'encode': {
      const octets = octetsOf(textOf(first));
      const kind = textOf(second).toLowerCase();
      return kind === 'base64'
        ? octets.toString('base64')
        : kind === 'hex'
          ? octets.toString('hex')
          : octets.toString('latin1');
    }
    case 'convert_from':
      return first === null ? null : octetsOf(textOf(first)).toString('latin1').slice(0, longestText);
    case 'convert_to':
      return first === null ? null : `\\x${Buffer.from(textOf(first), 'latin1').toString('hex')}`;
    default:
      return undefined;
  }
};
