/** The machines that this sensor plays: which persona lives at which address, with which ports. */

import { createHash } from 'node:crypto';
import { formatAddress, networkContains, parseAddress, parseNetwork, type Network } from '../core/address.ts';
import { PicketError } from '../core/errors.ts';
import type { Persona } from '../core/persona.ts';
import { createPersona, personaNames } from '../personas/index.ts';
import { networkStackOf } from '../personas/network-stack.ts';
import type { DisguisedStack } from '../sensor/stack-rules.ts';
import type { Configuration } from './configuration-type.ts';

/** A port to open, before anything is known of the decoy. */
export interface PlannedListener {
  readonly decoy: string;
  readonly port: number;
  readonly transport: 'tcp' | 'udp';
  readonly address: string;
  readonly persona: Persona;
}

/**
 * Addresses of one entry share this many machines. A network up to a /24 has one for each; of a wider one, where a visitor could
 * have keys made for address after address, the sensor makes no more than these.
 */
const machinesPerEntry = 256;

interface Prefix {
  readonly index: number;
  readonly network: Network;
  readonly names: readonly string[];
}

export class Machines {
  readonly #sensor: Configuration['sensor'];
  readonly #made = new Map<string, Persona>();
  readonly #prefixes: readonly Prefix[];
  readonly #now: number;

  constructor(sensor: Configuration['sensor'], now: number) {
    this.#sensor = sensor;
    this.#now = now;
    this.#prefixes = sensor.anyPort.machines.flatMap(({ addresses, personas }, index) => {
      const network = parseNetwork(addresses);
      return network === null ? [] : [{ index, network, names: personas }];
    });
  }

  /** The machine of a listener or of the ports that are anyone's: one a name. */
  named(name: string): Persona {
    return this.#make(name, name, null);
  }

  /** All that is to be listened on: the listeners, then the services of each machine with an address of its own. */
  listeners(): PlannedListener[] {
    const { listen, listeners, machines } = this.#sensor;
    return [
      ...listeners.map(({ decoy, port, transport, persona }) => ({
        decoy,
        port,
        transport,
        address: listen,
        persona: this.named(persona),
      })),
      ...machines.flatMap(({ persona: name, address }) => {
        const persona = this.#make(name, `${name} ${address}`, address);
        return persona.services.map(({ decoy, port, transport }) => ({
          decoy,
          port,
          transport,
          address,
          persona,
        }));
      }),
    ];
  }

  /**
   * How packets of the decoys are to look where the machine's system is known by them: those of its listeners, of each machine with an
   * address of its own, and of networks in which every address is one (up to a /24).
   */
  stacks(): DisguisedStack[] {
    const { listen, listeners, machines } = this.#sensor;
    const everywhere = listen === '0.0.0.0' || listen === '::';
    const found = new Map<string, { persona: Persona; addresses: string[]; ports: PlannedListener[] }>();
    const of = (key: string, persona: Persona) => {
      const known = found.get(key) ?? { persona, addresses: [], ports: [] };
      found.set(key, known);
      return known;
    };
    for (const planned of this.listeners().slice(0, listeners.length)) {
      const entry = of(`listener ${planned.persona.name}`, planned.persona);
      if (!everywhere && entry.addresses.length === 0) entry.addresses.push(listen);
      entry.ports.push(planned);
    }
    for (const { persona: name, address } of machines)
      of(`machine ${name}`, this.#make(name, `${name} ${address}`, address)).addresses.push(address);
    for (const { network, names } of this.#prefixes) {
      for (const address of addressesOf(network)) {
        // The system is the same in all machines of a name, and a machine takes long to make.
        const name = this.#nameAt(names, address);
        of(`machine ${name}`, this.named(name)).addresses.push(address);
      }
    }
    return [...found.values()].flatMap(({ persona, addresses, ports }) => {
      const stack = networkStackOf(persona);
      return stack === null ? [] : [{ addresses, ports, stack }];
    });
  }

  /** The machine that answers at this address on ports without a listener; the same at every start with the same seed. */
  at(address: string): Persona {
    const parsed = parseAddress(address);
    for (const { index, network, names } of this.#prefixes) {
      if (parsed === null || !networkContains(network, parsed)) continue;
      const bits = (network.family === 4 ? 32 : 128) - network.prefix;
      const own = formatAddress(parsed);
      if (2 ** bits <= machinesPerEntry) return this.#drawn(names, own, own);
      const slot = this.#hash(`slot ${own}`) % machinesPerEntry;
      return this.#drawn(names, `entry ${index} machine ${slot}`, null);
    }
    return this.named(this.#sensor.anyPort.persona);
  }

  #drawn(names: readonly string[], place: string, address: string | null): Persona {
    const name = this.#nameAt(names, place);
    return this.#make(name, `${name} ${place}`, address);
  }

  #nameAt(names: readonly string[], place: string): string {
    return names[this.#hash(`persona ${place}`) % names.length] ?? this.#sensor.anyPort.persona;
  }

  #hash(text: string): number {
    return createHash('sha256').update(`${this.#sensor.seed}\0${text}`).digest().readUInt32BE(0);
  }

  #make(name: string, key: string, address: string | null): Persona {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    if (!personaNames.includes(name)) {
      throw new PicketError(
        'PICKET_CONFIG_INVALID',
        `sensor: there is no persona ${name}; one of ${personaNames.join(', ')}`,
      );
    }
    const made = createPersona(name, `${this.#sensor.seed} ${key}`, {
      now: this.#now,
      ...(address === null ? {} : { address }),
    });
    const { products } = this.#sensor;
    const persona =
      made.http === null || products.length === 0
        ? made
        : { ...made, http: { ...made.http, products: [...made.http.products, ...products] } };
    this.#made.set(key, persona);
    return persona;
  }
}

/** Every address of a network that has a machine for each; none of a wider one. */
function addressesOf(network: Network): string[] {
  const bits = (network.family === 4 ? 32 : 128) - network.prefix;
  if (2 ** bits > machinesPerEntry) return [];
  return Array.from({ length: 2 ** bits }, (_, index) =>
    formatAddress({ family: network.family, value: network.value + BigInt(index) }),
  );
}
