/** Answers of SMB 1 as its commands make them, and texts as its requests hold them. */

import { Buffer } from 'node:buffer';
import { type LittleReader, LittleWriter } from '../../wire/little-endian.ts';
import { utf16Text } from '../../wire/utf16-text.ts';
import { status } from './status.ts';

export interface Smb1Answer {
  readonly code: number;
  readonly words: Buffer;
  readonly bytes: Buffer;
}

const nothing = Buffer.alloc(0);

export const refuse = (code: number): Smb1Answer => ({ code, words: nothing, bytes: nothing });

export const done = (
  words: Buffer = nothing,
  bytes: Buffer = nothing,
  code: number = status.success,
): Smb1Answer => ({ code, words, bytes });

/** The words of an answer behind which no other comes: AndXCommand (1), AndXReserved (1), AndXOffset (2). */
export const andX = (): LittleWriter => new LittleWriter().uint8(0xff).uint8(0).uint16(0);

export const isWide = (request: LittleReader): boolean => (request.uint16(10) & 0x8000) !== 0;

/** A name that ends in NUL, without the backslashes before it; wide ones stand at even offsets. */
export function nameAt(request: LittleReader, at: number): string {
  const wide = isWide(request);
  const octets = request.slice(wide ? at + (at % 2) : at, 2_048);
  const text = wide ? utf16Text(octets) : octets.toString('latin1');
  return text.split('\0', 1)[0]?.replace(/^\\+/, '').slice(0, 1_024) ?? '';
}

// TotalParameterCount (2), TotalDataCount (2), Reserved (2), ParameterCount (2), ParameterOffset (2), displacement (2), DataCount (2),
// DataOffset (2), displacement (2), SetupCount (1), Reserved (1); parameters and data at offsets that four divides
export function transaction(parameters: Buffer, data: Buffer, code: number = status.success): Smb1Answer {
  const before = 56;
  const dataAt = before + Math.ceil(parameters.length / 4) * 4;
  const words = new LittleWriter().uint16(parameters.length).uint16(data.length).uint16(0);
  words.uint16(parameters.length).uint16(before).uint16(0).uint16(data.length).uint16(dataAt).uint16(0);
  const padding = Buffer.alloc(dataAt - before - parameters.length);
  return done(
    words.uint8(0).uint8(0).finish(),
    Buffer.concat([Buffer.alloc(1), parameters, padding, data]),
    code,
  );
}

/** The dialects of a negotiation: BufferFormat (1) 2 and a text that ends in NUL, each. */
export function dialectNames(request: LittleReader): string[] {
  return request
    .slice(35, 1_024)
    .toString('latin1')
    .split('\0')
    .slice(0, 32)
    .map((name) => name.replace(/^\x02/, ''))
    .filter((name) => name !== '');
}

/** Texts that end in NUL, one behind the other. */
export function texts(request: LittleReader, at: number, wide: boolean): string[] {
  const bytes = request.slice(at, 2_048);
  return (wide ? utf16Text(bytes) : bytes.toString('latin1')).split('\0').slice(0, 8);
}
