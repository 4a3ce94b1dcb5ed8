/** Targets of src/wire that read a stream: any split of the same bytes must give the same. */

import { ByteQueue } from '../../src/wire/byte-queue.ts';
import { CaptureReader } from '../../src/wire/capture-file.ts';
import { HeadMessageReader } from '../../src/wire/head-message.ts';
import { HttpRequestReader } from '../../src/wire/http-request.ts';
import { LineReader } from '../../src/wire/line-reader.ts';
import { MqttReader } from '../../src/wire/mqtt-packet.ts';
import { MysqlPacketReader } from '../../src/wire/mysql-packet.ts';
import { PostgresReader } from '../../src/wire/postgres-message.ts';
import { RespReader } from '../../src/wire/resp-reader.ts';
import { SyslogFrames } from '../../src/wire/syslog-frame.ts';
import { TelnetReader } from '../../src/wire/telnet-stream.ts';
import { WebSocketReader } from '../../src/wire/websocket.ts';
import type { Target } from './target.ts';
import { streamTarget } from './wire-target.ts';

/** Of a reader that is pushed to and then asked again and again. */
function* until<Value>(next: () => Value | null): Iterable<Value> {
  for (let value = next(); value !== null; value = next()) yield value;
}

/** Likewise of a reader that is asked nothing any more after a value of some kind. */
function untilLast<Value>(
  push: (bytes: Uint8Array) => void,
  next: () => Value | null,
  isLast: (value: Value) => boolean,
): (bytes: Uint8Array) => Iterable<Value> {
  let isOver = false;
  return function* read(bytes) {
    if (isOver) return;
    push(bytes);
    for (const value of until(next)) {
      yield value;
      isOver = isLast(value);
      if (isOver) return;
    }
  };
}

const plainLimit = 65_536;

export const wireStreams: readonly Target[] = [
  streamTarget('byte-queue', [], () => {
    const queue = new ByteQueue();
    return function* push(bytes) {
      queue.append(bytes);
      // Records of a length octet.
      for (let head = queue.at(0); head !== undefined && queue.length > head; head = queue.at(0)) {
        yield Uint8Array.from(queue.view(1, 1 + head));
        queue.drop(1 + head);
      }
    };
  }),
  streamTarget('capture-file', ['reader-pcap'], () => {
    const values: unknown[] = [];
    const reader = new CaptureReader({
      packet: ({ bytes, linkType, at, length }) =>
        void values.push({ kind: linkType, bytes: Uint8Array.from(bytes), at, length }),
      damaged: (why) => void values.push(why),
    });
    return (bytes) => {
      reader.push(bytes);
      return values.splice(0);
    };
  }),
  streamTarget('head-message', ['decoy-sip-tcp', 'decoy-rtsp-tcp'], () => {
    const reader = new HeadMessageReader();
    return (bytes) => reader.push(bytes);
  }),
  streamTarget('http-request', ['decoy-http-tcp', 'decoy-proxy-tcp', 'decoy-s3-tcp'], () => {
    const reader = new HttpRequestReader();
    return (bytes) => reader.push(bytes);
  }),
  streamTarget('line-reader', ['decoy-smtp-tcp', 'decoy-ftp-tcp'], () => {
    const reader = new LineReader();
    return (bytes) => {
      reader.feed(bytes);
      return until(() => reader.next('command'));
    };
  }),
  streamTarget('line-reader-data', ['decoy-smtp-tcp'], () => {
    const reader = new LineReader();
    return (bytes) => {
      reader.feed(bytes);
      return until(() => reader.next('data'));
    };
  }),
  streamTarget('mqtt-packet', ['decoy-mqtt-tcp'], () => {
    const reader = new MqttReader(plainLimit);
    return (bytes) => reader.push(bytes);
  }),
  streamTarget('mysql-packet', ['decoy-mysql-tcp'], () => {
    const reader = new MysqlPacketReader(plainLimit);
    return untilLast(
      (bytes) => reader.push(bytes),
      () => reader.next(),
      ({ kind }) => kind === 'too-long',
    );
  }),
  streamTarget('postgres-message', ['decoy-postgres-tcp'], () => {
    const reader = new PostgresReader(plainLimit);
    const next = (): ReturnType<PostgresReader['next']> => {
      const input = reader.next();
      if (input?.kind === 'message') reader.typed = true;
      return input;
    };
    return untilLast(
      (bytes) => reader.push(bytes),
      next,
      ({ kind }) => kind === 'invalid',
    );
  }),
  streamTarget('resp-reader', ['decoy-redis-tcp'], () => {
    const reader = new RespReader({ arguments: 1_048_576 });
    return untilLast(
      (bytes) => reader.push(bytes),
      () => reader.next(true),
      ({ kind }) => kind === 'violation',
    );
  }),
  streamTarget('syslog-frame', ['reader-syslog'], () => {
    const values: unknown[] = [];
    const frames = new SyslogFrames({
      message: (bytes) => void values.push(Uint8Array.from(bytes)),
      damaged: (why) => void values.push({ kind: why }),
    });
    return (bytes) => {
      frames.push(bytes);
      return values.splice(0);
    };
  }),
  streamTarget('telnet-stream', ['decoy-telnet-tcp'], () => {
    const reader = new TelnetReader();
    return (bytes) => Array.from(bytes, (byte) => reader.feed(byte)).filter((item) => item !== null);
  }),
  streamTarget('websocket', ['decoy-kubernetes-tcp'], () => {
    const reader = new WebSocketReader();
    return (bytes) => reader.push(bytes);
  }),
];
