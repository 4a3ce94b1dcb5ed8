import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * The whole answer to one request, as a client of this address gets it from a proxy on loopback that hears the PROXY protocol. `head`
 * begins with method and target; lines may follow it.
 */
export async function proxiedRequest(
  port: number,
  source: string,
  head: string,
  host = 's3.test',
): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const [line = '', ...headers] = head.split('\n');
  const family = source.includes(':') ? 'TCP6' : 'TCP4';
  // Not ended: nginx takes a client that ends its side for one that has left.
  socket.write(
    [
      `PROXY ${family} ${source} ${source} 4000 80`,
      `${line} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: close',
      ...headers,
      '\r\n',
    ].join('\r\n'),
  );
  return text(socket);
}

/** An answer of S3 without what differs from one to the next. */
export const withoutIdentifiers = (answer: string): string =>
  answer
    .replaceAll(/<(RequestId|HostId)>[^<]*/g, '<$1>')
    .replaceAll(/^(x-amz-id-2|x-amz-request-id|date): .*/gim, '$1:');
