import { isBusybox, type Command } from '../process.ts';
import { inputText, readOptions } from './input-text.ts';

const alphabets = {
  base64: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/,
  base32: /^(?:[A-Z2-7]{8})*(?:[A-Z2-7]{2}={6}|[A-Z2-7]{4}={4}|[A-Z2-7]{5}={3}|[A-Z2-7]{7}=)?/,
} as const;

const letters32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function encode32(text: string): string {
  let out = '';
  for (let at = 0; at < text.length; at += 5) {
    let bits = '';
    for (const character of text.slice(at, at + 5))
      bits += character.charCodeAt(0).toString(2).padStart(8, '0');
    for (let bit = 0; bit < bits.length; bit += 5)
      out += letters32.charAt(Number.parseInt(bits.slice(bit, bit + 5).padEnd(5, '0'), 2));
  }
  return out.padEnd(Math.ceil(out.length / 8) * 8, '=');
}

function decode32(text: string): string {
  let bits = '';
  let out = '';
  for (const character of text.replaceAll('=', '')) {
    bits += letters32.indexOf(character).toString(2).padStart(5, '0');
    if (bits.length < 8) continue;
    out += String.fromCharCode(Number.parseInt(bits.slice(0, 8), 2));
    bits = bits.slice(8);
  }
  return out;
}

/** What of a text decodes before the first thing that is no code, and whether that is all of it. */
function decoded(
  text: string,
  name: 'base64' | 'base32',
  ignores: boolean,
): readonly [content: string, whole: boolean] {
  const bare = text.replaceAll(ignores ? /[^A-Za-z0-9+/=]/g : /\n/g, '');
  const valid = alphabets[name].exec(bare)?.[0] ?? '';
  const bytes = (code: string): string =>
    name === 'base64' ? Buffer.from(code, 'base64').toString('latin1') : decode32(code);
  if (valid.length === bare.length) return [bytes(valid), true];
  // Of a last group that is not whole, the octets that it has are written all the same.
  const rest =
    /^[A-Za-z0-9+/]{2,3}/.exec(bare.slice(valid.length, valid.length + (name === 'base64' ? 3 : 0)))?.[0] ??
    '';
  return [bytes(valid + rest), false];
}

export const base64: Command = {
  names: ['base64', 'base32'],
  folder: '/usr/bin',
  systems: 'both',
  *run(process) {
    const { flags, values, operands } = readOptions(process.words, 'w');
    const name = process.name === 'base32' ? 'base32' : 'base64';
    const text = yield* inputText(process, operands[0] ?? '-');
    if (text === null) return 1;
    if (flags.has('d') || flags.has('D') || flags.has('decode')) {
      const [content, whole] = decoded(text, name, flags.has('i') || flags.has('ignore-garbage'));
      process.output.write(content);
      if (!whole)
        process.error.write(isBusybox(process) ? `${name}: truncated input\n` : `${name}: invalid input\n`);
      return whole ? 0 : 1;
    }
    const encoded = name === 'base64' ? Buffer.from(text, 'latin1').toString('base64') : encode32(text);
    const width = Number(values.get('w') ?? values.get('wrap') ?? 76);
    if (!Number.isInteger(width) || width < 0) {
      process.error.write(`${name}: invalid wrap size: '${values.get('w') ?? values.get('wrap')}'\n`);
      return 1;
    }
    if (width === 0) process.output.write(encoded);
    else
      for (let start = 0; start < encoded.length; start += width) {
        process.state.budget.spend(1);
        if (process.state.budget.takeTurn()) yield;
        process.output.write(`${encoded.slice(start, start + width)}\n`);
      }
    return 0;
  },
};
