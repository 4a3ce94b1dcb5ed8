/** What keeps a client talking, for protocols whose first answer is the same everywhere. */

import { Buffer } from 'node:buffer';

/** The octets to say to these first bytes, or null for silence. */
export function answerTo(protocol: string, bytes: Uint8Array): Uint8Array | null {
  switch (protocol) {
    // RFC 1928 §3: version 5, method 0 (none needed).
    case 'socks5':
      return Uint8Array.of(5, 0);
    // SOCKS 4: 0, 91 (rejected), port and address ignored.
    case 'socks4':
      return Uint8Array.of(0, 91, 0, 0, 0, 0, 0, 0);
    // The debugger's handshake is echoed.
    case 'jdwp':
      return new Uint8Array(Buffer.from('JDWP-Handshake'));
    // Frontend/backend protocol: N refuses SSL, and the client goes on in the clear.
    case 'postgres':
      return bytes.length === 8 && bytes[4] === 0x04 ? new Uint8Array(Buffer.from('N')) : null;
    // MQTT 3.1.1 §3.2: CONNACK, not authorized (5), so that a password is tried.
    case 'mqtt':
      return Uint8Array.of(0x20, 2, 0, 5);
    case 'rsync':
      return new Uint8Array(Buffer.from('@RSYNCD: 31.0\n'));
    case 'memcached':
      return new Uint8Array(Buffer.from('ERROR\r\n'));
    case 'zookeeper':
      return new Uint8Array(Buffer.from('imok'));
    case 'http-connect':
      return new Uint8Array(
        Buffer.from(
          'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\n\r\n',
        ),
      );
    case 'shell':
      return new Uint8Array(Buffer.from('# '));
    default:
      return null;
  }
}
