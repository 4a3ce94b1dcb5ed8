/**
 * The server access log of S3, and of stores that write the same form:
 *
 *     OWNER BUCKET [dd/Mmm/yyyy:hh:mm:ss +zzzz] ADDRESS REQUESTER REQUEST-ID OPERATION KEY "REQUEST" STATUS ERROR BYTES SIZE TIME TURN "REFERRER" "AGENT" …
 *
 * Keys are URL-encoded; quotes inside the quoted parts are not escaped, but nothing is read behind the error that needs them.
 */

import type { ReadBatch, ReadContext, Reader } from '../core/reader.ts';
import { AddressCache } from './address-cache.ts';
import { accessTime } from './log-time.ts';
import { addEvent, type LoggedEvent } from './logged-event.ts';
import { readLines, shareOfLines } from './read-lines.ts';
import { objectAccess, signingKey } from './records/object-store.ts';

const words = /^([0-9a-zA-Z_-]{1,80}) (\S{1,255}) \[$/;
/** `" STATUS ERROR`: the status of a request whose line may hold quotes is behind the last quote that such a pair follows. */
const ending = /" (\d{3}|-) ([A-Za-z]{1,64}|-) (?:\d+|-) (?:\d+|-) (?:\d+|-) (?:\d+|-) "/;

function parse(line: string, near: number): LoggedEvent | null {
  const open = line.indexOf('[');
  if (open < 0 || open > 400) return null;
  const head = words.exec(line.slice(0, open + 1));
  const time = accessTime(line, open + 1);
  if (head === null || time === null || line.charCodeAt(time.end) !== 93) return null;
  const [, owner = '', bucket = ''] = head;
  const fields = line.slice(time.end + 2).split(' ', 5);
  const [address = '', requester = '', request = '', operation = '', key = ''] = fields;
  if (
    fields.length < 5 ||
    !/^[A-Z0-9]{1,32}$|^-$/.test(request) ||
    !/^[A-Z0-9]+\.[A-Za-z0-9._]{1,64}$/.test(operation)
  )
    return null;
  const rest = line.slice(time.end + 2 + fields.join(' ').length + 1);
  const found = ending.exec(rest);
  const status = Number(found?.[1]);
  const code = found?.[2] ?? '-';
  const quoted = found === null ? '' : rest.slice(found.index + found[0].length);
  const agent = /^[^"]{0,4096}" "([^"]{0,4096})"/.exec(quoted)?.[1] ?? '';
  const accessKeyId = signingKey(found === null ? rest : rest.slice(0, found.index));
  const isAnonymous = requester === '-' || requester === 'Anonymous';
  return {
    at: Number.isFinite(time.at) ? time.at : near,
    source: address,
    destinationPort: 443,
    session: request === '-' ? '' : request,
    fact: objectAccess({
      operation,
      bucket,
      object: key === '-' ? '' : key,
      status: Number.isFinite(status) ? status : 0,
      principal: isAnonymous ? '' : requester,
      userAgent: agent === '-' ? '' : agent,
      accessKeyId,
      // The log has no headers: a key that it shows stood in the address.
      presigned: accessKeyId !== '',
      error: code === '-' ? '' : code,
      owner: owner === '-' ? '' : owner,
      // A canonical user id that is not the owner's; an ARN does not tell.
      foreign: !isAnonymous && /^[0-9a-f]{64}$/.test(requester) && requester !== owner,
    }),
  };
}

export const s3Access: Reader = {
  name: 's3-access',
  summary: 'Server access logs of S3 and of stores that write the same form',
  detect: (sample: Uint8Array): number => shareOfLines(sample, (line) => parse(line, 0) !== null) * 0.97,
  read(input: AsyncIterable<Uint8Array>, context: ReadContext): AsyncIterable<ReadBatch> {
    const addresses = new AddressCache();
    return readLines(input, context, (line, number, writer) => {
      const event = parse(line, context.near);
      if (event === null) writer.damaged(number, line, 'no line of an S3 access log');
      else {
        addEvent(event, addresses, writer);
        writer.record();
      }
    });
  },
};
