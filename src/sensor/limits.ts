/** What one source, and all of them together, may cost the sensor. */

export interface SensorLimits {
  /** Conversations open at once over TCP. Past it the one idle for longest goes. */
  readonly connections: number;
  /** Of these, from one source (an IPv6 one by its /64). Past it the source's oldest goes. */
  readonly connectionsPerSource: number;
  /** Without a byte in either direction, milliseconds. */
  readonly idleMilliseconds: number;
  /** From the first packet to the end, however busy, milliseconds. */
  readonly sessionMilliseconds: number;
  /** That the client may send in one conversation, bytes. */
  readonly sessionBytes: number;
  /** Second ports that decoys have open, for one source and for all; past it there is none to be had. */
  readonly asidePortsPerSource: number;
  readonly asidePorts: number;
  /** Replies that wait in the process for clients that do not read, bytes in total. Past it the one with most goes. */
  readonly unsentBytes: number;
  /** Conversations over UDP remembered at once. */
  readonly datagramConversations: number;
  /** Observations a second from sources that completed no handshake; the rest is counted. */
  readonly spoofablePerSecond: number;
  /** UDP replies a second to one source, and to all. */
  readonly datagramRepliesPerSource: number;
  readonly datagramReplies: number;
  /** Bytes of captured payloads kept in total, and of one. */
  readonly payloadBytes: number;
  readonly onePayloadBytes: number;
  /** Bytes of terminal recordings kept in total, and of one. */
  readonly recordingBytes: number;
  readonly oneRecordingBytes: number;
}

export const defaultLimits: SensorLimits = {
  connections: 50_000,
  connectionsPerSource: 256,
  idleMilliseconds: 120_000,
  sessionMilliseconds: 3_600_000,
  sessionBytes: 33_554_432,
  asidePortsPerSource: 8,
  asidePorts: 256,
  unsentBytes: 134_217_728,
  datagramConversations: 10_000,
  spoofablePerSecond: 5_000,
  datagramRepliesPerSource: 5,
  datagramReplies: 1_000,
  payloadBytes: 4_294_967_296,
  onePayloadBytes: 16_777_216,
  recordingBytes: 1_073_741_824,
  oneRecordingBytes: 4_194_304,
};
