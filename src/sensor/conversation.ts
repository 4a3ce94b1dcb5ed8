/** What every conversation has in common: it opens a decoy's session, does what the session says, and records the contact once. */

import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { sourceKey } from '../core/address.ts';
import type { AsideEvent, Decoy, DecoyContext, DecoyOutput, DecoySession } from '../core/decoy.ts';
import type { Fingerprints } from '../core/observation.ts';
import type { Persona } from '../core/persona.ts';
import type { Spool } from '../spool/spool.ts';
import type { AsidePorts } from './aside-port.ts';
import type { Attempts } from './attempts.ts';
import type { SensorCounters } from './counters.ts';
import { HeldOutputs, type OutputTaker } from './held-outputs.ts';
import type { SensorLimits } from './limits.ts';
import type { PayloadStore } from './payload-store.ts';
import { PlantedLogins } from './planted-login.ts';
import type { StrangePorts } from './strange-ports.ts';
import type { Parties, Recorder } from './recorder.ts';
import type { RecordingFolder, TerminalRecording } from './terminal-recording.ts';

/** What all conversations of a sensor share. */
export interface Surroundings {
  readonly clock: Clock;
  readonly limits: SensorLimits;
  readonly counters: SensorCounters;
  readonly spool: Spool;
  readonly recorder: Recorder;
  readonly payloads: PayloadStore;
  readonly recordings: RecordingFolder;
  readonly attempts: Attempts;
  readonly asides: AsidePorts;
  /** A table for each transport: whoever forges datagrams changes nothing for connections. Null where every port speaks. */
  readonly strangePorts: Readonly<Record<'tcp' | 'udp', StrangePorts>> | null;
  /** The decoys that may answer on a port without one of its own. */
  readonly decoys: readonly Decoy[];
  readonly any: Decoy;
  nameProtocol(firstBytes: Uint8Array, transport: 'tcp' | 'udp'): string;
  log(line: string): void;
}

export interface Ends {
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
}

const firstBytesKept = 1_024;
const nothing = new Uint8Array();

export abstract class Conversation implements DecoyContext, OutputTaker, Parties {
  readonly persona: Persona;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly transport: 'tcp' | 'udp';
  readonly spoofable: boolean;
  readonly session: string;
  readonly openedAt: number;
  tls = false;
  alpn?: string;
  fingerprints: Fingerprints | undefined = undefined;
  closing = false;

  protected readonly around: Surroundings;
  protected decoy: Decoy | null;
  #talk: DecoySession | null = null;
  readonly #outputs = new HeldOutputs(this);
  #protocol = '';
  #contactRecorded = false;
  #ended = false;
  #firstBytes: Uint8Array = nothing;
  #bytesIn = 0;
  #bytesOut = 0;
  #recording: TerminalRecording | null = null;
  /** Null until it is asked. */
  #speaks: boolean | null = null;
  readonly #planted = new PlantedLogins();

  constructor(
    around: Surroundings,
    transport: 'tcp' | 'udp',
    ends: Ends,
    persona: Persona,
    decoy: Decoy | null,
  ) {
    this.around = around;
    this.transport = transport;
    this.spoofable = transport === 'udp';
    this.source = ends.source;
    this.sourcePort = ends.sourcePort;
    this.destination = ends.destination;
    this.destinationPort = ends.destinationPort;
    this.persona = persona;
    this.decoy = decoy;
    this.openedAt = around.clock.now();
    this.session = around.recorder.ids.next(this.openedAt);
  }

  now(): number {
    return this.around.clock.now();
  }

  randomBytes(count: number): Uint8Array {
    return randomBytes(count);
  }

  countAttempt(): number {
    return this.around.attempts.count(sourceKey(this.source));
  }

  /** Whether the machine speaks here, on a port that is none of its own. */
  protected speaksHere(): boolean {
    const ports = this.around.strangePorts?.[this.transport];
    this.#speaks ??=
      ports === undefined ||
      ports.speaks(sourceKey(this.source), this.destination, this.destinationPort, this.persona);
    return this.#speaks;
  }

  /** True where it has been found not to speak. */
  protected get isMute(): boolean {
    return this.#speaks === false;
  }

  /** True once a decoy speaks here. */
  protected get talking(): boolean {
    return this.#talk !== null;
  }

  /** True while outputs wait for a pause or for the client to read. */
  protected get held(): boolean {
    return this.#outputs.areHeld;
  }

  protected get bytesIn(): number {
    return this.#bytesIn;
  }

  /** Sends to the client. False where it does not take more for now; `resume` then goes on. */
  protected abstract send(bytes: Uint8Array): boolean;
  /** The outputs at hand are done. */
  abstract settled(): void;
  /** Outputs wait: nothing more shall be read from the client until `settled`. */
  abstract holding(): void;
  /** The client speaks TLS from here on; `rest` has come already. */
  protected abstract secure(rest: Uint8Array): void;
  /** The decoy has hung up. */
  protected abstract hangUp(): void;
  /** Opens a second port. True where there is nothing to wait for. */
  protected expect(_tls: boolean): boolean {
    return true;
  }
  /** For the second connection; null ends it. */
  protected sendAside(_bytes: Uint8Array | null): void {}

