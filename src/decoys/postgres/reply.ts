import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';

export function replyOf(...messages: readonly Buffer[]): DecoyOutput {
  return { do: 'reply', bytes: Buffer.concat(messages) };
}
