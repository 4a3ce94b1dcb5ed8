/** `picket up`: makes what needs root, starts the processes, starts again what falls, stops all in order. */

import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { makeAnyPortSockets, makeListeningSocket } from '../sensor/any-port-sockets.ts';
import { installSensorRules, removeSensorRules } from '../sensor/any-port-rules.ts';
import { makeProbeSocket } from '../sensor/probe-socket.ts';
import { localKeyFile } from './api-client.ts';
import { Child, type ChildOptions } from './child-process.ts';
import type { Configuration } from './configuration-type.ts';
import { ConntrackEvents } from './conntrack-events.ts';
import { log } from './log.ts';
import { noSockets, type InheritedSockets } from './inherited-sockets.ts';
import { Machines } from './machines.ts';
import { requireNetworkAdmin } from './privileges.ts';
import { makeStateFolders } from './state-folder.ts';
import { StateLock } from './state-lock.ts';

/** Node's own place of the first descriptor that is handed to a child: after stdin, stdout, stderr and the IPC channel. */
const firstDescriptor = 4;
/** `picket up` says that it is up without its event store after this long. */
const storeMilliseconds = 10_000;
const anyPortTcp = 50_080;
const anyPortUdp = 50_081;

export class Supervisor {
  readonly #configuration: Configuration;
  readonly #log = log('picket');
  #firstKey: string | null = null;
  #children: Child[] = [];
  #conntrack: ConntrackEvents | null = null;
  #rules = false;
  #telemetryRules = false;
  readonly #lock: StateLock;
  /** Of this state folder, so that another Picket on the machine neither replaces nor removes it. */
  readonly #sensorTable: string;
  readonly #telemetryTable: string;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
    this.#lock = new StateLock(configuration.state);
    const mark = createHash('sha256').update(configuration.state).digest('hex').slice(0, 8);
    this.#sensorTable = `picket_sensor_${mark}`;
    this.#telemetryTable = `picket_telemetry_${mark}`;
  }

  /** The API key that was made at this start; null where there was one already. */
  get firstKey(): string | null {
    return this.#firstKey;
  }

  /** The processes that run, by role. */
  pids(): (number | undefined)[] {
    return this.#children.map((child) => child.pid);
  }

  async start(): Promise<void> {
    const root = process.getuid?.() === 0;
    if (this.#configuration.mode === 'enforce') requireNetworkAdmin();
    makeStateFolders(this.#configuration);
    this.#lock.take();
    const configuration: Configuration = {
      ...this.#configuration,
      sensor: { ...this.#configuration.sensor, seed: this.#seed() },
    };
    const key = this.#localKey();
    const descriptors: number[] = [];
    let inherited = noSockets;
    try {
      if (root) inherited = this.#privilegedSockets(configuration, descriptors);
      if (root && configuration.telemetry.length > 0) {
        installSensorRules({ uid: configuration.processes.telemetryUid, table: this.#telemetryTable });
        this.#telemetryRules = true;
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
    const json = JSON.stringify(configuration);
    const entries = configuration.telemetry;
    if (entries.some((entry) => entry.conntrack === true)) this.#conntrack = new ConntrackEvents(this.#log);
    const events = this.#conntrack?.start() ?? null;
    const child = (role: ChildOptions['role']): Child =>
      new Child({
        role,
        configuration: json,
        log: this.#log,
        ...(role === 'engine' ? { environment: { PICKET_LOCAL_KEY: key } } : {}),
        ...(role === 'sensor'
          ? { descriptors, environment: { PICKET_SOCKETS: JSON.stringify(inherited) } }
          : {}),
        ...(role === 'telemetry' && events !== null
          ? { descriptors: [events], environment: { PICKET_CONNTRACK: String(firstDescriptor) } }
          : {}),
      });
    const store = configuration.store.engine === 'chdb' ? [child('store')] : [];
    const engine = child('engine');
    const fence = child('fence');
    const sensor = child('sensor');
    const telemetry = entries.length > 0 ? [child('telemetry')] : [];
    this.#children = [...store, engine, fence, sensor, ...telemetry];
    try {
      // The sensor's spool takes what comes before the engine is there: contacts are accepted from the first moment. The store, which is
      // the last to be needed, does not take the processors from it.
      const sensing = sensor.start();
      const others = Promise.all([engine, fence, ...telemetry].map((process) => process.start()));
      await Promise.race([sensing, others]);
      const storing = store.map((process) =>
        process.start().catch((error: unknown) => {
          this.#log(`no event store: ${error instanceof Error ? error.message : String(error)}`);
        }),
      );
      await Promise.all([sensing, others]);
      // What a person asks at once shall find an answer; the loop itself does not need it.
      await Promise.race([Promise.all(storing), setTimeout(storeMilliseconds, undefined, { ref: false })]);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    // Against the flow of the data: whoever makes records first, whoever keeps them last.
    for (const child of this.#children.toReversed()) await child.stop();
    this.#children = [];
    this.#conntrack?.stop();
    this.#conntrack = null;
    const { sensorUid, telemetryUid } = this.#configuration.processes;
    if (this.#telemetryRules) removeSensorRules({ uid: telemetryUid, table: this.#telemetryTable });
    this.#telemetryRules = false;
    if (this.#rules) {
      removeSensorRules({ uid: sensorUid, table: this.#sensorTable });
      this.#rules = false;
    }
    this.#lock.release();
  }

  #privilegedSockets(configuration: Configuration, descriptors: number[]): InheritedSockets {
    const uid = configuration.processes.sensorUid;
    const { anyPort } = configuration.sensor;
    const hand = (fd: number): number => {
      descriptors.push(fd);
      return firstDescriptor + descriptors.length - 1;
    };
    const machines = new Machines(configuration.sensor, Date.now());
    const stacks = machines.stacks();
    const low = machines
      .listeners()
      .map(({ address, port, transport }) =>
        port < 1024 ? hand(makeListeningSocket(address, port, uid, transport)) : null,
      );
    if (anyPort.interface === '') {
      installSensorRules({ uid, table: this.#sensorTable, stacks });
      this.#rules = true;
      return { listeners: low, any: null, probe: null };
    }
    const sockets = makeAnyPortSockets({ tcpPort: anyPortTcp, udpPort: anyPortUdp, families: [4, 6], uid });
    installSensorRules({
      table: this.#sensorTable,
      uid,
      stacks,
      anyPort: {
        interface: anyPort.interface,
        tcpPort: anyPortTcp,
        udpPort: anyPortUdp,
        exceptPorts: anyPort.except,
        prefixes: anyPort.machines.map(({ addresses }) => addresses),
        probes: true,
      },
    });
    this.#rules = true;
    return {
      listeners: low,
      any: {
        tcp: sockets.tcp.map(hand),
        udp: sockets.udp.map(({ family, receive, send }) => ({
          family,
          receive: hand(receive),
          send: hand(send),
        })),
      },
      probe: hand(makeProbeSocket()),
    };
  }

  /** The seed of the personas: configured, or made once. */
  #seed(): string {
    const { seed } = this.#configuration.sensor;
    return seed === '' ? this.#keptSecret('seed', '').text : seed;
  }

  /** The key with which the command line speaks to the API. */
  #localKey(): string {
    const { text, fresh } = this.#keptSecret(localKeyFile, 'picket_');
    if (fresh) this.#firstKey = text;
    return text;
  }

  /** A secret that is made once, and kept where only the supervisor's user reads it. */
  #keptSecret(name: string, prefix: string): { readonly text: string; readonly fresh: boolean } {
    const path = join(this.#configuration.state, name);
    const kept = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
    // An empty file is what a power cut can leave of one.
    if (kept !== '') return { text: kept, fresh: false };
    const text = `${prefix}${randomBytes(32).toString('base64url')}`;
    writeFileSync(`${path}.new`, `${text}\n`, { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
    return { text, fresh: true };
  }
}