  protected note(bytes: Uint8Array): void {
    this.around.spool.transcribe(this.session, 0, this.#bytesIn, this.now(), bytes);
    this.#bytesIn += bytes.length;
    this.around.counters.bytesReceived += bytes.length;
  }

  protected noteFirst(bytes: Uint8Array): void {
    this.#firstBytes = bytes;
  }

  protected know(fingerprints: Fingerprints): void {
    this.fingerprints =
      this.fingerprints === undefined ? fingerprints : { ...this.fingerprints, ...fingerprints };
  }

  /** The decoy begins: what it says first goes out. */
  protected open(decoy: Decoy): void {
    this.decoy = decoy;
    try {
      this.#talk = decoy.open(this);
      const outputs = this.#talk.start?.();
      if (outputs !== undefined) this.#outputs.perform(outputs);
    } catch (error) {
      this.failed(error);
    }
  }

  /** The client's bytes go to the decoy. Not called while outputs are held. */
  protected hear(bytes: Uint8Array): void {
    if (this.#talk === null || this.closing) return;
    if (!this.#contactRecorded && this.#firstBytes.length === 0) this.#firstBytes = bytes;
    try {
      this.#outputs.perform(this.#talk.receive(bytes));
    } catch (error) {
      this.failed(error);
    }
    // The contact stands even where the decoy had nothing to say of it.
    this.#recordContact();
  }

  /** Something has happened on the second port. Not called while outputs are held. False where nobody wants to know any more. */
  protected hearAside(event: AsideEvent): boolean {
    if (this.#talk?.aside === undefined || this.closing || this.#ended) return false;
    try {
      this.#outputs.perform(this.#talk.aside(event));
    } catch (error) {
      this.failed(error);
    }
    return true;
  }

  /** The client has closed its side, or the time is up. */
  protected finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#recordContact();
    const talk = this.#talk;
    if (talk?.end === undefined || this.closing) return;
    try {
      this.#outputs.perform(talk.end());
    } catch (error) {
      this.failed(error);
    }
  }

  /** Everything is over; called once, whatever the cause. */
  protected conclude(): void {
    this.#outputs.endPause();
    // Facts that were held behind a pause are facts all the same.
    this.#outputs.recordRest();
    this.finish();
    this.#outputs.recordRest();
    this.#talk = null;
    if (this.#recording !== null) void this.around.recordings.close(this.#recording);
    this.#recording = null;
  }

  /** Goes on with held outputs, once the client reads again. */
  protected resume(): void {
    this.#outputs.resume();
  }

  /** Does one thing. False where what follows has to wait. */
  take(output: DecoyOutput): boolean {
    switch (output.do) {
      case 'reply':
        return output.bytes.length === 0 || this.isMute || this.send(output.bytes);
      case 'saw':
        if (output.fingerprints !== undefined) this.know(output.fingerprints);
        this.#recordContact();
        this.around.recorder.record(this, output.fact);
        for (const planted of this.#planted.newIn(this.persona, output.fact))
          this.around.recorder.record(this, planted);
        return true;
      case 'know':
        if (output.fingerprints !== undefined) this.know(output.fingerprints);
        if (output.protocol !== undefined) this.#protocol = output.protocol;
        return true;
      case 'capture':
        this.#capture(output);
        return true;
      case 'terminal':
        this.#recording ??= this.around.recordings.open(this.session, this.now());
        this.#recording.add(this.now(), output.direction, output.text);
        return true;
      case 'secure':
        if (!this.isMute) this.secure(output.rest);
        return true;
      case 'expect':
        return this.isMute || this.expect(output.tls);
      case 'aside':
        this.sendAside(output.bytes);
        return true;
      case 'part':
        this.sendAside(null);
        return true;
      case 'pause':
        this.#outputs.pause(output.milliseconds);
        return false;
      case 'close':
      default:
        this.closing = true;
        this.#recordContact();
        this.hangUp();
        return true;
    }
  }

  /** For `send`: keeps what went out. */
  protected noteSent(bytes: Uint8Array): void {
    this.around.spool.transcribe(this.session, 1, this.#bytesOut, this.now(), bytes);
    this.#bytesOut += bytes.length;
    this.around.counters.bytesSent += bytes.length;
  }

  #capture(output: Extract<DecoyOutput, { do: 'capture' }>): void {
    this.#recordContact();
    const { counters, limits, payloads, recorder } = this.around;
    const bytes = output.bytes.subarray(0, limits.onePayloadBytes);
    const sha256 = payloads.add(bytes, (kept) => {
      if (!kept) counters.payloadsNotStored += 1;
    });
    counters.payloads += 1;
    recorder.record(this, {
      kind: 'payload',
      service: this.decoy?.name ?? 'any',
      sha256,
      bytes: bytes.length,
      how: output.how,
      ...(output.name === undefined ? {} : { name: output.name }),
      ...(output.url === undefined ? {} : { url: output.url }),
    });
  }

  #recordContact(): void {
    if (this.#contactRecorded) return;
    this.#contactRecorded = true;
    const first = this.#firstBytes;
    let protocol = this.#protocol;
    if (protocol === '') {
      protocol = first.length === 0 ? 'none' : this.around.nameProtocol(first, this.transport);
    }
    this.#firstBytes = nothing;
    const kept = first.subarray(0, firstBytesKept);
    this.around.recorder.record(this, {
      kind: 'contact',
      service: this.decoy?.name ?? this.around.any.name,
      protocol,
      tls: this.tls && this.#talk !== null,
      firstBytes: Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength).toString('base64'),
    });
  }

  /** A decoy never throws by contract; where one does, the fault ends this conversation and no other. */
  failed(error: unknown): void {
    this.around.counters.decoyErrors += 1;
    this.around.log(
      `decoy ${this.decoy?.name ?? 'any'} failed in session ${this.session}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    this.closing = true;
    this.hangUp();
  }
}
