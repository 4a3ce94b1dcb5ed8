/** The messages that carry an answer. */

import { Buffer } from 'node:buffer';
import type { DecoyOutput } from '../../core/decoy.ts';
import { postgresMessage, zeroText } from '../../wire/postgres-message.ts';
import { replyOf } from './reply.ts';
import { copyHead, dataRow } from './row-message.ts';
import type { Answer } from './statements/answer.ts';
import { copyLine } from './statements/copy.ts';

export function* answerMessages(result: Answer, formats: readonly number[]): Iterable<DecoyOutput> {
  switch (result.kind) {
    case 'rows': {
      let pieces: Buffer[] = [];
      for (const row of result.relation.rows) {
        pieces.push(dataRow(row, result.relation.columns, formats));
        if (pieces.length >= 64) {
          yield replyOf(...pieces);
          pieces = [];
        }
      }
      yield replyOf(...pieces, postgresMessage('C', zeroText(result.tag)));
      return;
    }
    case 'out':
      yield replyOf(
        copyHead('H', result.relation.columns.length),
        ...result.relation.rows.map((row) => postgresMessage('d', Buffer.from(copyLine(row), 'latin1'))),
        postgresMessage('c'),
        postgresMessage('C', zeroText(`COPY ${result.relation.rows.length}`)),
      );
      return;
    case 'done':
      yield replyOf(postgresMessage('C', zeroText(result.tag)));
      return;
    default:
  }
}
