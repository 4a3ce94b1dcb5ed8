/**
 * The gate over gRPC, for Envoy's `ext_authz` (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). One question a stream:
 *
 *     uint8   1 where the message is compressed, which nobody was offered
 *     uint32  length, big endian
 *     byte[]  CheckRequest
 */

import { Buffer } from 'node:buffer';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { readCheckRequest, writeCheckResponse } from '../gate/check-request.ts';
import type { Ask } from '../gate/question.ts';
import { octets, uint32 } from '../wire/big-endian.ts';
import { ByteCursor } from '../wire/byte-cursor.ts';
import { refusal } from './gate-desk.ts';

const path = '/envoy.service.auth.v3.Authorization/Check';
/** Envoy lets a request's head be 60 KiB, twice told in the message at most; a body is not asked for. */
const largestMessage = 262_144;
const headOctets = 5;
const status = { invalidArgument: 3, resourceExhausted: 8, unimplemented: 12 } as const;

export function serveGrpc(ask: Ask, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  stream.on('error', () => stream.destroy());
  const end = (code: number, message: string): void => {
    if (stream.destroyed || stream.headersSent) return;
    stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': String(code),
        'grpc-message': message,
      },
      { endStream: true },
    );
  };
  if (!(headers['content-type'] ?? '').startsWith('application/grpc')) {
    stream.respond({ ':status': 415 }, { endStream: true });
    stream.close();
    return;
  }
  if (headers[':path'] !== path) {
    end(status.unimplemented, 'unknown method');
    stream.close();
    return;
  }
  const pieces: Buffer[] = [];
  let held = 0;
  stream.on('data', (piece: Buffer) => {
    held += piece.length;
    if (held <= headOctets + largestMessage) pieces.push(piece);
    else {
      pieces.length = 0;
      end(status.resourceExhausted, 'message too large');
      stream.close();
    }
  });
  stream.on('end', () => {
    if (stream.destroyed || stream.headersSent) return;
    const cursor = new ByteCursor(Buffer.concat(pieces));
    const compressed = cursor.uint8();
    const length = cursor.uint32();
    const message = cursor.take(length);
    if (compressed !== 0) return end(status.unimplemented, 'compression is not supported');
    const question = cursor.failed || cursor.left > 0 ? null : readCheckRequest(message);
    if (question === null) return end(status.invalidArgument, 'no CheckRequest');
    ask(question, (answer) => {
      // Over gRPC there is no page to say it on: a client whose address Envoy does not name is refused as any other.
      const response = writeCheckResponse(
        answer === 'misconfigured' ? refusal(403, question.method) : answer,
      );
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(octets(0, uint32(response.length), response));
    });
  });
}
