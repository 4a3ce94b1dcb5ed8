/** Clients that hold so many conversations at once for so long, and count those that came to their end. */

import { Buffer } from 'node:buffer';
import { randomBytes, sign, type KeyObject } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { sshString, SshWriter } from '../src/wire/ssh-bytes.ts';
import {
  executeRequest,
  passwordRequest,
  serviceRequest,
  sessionRequest,
  SshClient,
} from '../test/support/ssh-client.ts';

/** One conversation on this connection: resolves with what it counts for. */
export type Converse = (socket: Socket) => Promise<number>;

export interface Load {
  readonly port: number;
  readonly milliseconds: number;
  readonly atOnce: number;
}

/** Counts a second. Throws where more than one conversation of a hundred fails. */
export async function rateOf(load: Load, converse: Converse): Promise<number> {
  const began = performance.now();
  const end = began + load.milliseconds;
  let counted = 0;
  let failed = 0;
  const one = async (): Promise<void> => {
    while (performance.now() < end) {
      const socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true });
      const broken = new Promise<never>((_, reject) => {
        socket.once('error', reject);
        socket.once('close', () => reject(new Error('closed early')));
      });
      try {
        // Not in one statement with the sum, which others change meanwhile.
        const count = await Promise.race([converse(socket), broken]);
        counted += count;
      } catch {
        failed += 1;
      }
      broken.catch(() => {});
      socket.destroy();
    }
  };
  await Promise.all(Array.from({ length: load.atOnce }, one));
  if (failed > counted / 100) throw new Error(`${failed} conversations failed, ${counted} did not`);
  return counted / ((performance.now() - began) / 1_000);
}

/** A key for `root`, where the server takes no password of ours. */
export interface ClientKey {
  readonly privateKey: KeyObject;
  /** As `authorized_keys` has it, decoded. */
  readonly blob: Buffer;
}

/** RFC 4252 §7: the signature is over the session id and the request ahead of it. */
function keyRequest(client: SshClient, key: ClientKey): Buffer {
  const request = new SshWriter()
    .uint8(50)
    .string('root')
    .string('ssh-connection')
    .string('publickey')
    .boolean(true)
    .string('ssh-ed25519')
    .string(key.blob)
    .finish();
  const signature = sign(null, Buffer.concat([sshString(client.sessionId), request]), key.privateKey);
  const signed = new SshWriter().string('ssh-ed25519').string(signature).finish();
  return Buffer.concat([request, sshString(signed)]);
}

/** A login over SSH and one command: until the server closes the channel. */
export function sshLogin(key: ClientKey | null, command: string): Converse {
  return (socket) =>
    new Promise((resolve, reject) => {
      const client = new SshClient(randomBytes);
      let output = '';
      const message = (payload: Buffer): void => {
        switch (payload[0]) {
          case 21:
            socket.write(client.packet(serviceRequest));
            break;
          case 6:
            socket.write(
              client.packet(key === null ? passwordRequest('root', 'secret') : keyRequest(client, key)),
            );
            break;
          case 51:
            reject(new Error('the login failed'));
            break;
          case 52:
            socket.write(client.packet(sessionRequest));
            break;
          case 91:
            socket.write(client.packet(executeRequest(payload.readUInt32BE(5), command)));
            break;
          case 94:
            output += payload.toString('latin1', 9);
            break;
          case 97:
            if (output === '') reject(new Error('the command said nothing'));
            else resolve(1);
            break;
          default:
        }
      };
      socket.on('data', (bytes: Buffer) => {
        try {
          client.receive(bytes, (answer) => void socket.write(answer), message);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      socket.write(client.start());
    });
}

/** A login over telnet and one command. */
export const telnetLogin: Converse = (socket) =>
  new Promise((resolve) => {
    const steps: [waitsFor: string, says: string][] = [
      ['ogin: ', 'root\r\n'],
      ['assword: ', 'secret\r\n'],
      ['# ', 'uname -a\r\n'],
      ['# ', ''],
    ];
    let heard = '';
    socket.on('data', (bytes: Buffer) => {
      heard += bytes.toString('latin1');
      const [step] = steps;
      if (step === undefined || !heard.includes(step[0])) return;
      heard = '';
      steps.shift();
      if (steps.length === 0) resolve(1);
      else socket.write(step[1]);
    });
  });

const requestsOfConnection = 100;

/** Requests over one connection that is kept; each waits for the answer to the one before. */
export const httpRequests: Converse = (socket) =>
  new Promise((resolve) => {
    const request = Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: load\r\n\r\n');
    let heard = '';
    let left = requestsOfConnection;
    socket.on('data', (bytes: Buffer) => {
      heard += bytes.toString('latin1');
      const head = heard.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(heard)?.[1] ?? 0);
      if (heard.length < head + 4 + length) return;
      heard = '';
      left -= 1;
      if (left === 0) resolve(requestsOfConnection);
      else socket.write(request);
    });
    socket.write(request);
  });
