import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Decoy } from '../../src/core/decoy.ts';
import type { Observation } from '../../src/core/observation.ts';
import type { Persona } from '../../src/core/persona.ts';
import { Sensor, type SensorOptions } from '../../src/sensor/sensor.ts';
import { Spool } from '../../src/spool/spool.ts';

interface Served {
  readonly decoy: Decoy;
  readonly persona: Persona;
  /** `tcp` by default. */
  readonly transport?: 'tcp' | 'udp';
}

type Given = 'spool' | 'folder' | 'listeners' | 'personaAt' | 'nameProtocol';
/** What is not said: the machine of every address is the first that is served, and no protocol has a name. */
type Wanted = Omit<SensorOptions, Given> & Partial<Pick<SensorOptions, 'personaAt' | 'nameProtocol'>>;

/** A real sensor on 127.0.0.1, with a spool in a folder of its own. */
export class LoopbackSensor {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'picket-sensor-'));
  readonly spool: Spool = new Spool({ folder: join(this.folder, 'spool') });
  /** What it has observed, unless the test hears that itself. */
  readonly seen: Observation[] = [];
  #sensor: Sensor | null = null;

  get sensor(): Sensor {
    if (this.#sensor === null) throw new Error('the sensor has not been started');
    return this.#sensor;
  }

  /** Begins to serve these, each on a port of its own; resolves to the ports. */
  async start(served: readonly Served[], options: Wanted): Promise<readonly number[]> {
    const [first] = served;
    if (first === undefined) throw new Error('nothing is served');
    await this.spool.start();
    this.#sensor = new Sensor({
      personaAt: () => first.persona,
      nameProtocol: () => 'unknown',
      onObservation: (observation) => void this.seen.push(observation),
      ...options,
      spool: this.spool,
      folder: this.folder,
      listeners: served.map((one) => ({ transport: 'tcp', address: '127.0.0.1', port: 0, ...one })),
    });
    await this.#sensor.start();
    return this.#sensor.addresses().map(({ port }) => port);
  }

  async stop(): Promise<void> {
    if (this.#sensor !== null) {
      await this.#sensor.stop();
      await this.spool.stop();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
