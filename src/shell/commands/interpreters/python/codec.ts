import { Buffer } from 'node:buffer';
import { Unsupported } from '../script/unsupported.ts';
import { fail, type Machinery, makeError } from './machinery.ts';
import { utf16Text } from '../../../../wire/utf16-text.ts';

const canonical = (encoding: string): string => {
  const name = encoding.toLowerCase().replaceAll(/[-_ ]/g, '');
  if (name === 'utf8' || name === 'u8') return 'utf-8';
  if (name === 'ascii' || name === 'usascii') return 'ascii';
  if (name === 'latin1' || name === 'iso88591' || name === 'latin') return 'latin-1';
  if (name === 'utf16le' || name === 'utf16') return 'utf-16';
  return encoding;
};

/** Bytes of text. Throws Python's errors. */
export function encode(machinery: Machinery, text: string, encoding: string, errors: string): string {
  const name = canonical(encoding);
  if (name === 'utf-16') {
    const bytes = Buffer.from(text, 'utf16le').toString('latin1');
    return encoding.toLowerCase().endsWith('le') ? bytes : `\xff\xfe${bytes}`;
  }
  if (name === 'utf-8') return Buffer.from(text, 'utf8').toString('latin1');
  if (name !== 'ascii' && name !== 'latin-1') {
    if (/^(?:hex|base64|bz2|zlib|rot13)(?:_codec)?$/i.test(encoding)) throw new Unsupported('codec');
    return fail(machinery, 'LookupError', `unknown encoding: ${encoding}`);
  }
  const limit = name === 'ascii' ? 127 : 255;
  let out = '';
  for (const [index, character] of Array.from(text).entries()) {
    const code = character.codePointAt(0) ?? 0;
    if (code <= limit) out += character;
    else if (errors === 'replace') out += '?';
    else if (errors !== 'ignore')
      throw makeError(
        machinery,
        'UnicodeEncodeError',
        `'${name}' codec can't encode character '\\${code > 0xffff ? `U${code.toString(16).padStart(8, '0')}` : code > 255 ? `u${code.toString(16).padStart(4, '0')}` : `x${code.toString(16)}`}' in position ${index}: ordinal not in range(${limit + 1})`,
      );
  }
  return out;
}

/** The first byte that is not UTF-8, and why; null where all is. */
function fault(bytes: string): readonly [position: number, reason: string] | null {
  const text = Buffer.from(bytes, 'latin1').toString('utf8');
  if (!text.includes('\ufffd')) return null;
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes.charCodeAt(at);
    const length =
      lead < 0x80
        ? 1
        : lead >= 0xc2 && lead < 0xe0
          ? 2
          : lead >= 0xe0 && lead < 0xf0
            ? 3
            : lead >= 0xf0 && lead < 0xf5
              ? 4
              : 0;
    if (length === 0) return [at, 'invalid start byte'];
    const piece = bytes.slice(at, at + length);
    if (
      length > 1 &&
      Buffer.from(piece, 'latin1').toString('utf8').includes('\ufffd') &&
      piece !== '\xef\xbf\xbd'
    )
      return [
        at,
        piece.length < length && /^[\x80-\xbf]*$/.test(piece.slice(1))
          ? 'unexpected end of data'
          : 'invalid continuation byte',
      ];
    at += length;
  }
  return null;
}

export function decode(machinery: Machinery, bytes: string, encoding: string, errors: string): string {
  const name = canonical(encoding);
  if (name === 'latin-1') return bytes;
  if (name === 'utf-16') return utf16Text(Buffer.from(bytes, 'latin1')).replace(/^\ufeff/, '');
  if (name === 'ascii') {
    const at = bytes.search(/[\x80-\xff]/);
    if (at < 0) return bytes;
    if (errors === 'ignore') return bytes.replaceAll(/[\x80-\xff]/g, '');
    if (errors === 'replace') return bytes.replaceAll(/[\x80-\xff]/g, '\ufffd');
    return fail(
      machinery,
      'UnicodeDecodeError',
      `'ascii' codec can't decode byte 0x${bytes.charCodeAt(at).toString(16)} in position ${at}: ordinal not in range(128)`,
    );
  }
  if (name !== 'utf-8') {
    if (/^(?:hex|base64|bz2|zlib|rot13|unicode)/i.test(encoding)) throw new Unsupported('codec');
    return fail(machinery, 'LookupError', `unknown encoding: ${encoding}`);
  }
  const wrong = fault(bytes);
  if (wrong === null || errors === 'replace') return Buffer.from(bytes, 'latin1').toString('utf8');
  if (errors === 'ignore') return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\ufffd', '');
  const [at, reason] = wrong;
  if (errors !== 'strict') throw new Unsupported('errors');
  return fail(
    machinery,
    'UnicodeDecodeError',
    `'utf-8' codec can't decode byte 0x${bytes.charCodeAt(at).toString(16).padStart(2, '0')} in position ${at}: ${reason}`,
  );
}
