/** The connection protocol, server side: RFC 4254. Channels and global requests; nothing is ever forwarded. */

import type { Buffer } from 'node:buffer';
import type { DecoyContext } from '../../core/decoy.ts';
import type { SshIdentity } from '../../core/persona.ts';
import { sshString, SshReader, SshWriter } from '../../wire/ssh-bytes.ts';
import { keyTypeOf, signWith } from '../../wire/ssh-key.ts';
import { SshChannel, type Terminal } from './channel.ts';
import type { OpenShell } from './program.ts';
import type { SshDaemon } from './daemon.ts';
import { forwardingOf, forwardUrl } from './forwarding.ts';
import { allHostKeys } from './host-keys.ts';
import { message } from './messages.ts';
import type { Outbox } from './outbox.ts';
import type { SshTransport } from './transport.ts';

/** sshd_config's MaxSessions. */
const sessionsLimit = 10;
const textLimit = 4096;
const administrativelyProhibited = 1;
const connectFailed = 2;
const unknownType = 3;

export class SshConnection {
  readonly #context: DecoyContext;
  readonly #identity: SshIdentity;
  readonly #daemon: SshDaemon;
  readonly #outbox: Outbox;
  readonly #transport: SshTransport;
  readonly #user: string;
  readonly #openShell: OpenShell;
  readonly #channels = new Map<number, SshChannel>();
  /** Ports that the client believes to be open here. */
  readonly #listening = new Set<number>();
  #noMoreSessions = false;

  constructor(
    context: DecoyContext,
    identity: SshIdentity,
    daemon: SshDaemon,
    outbox: Outbox,
    transport: SshTransport,
    user: string,
    openShell: OpenShell,
  ) {
    this.#context = context;
    this.#identity = identity;
    this.#daemon = daemon;
    this.#outbox = outbox;
    this.#transport = transport;
    this.#user = user;
    this.#openShell = openShell;
  }

