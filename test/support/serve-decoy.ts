/**
 * Serves one decoy on an ephemeral loopback port, so that real clients can be let loose on it: does what the decoy's
 * outputs say and keeps what it recorded. The sensor does the same with limits and a spool.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer, createSecureContext, TLSSocket } from 'node:tls';
import type { AsideEvent, Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../src/core/decoy.ts';
import type { Fact, Fingerprints } from '../../src/core/observation.ts';
import type { Persona } from '../../src/core/persona.ts';

export interface ServeOptions {
  /** For a decoy that speaks both; `tcp` by default. */
  readonly transport?: 'tcp' | 'udp';
  /** Terminate TLS with the persona's key and certificate. */
  readonly tls?: boolean;
}

export interface ServedDecoy {
  readonly port: number;
  readonly facts: Fact[];
  /** Everything that was known of each session's client, merged. */
  readonly fingerprints: Map<string, Fingerprints>;
  readonly protocols: string[];
  readonly captures: Extract<DecoyOutput, { do: 'capture' }>[];
  readonly terminal: Extract<DecoyOutput, { do: 'terminal' }>[];
  /** What the decoy threw: a session must never throw, so a test expects this to stay empty. */
  readonly errors: unknown[];
  /** Closes the port and every open conversation. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts to serve on 127.0.0.1; resolves once it listens. Attempts are counted per source address, as the sensor does. */
export async function serveDecoy(
  decoy: Decoy,
  persona: Persona,
  options: ServeOptions = {},
): Promise<ServedDecoy> {
  const attempts = new Map<string, number>();
  const facts: Fact[] = [];
  const fingerprints = new Map<string, Fingerprints>();
  const protocols: string[] = [];
  const captures: ServedDecoy['captures'] = [];
  const terminal: ServedDecoy['terminal'] = [];
  const errors: unknown[] = [];
  const transport = options.transport ?? (decoy.transport === 'udp' ? 'udp' : 'tcp');

  const contextOf = (
    source: string,
    sourcePort: number,
    destinationPort: number,
  ): DecoyContext & { tls: boolean; alpn?: string } => ({
    persona,
    source,
    sourcePort,
    destination: '127.0.0.1',
    destinationPort,
    transport,
    tls: options.tls ?? false,
    session: randomUUID(),
    now: () => Date.now(),
    randomBytes: (count) => randomBytes(count),
    countAttempt() {
      const count = (attempts.get(source) ?? 0) + 1;
      attempts.set(source, count);
      return count;
    },
  });

  const know = (session: string, seen: Fingerprints | undefined): void => {
    if (seen !== undefined) fingerprints.set(session, { ...fingerprints.get(session), ...seen });
  };

  /** True where the conversation is over. */
  const execute = async (
    outputs: Iterable<DecoyOutput> | undefined,
    session: string,
    reply: (bytes: Uint8Array) => void,
    secure?: (rest: Uint8Array) => void,
    aside?: (output: Extract<DecoyOutput, { do: 'expect' | 'aside' | 'part' }>) => Promise<void>,
  ): Promise<boolean> => {
    for (const output of outputs ?? []) {
      switch (output.do) {
        case 'reply':
          reply(output.bytes);
          break;
        case 'saw':
          facts.push(output.fact);
          know(session, output.fingerprints);
          break;
        case 'know':
          if (output.protocol !== undefined) protocols.push(output.protocol);
          know(session, output.fingerprints);
          break;
        case 'capture':
          captures.push(output);
          break;
        case 'terminal':
          terminal.push(output);
          break;
        case 'pause':
          await sleep(Math.min(output.milliseconds, 5_000));
          break;
        case 'secure':
          secure?.(output.rest);
          break;
        case 'expect':
        case 'aside':
        case 'part':
          await aside?.(output);
          break;
        case 'close':
          return true;
      }
    }
    return false;
  };

  if (transport === 'udp') {
    const socket = createSocket('udp4');
    const sessions = new Map<string, { context: DecoyContext; session: DecoySession }>();
    let queue = Promise.resolve();
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const port = socket.address().port;
    socket.on('message', (bytes, peer) => {
      const key = `${peer.address}:${peer.port}`;
      let entry = sessions.get(key);
      if (entry === undefined) {
        const context = contextOf(peer.address, peer.port, port);
        entry = { context, session: decoy.open(context) };
        sessions.set(key, entry);
      }
      const { context, session } = entry;
      const previous = queue;
      queue = (async () => {
        await previous;
        try {
          const over = await execute(session.receive(bytes), context.session, (reply) =>
            socket.send(reply, peer.port, peer.address),
          );
          if (over) sessions.delete(key);
        } catch (error) {
          errors.push(error);
        }
      })();
    });
    const close = async (): Promise<void> => {
      await queue;
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    };
    return {
      port,
      facts,
      fingerprints,
      protocols,
      captures,
      terminal,
      errors,
      close,
      [Symbol.asyncDispose]: close,
    };
  }

  const open = new Set<Socket>();
  const converse = (accepted: Socket): void => {
    let socket = accepted;
    open.add(accepted);
    socket.setNoDelay(true);
    const context = contextOf(socket.remoteAddress ?? '', socket.remotePort ?? 0, socket.localPort ?? 0);
    if (accepted instanceof TLSSocket && typeof accepted.alpnProtocol === 'string')
      context.alpn = accepted.alpnProtocol;
    const session = decoy.open(context);
    let over = false;
    // One step after the other: a pause holds back what follows, and so also the reading of what comes in meanwhile.
    let queue = Promise.resolve();
    const step = (outputs: () => Iterable<DecoyOutput> | undefined, last = false): void => {
      const previous = queue;
      queue = (async () => {
        await previous;
        if (over) return;
        try {
          const ended = await execute(
            outputs(),
            context.session,
            (bytes) => {
              if (socket.writable) socket.write(bytes);
            },
            secure,
            aside,
          );
          if (!ended && !last) return;
          over = true;
          // A peer that keeps its side open would hold the test's port; the sensor ends such a conversation likewise.
          socket.destroySoon();
        } catch (error) {
          errors.push(error);
          over = true;
          socket.destroy();
        }
      })();
    };
    const listen = (): void => {
      socket.on('data', (bytes) => step(() => session.receive(bytes)));
      socket.on('end', () => step(() => session.end?.(), true));
      socket.on('error', () => step(() => session.end?.(), true));
    };
    const secure = (rest: Uint8Array): void => {
      if (persona.tls === null) return;
      const { key, certificate } = persona.tls;
      accepted.removeAllListeners('data').removeAllListeners('end');
      accepted.pause();
      if (rest.length > 0) accepted.unshift(rest);
      socket = new TLSSocket(accepted, {
        isServer: true,
        secureContext: createSecureContext({ key, cert: certificate }),
      });
      context.tls = true;
      listen();
    };
    let second: { server: Server; stream: Socket | null; waiting: Uint8Array[]; isEnding: boolean } | null =
      null;
    const tell = (event: AsideEvent): void => step(() => session.aside?.(event));
    const expectAside = async (tls: boolean): Promise<void> => {
      second?.server.close();
      const held = { server: createServer(), stream: null, waiting: [], isEnding: false } as NonNullable<
        typeof second
      >;
      second = held;
      held.server.on('connection', (joined) => {
        held.server.close();
        open.add(joined);
        joined.on('error', () => joined.destroy());
        joined.on('close', () => open.delete(joined));
        const { key = '', certificate = '' } = persona.tls ?? {};
        const secureContext = tls ? createSecureContext({ key, cert: certificate }) : undefined;
        const stream =
          secureContext === undefined ? joined : new TLSSocket(joined, { isServer: true, secureContext });
        stream.on('error', () => stream.destroy());
        held.stream = stream;
        stream.on('data', (bytes) => tell({ what: 'bytes', bytes }));
        stream.on('end', () => {
          if (!held.isEnding) tell({ what: 'parted' });
          stream.end();
        });
        tell({ what: 'joined' });
        for (const bytes of held.waiting) stream.write(bytes);
        if (held.isEnding) stream.end();
      });
      await new Promise<void>((resolve) => held.server.listen(0, '127.0.0.1', resolve));
      const address = held.server.address();
      tell({ what: 'port', port: typeof address === 'object' && address !== null ? address.port : 0 });
    };
    const aside = async (
      output: Extract<DecoyOutput, { do: 'expect' | 'aside' | 'part' }>,
    ): Promise<void> => {
      if (output.do === 'expect') await expectAside(output.tls);
      else if (output.do === 'aside') {
        if (second?.stream === null) second.waiting.push(output.bytes);
        else second?.stream.write(output.bytes);
      } else if (second !== null) {
        second.isEnding = true;
        second.stream?.end();
      }
    };
    step(() => session.start?.());
    listen();
    accepted.on('close', () => {
      open.delete(accepted);
      second?.server.close();
    });
  };
  const server =
    options.tls === true && persona.tls !== null
      ? createTlsServer(
          {
            key: persona.tls.key,
            cert: persona.tls.certificate,
            allowHalfOpen: true,
            ALPNProtocols: [...(decoy.protocols?.(persona) ?? [])],
          },
          converse,
        )
      : createServer({ allowHalfOpen: true }, converse);
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    port,
    facts,
    fingerprints,
    protocols,
    captures,
    terminal,
    errors,
    close,
    [Symbol.asyncDispose]: close,
  };
}