  // byte      SSH_MSG_GLOBAL_REQUEST
  // string    "hostkeys-00@openssh.com"
  // char      0 /* want-reply */
  // string[]  hostkeys
  /** What OpenSSH sends after a login: all its host keys, PROTOCOL §2.5. */
  start(): void {
    if (this.#daemon.product !== 'openssh') return;
    const writer = new SshWriter()
      .uint8(message.globalRequest)
      .string('hostkeys-00@openssh.com')
      .boolean(false);
    for (const key of allHostKeys(this.#identity)) writer.string(key.publicKey);
    this.#transport.send(writer.finish());
  }

  /** The client is gone. */
  end(): void {
    for (const channel of this.#channels.values()) channel.end();
  }

  /** Lets a program go on that has paused. False where there is none. */
  resume(): boolean {
    for (const channel of this.#channels.values()) {
      if (!channel.isPausing) continue;
      channel.pump();
      return true;
    }
    return false;
  }

  handle(payload: Buffer): void {
    const reader = new SshReader(payload);
    const number = reader.uint8();
    switch (number) {
      case message.globalRequest:
        this.#globalRequest(reader);
        return;
      case message.channelOpen:
        this.#open(reader);
        return;
      case message.channelWindowAdjust:
        this.#channel(reader, 'window adjust')?.addWindow(reader.uint32());
        return;
      case message.channelData:
        this.#channel(reader, 'data')?.receive(reader.string());
        return;
      case message.channelExtendedData:
        // sshd has no use for a client's stderr; it reads and forgets it.
        this.#channel(reader, 'extended data');
        return;
      case message.channelEof:
        this.#channel(reader, 'ieof')?.receiveEof();
        return;
      case message.channelClose:
        this.#close(reader);
        return;
      case message.channelRequest:
        this.#channelRequest(reader);
        return;
      case message.requestSuccess:
      case message.requestFailure:
      case message.channelSuccess:
      case message.channelFailure:
        // Answers to keepalives; none was asked for, which sshd overlooks.
        return;
      default:
        this.#transport.unimplemented();
    }
  }

  /** The channel of this message; where there is none the conversation ends as channel_from_packet_id ends it. */
  #channel(reader: SshReader, what: string): SshChannel | null {
    const id = reader.uint32();
    const channel = this.#channels.get(id);
    if (channel !== undefined) return channel;
    this.#transport.disconnect(`${what} packet referred to nonexistent channel ${id}`);
    return null;
  }

  #close(reader: SshReader): void {
    const id = reader.uint32();
    const channel = this.#channels.get(id);
    if (channel === undefined) {
      this.#transport.disconnect(`oclose packet referred to nonexistent channel ${id}`);
      return;
    }
    channel.receiveClose();
    this.#channels.delete(id);
  }

  // byte      SSH_MSG_GLOBAL_REQUEST
  // string    request name in US-ASCII only
  // boolean   want reply
  // ....      request-specific data follows
  #globalRequest(reader: SshReader): void {
    const name = reader.text();
    const wantsReply = reader.boolean();
    let answer: Buffer | null = null;
    if (name === 'tcpip-forward') {
      // string address to bind, uint32 port number to bind
      const address = reader.text().slice(0, textLimit);
      const port = reader.uint32();
      this.#saw(`tcpip-forward ${address}:${port}`);
      answer = this.#listen(port, wantsReply);
    } else if (name === 'cancel-tcpip-forward') {
      reader.string();
      if (this.#listening.delete(reader.uint32()))
        answer = new SshWriter().uint8(message.requestSuccess).finish();
    } else if (name === 'streamlocal-forward@openssh.com') {
      this.#saw(`streamlocal-forward ${reader.text().slice(0, textLimit)}`);
    } else if (name === 'no-more-sessions@openssh.com' && this.#daemon.product === 'openssh') {
      this.#noMoreSessions = true;
      answer = new SshWriter().uint8(message.requestSuccess).finish();
    } else if (name === 'hostkeys-prove-00@openssh.com' && this.#daemon.product === 'openssh') {
      answer = this.#proveHostKeys(reader);
    }
    if (!wantsReply) return;
    this.#transport.send(answer ?? new SshWriter().uint8(message.requestFailure).finish());
  }

  // uint32     port that was bound on the server, where the request named 0
  /** As sshd with AllowTcpForwarding and without GatewayPorts; nobody will ever come through the port. */
  #listen(port: number, wantsReply: boolean): Buffer | null {
    if (forwardingOf(this.#context.persona, this.#daemon) === 'prohibited') {
      // serverloop.c says so in a debug message, which clients show with -v.
      if (this.#daemon.product === 'openssh') this.#debug('Server has disabled port forwarding.');
      return null;
    }
    const isPrivileged = port > 0 && port < 1024 && this.#user !== 'root';
    if (port > 65_535 || isPrivileged || (port === 0 && !wantsReply)) {
      this.#debug('Server has disabled port forwarding.');
      return null;
    }
    if (port === this.#context.destinationPort || this.#listening.has(port) || this.#listening.size >= 32)
      return null;
    const random = this.#context.randomBytes(2);
    const bound = port === 0 ? 32_768 + ((((random[0] ?? 0) << 8) | (random[1] ?? 0)) % 28_232) : port;
    this.#listening.add(bound);
    const writer = new SshWriter().uint8(message.requestSuccess);
    return (port === 0 ? writer.uint32(bound) : writer).finish();
  }

  // byte      SSH_MSG_DEBUG
  // boolean   always_display
  // string    message in ISO-10646 UTF-8 encoding [RFC3629]
  // string    language tag [RFC3066]
  #debug(text: string): void {
    this.#transport.send(
      new SshWriter().uint8(message.debug).boolean(false).string(text).string('').finish(),
    );
  }

  // string    "hostkeys-prove-00@openssh.com"
  // string    session identifier
  // string    hostkey
  //
  // The answer holds a signature over these for each key asked for.
  #proveHostKeys(reader: SshReader): Buffer | null {
    const keys = allHostKeys(this.#identity);
    const writer = new SshWriter().uint8(message.requestSuccess);
    for (let count = 0; reader.remaining > 0; count += 1) {
      const blob = reader.string();
      const key = keys.find((each) => each.publicKey.equals(blob));
      if (key === undefined || count >= keys.length) return null;
      const algorithm = this.#identity.hostKey.find(
        (each) => keyTypeOf(each) === key.type && this.#transport.clientHostKeyAlgorithms.includes(each),
      );
      const octets = new SshWriter()
        .string('hostkeys-prove-00@openssh.com')
        .string(this.#transport.sessionId)
        .octets(sshString(blob))
        .finish();
      writer.string(signWith(key, algorithm ?? key.type, octets));
    }
    return writer.finish();
  }

  // byte      SSH_MSG_CHANNEL_OPEN
  // string    channel type in US-ASCII only
  // uint32    sender channel
  // uint32    initial window size
  // uint32    maximum packet size
  // ....      channel type specific data follows
  #open(reader: SshReader): void {
    const type = reader.text();
    const remote = reader.uint32();
    const window = reader.uint32();
    const packetBytes = reader.uint32();
    if (type === 'session') {
      this.#openSession(remote, window, packetBytes);
      return;
    }
    if (type === 'direct-tcpip') {
      // string host to connect, uint32 port to connect, string originator address, uint32 originator port
      const host = reader.text().slice(0, textLimit);
      const port = reader.uint32();
      this.#saw(`direct-tcpip ${host}:${port}`, [forwardUrl(host, port)]);
      const forwarding = forwardingOf(this.#context.persona, this.#daemon);
      if (forwarding === 'prohibited') this.#refuse(remote, administrativelyProhibited);
      // channel_post_connecting: strerror(3) of the connect.
      else {
        const isNear = /^(?:localhost$|127\.|::1$)/.test(host);
        const text = isNear || forwarding === 'refused' ? 'Connection refused' : 'No route to host';
        this.#refuse(remote, connectFailed, text);
      }
    } else if (type === 'direct-streamlocal@openssh.com') {
      this.#saw(`direct-streamlocal ${reader.text().slice(0, textLimit)}`);
      this.#refuse(remote, administrativelyProhibited);
    } else this.#refuse(remote, this.#daemon.product === 'openssh' ? connectFailed : unknownType);
  }

  // byte      SSH_MSG_CHANNEL_OPEN_CONFIRMATION
  // uint32    recipient channel
  // uint32    sender channel
  // uint32    initial window size
  // uint32    maximum packet size
  #openSession(remote: number, window: number, packetBytes: number): void {
    if (this.#noMoreSessions) {
      this.#transport.disconnect(
        'Possible attack: attempt to open a session after additional sessions disabled',
      );
      return;
    }
    if (this.#channels.size >= sessionsLimit || packetBytes === 0) {
      this.#refuse(remote, connectFailed);
      return;
    }
    let id = 0;
    while (this.#channels.has(id)) id += 1;
    const parts = {
      openShell: this.#openShell,
      context: this.#context,
      daemon: this.#daemon,
      outbox: this.#outbox,
      transport: this.#transport,
      user: this.#user,
      clientIsOpenSsh: this.#transport.clientLine.startsWith('SSH-2.0-OpenSSH_'),
    };
    this.#channels.set(id, new SshChannel(parts, remote, window, packetBytes));
    this.#transport.send(
      new SshWriter()
        .uint8(message.channelOpenConfirmation)
        .uint32(remote)
        .uint32(id)
        .uint32(this.#daemon.openWindow)
        .uint32(this.#daemon.packetBytes)
        .finish(),
    );
  }

  // byte      SSH_MSG_CHANNEL_OPEN_FAILURE
  // uint32    recipient channel
  // uint32    reason code
  // string    description in ISO-10646 UTF-8 encoding [RFC3629]
  // string    language tag [RFC3066]
  #refuse(remote: number, reason: number, text = 'open failed'): void {
    const description = this.#daemon.product === 'openssh' ? text : '';
    this.#transport.send(
      new SshWriter()
        .uint8(message.channelOpenFailure)
        .uint32(remote)
        .uint32(reason)
        .string(description)
        .string('')
        .finish(),
    );
  }

  // byte      SSH_MSG_CHANNEL_REQUEST
  // uint32    recipient channel
  // string    request type in US-ASCII characters only
  // boolean   want reply
  // ....      type-specific data follows
  #channelRequest(reader: SshReader): void {
    const channel = this.#channel(reader, 'request');
    if (channel === null) return;
    const type = reader.text();
    const wantsReply = reader.boolean();
    const success = this.#serve(channel, type, reader);
    if (wantsReply && !this.#outbox.closed) channel.answer(success);
    // The program's output comes after the answer, as it does where a real one has yet to start.
    if (success && (type === 'exec' || type === 'shell' || type === 'subsystem')) channel.pump();
  }

  #serve(channel: SshChannel, type: string, reader: SshReader): boolean {
    if (type === 'window-change') {
      // uint32 columns, uint32 rows, uint32 width and uint32 height in pixels
      if (channel.terminal !== null) channel.setTerminal(sizeOf(reader));
      return true;
    }
    if (type === 'signal' || type === 'break') return channel.started;
    if (channel.started) return false;
    switch (type) {
      case 'pty-req': {
        // string TERM, uint32 columns, uint32 rows, uint32 width and uint32 height in pixels, string modes
        reader.string();
        channel.setTerminal(sizeOf(reader));
        return true;
      }
      case 'env': {
        // string variable name, string variable value; Debian's sshd_config: AcceptEnv LANG LC_*
        const name = reader.text();
        if (this.#daemon.product !== 'openssh' || !/^(?:LANG$|LC_)/.test(name)) return false;
        channel.setVariable(name, reader.text());
        return true;
      }
      case 'shell':
        channel.openProgram({ kind: 'shell' });
        return true;
      case 'exec':
        channel.openProgram({ kind: 'exec', command: reader.text() });
        return true;
      case 'subsystem': {
        // string subsystem name
        const name = reader.text().slice(0, textLimit);
        this.#saw(`subsystem ${name}`);
        if (name !== 'sftp') return false;
        channel.openProgram({ kind: 'sftp' });
        return true;
      }
      case 'x11-req':
        // Debian's sshd_config has X11Forwarding, and a server no xauth.
        if (this.#daemon.product === 'openssh') this.#debug('No xauth program; cannot forward X11.');
        return false;
      case 'auth-agent-req@openssh.com':
        return this.#daemon.product === 'openssh';
      default:
        return false;
    }
  }

  #saw(input: string, urls: readonly string[] = []): void {
    this.#outbox.push({
      do: 'saw',
      fact: { kind: 'command', service: 'ssh', input, ...(urls.length > 0 ? { urls } : {}) },
    });
  }
}

function sizeOf(reader: SshReader): Terminal {
  const columns = reader.uint32();
  const rows = reader.uint32();
  return { columns: Math.min(columns, 1000) || 80, rows: Math.min(rows, 1000) || 24 };
}
