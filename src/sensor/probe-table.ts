/**
 * What each source probed: which of it is worth an observation, and whether its return path is proved.
 * Bounded by sources and by ports in all; past a bound the source that was silent longest is forgotten, whatever became of its SYNs.
 */

import { sourceKey } from '../core/address.ts';
import type { Probe, ProbeKind } from './probe-message.ts';
import { ReturnPath } from './return-path.ts';

export interface ProbeReport extends Omit<Probe, 'mark'> {
  /** Whose name it is under: an IPv6 source by its /64. */
  readonly key: string;
  /** The sender hears our answers: the address is his. */
  readonly proved: boolean;
  /** The report that says so first. */
  readonly proof: boolean;
}

export interface ProbeTableLimits {
  readonly sources: number;
  readonly ports: number;
  readonly portsPerSource: number;
  /** Reports a second without a proved return path. Anyone can write any sender on a SYN. */
  readonly unprovedPerSecond: number;
}

export const defaultProbeLimits: ProbeTableLimits = {
  sources: 65_536,
  ports: 262_144,
  portsPerSource: 4_096,
  unprovedPerSecond: 2_000,
};

/** A copy that the network made comes sooner. */
const soonestRepeat = 20;
/** A later one is another scan and says nothing about our answer. */
const latestRepeat = 60_000;
const windowMilliseconds = 900_000;
/** Of a scan its first ports are reported, then the 128th, the 256th and so on: one scan must not fill the spool. */
const reportedPorts = 64;

interface SourceProbes {
  /** Time of the first SYN · 4, + 1 where it was withheld, + 2 once a repeat was counted. */
  readonly ports: Map<number, number>;
  readonly path: ReturnPath;
  windowAt: number;
  distinct: number;
  provedUntil: number;
}

const kinds: readonly ProbeKind[] = ['syn', 'fin', 'null', 'xmas', 'ack'];

/** A number for kind, address and port, below 2⁵³. The port is exact; two addresses rarely share the 32 bits of a hash. */
function portKey(probe: Probe): number {
  let hash = 0x811c9dc5;
  for (const text of [probe.destination, probe.source.includes(':') ? probe.source : '']) {
    for (let index = 0; index < text.length; index += 1)
      hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return kinds.indexOf(probe.probe) * 0x1_0000_0000_0000 + (hash >>> 0) * 65_536 + probe.destinationPort;
}

export class ProbeTable {
  readonly #limits: ProbeTableLimits;
  readonly #report: (report: ProbeReport) => void;
  readonly #sources = new Map<string, SourceProbes>();
  #ports = 0;
  #second = 0;
  #thisSecond = 0;
  /** Reports left out because of the bound a second. */
  unreported = 0;
  proofs = 0;

  constructor(report: (report: ProbeReport) => void, limits: Partial<ProbeTableLimits> = {}) {
    this.#report = report;
    this.#limits = { ...defaultProbeLimits, ...limits };
  }

  get sources(): number {
    return this.#sources.size;
  }

  get ports(): number {
    return this.#ports;
  }

  /** Takes one probe; `at` in milliseconds, never before the last. */
  saw(probe: Probe, at: number): void {
    const key = sourceKey(probe.source);
    const source = this.#touch(key, at);
    const port = portKey(probe);
    const known = source.ports.get(port);
    const isNew = known === undefined || at - Math.floor(known / 4) > latestRepeat;
    if (isNew) {
      // A repeat of one that is no longer remembered: without its first, it says nothing.
      if (probe.mark === 'again') return;
      this.#add(source, port, at * 4 + (probe.mark === 'withheld' ? 1 : 0));
      source.distinct += 1;
    } else if (this.#repeated(source, port, known, probe, at)) {
      this.proofs += 1;
      const isFirst = at >= source.provedUntil;
      source.provedUntil = at + windowMilliseconds;
      if (!isFirst) return;
      // The reports so far could be another's; those from here on are worth as many again.
      source.distinct = 0;
      this.#tell(probe, key, true, true);
      return;
    }
    if (!isNew) return;
    const { distinct } = source;
    // Powers of two past the first ports.
    if (distinct > reportedPorts && (distinct & (distinct - 1)) !== 0) return;
    const proved = at < source.provedUntil;
    if (proved || this.#mayReport(at)) this.#tell(probe, key, proved, false);
  }

  /** True where this repeat proves the path. */
  #repeated(source: SourceProbes, port: number, known: number, probe: Probe, at: number): boolean {
    if (probe.mark === 'stealth') return false;
    const state = known % 4;
    if (state >= 2 || at - Math.floor(known / 4) < soonestRepeat) return false;
    source.ports.set(port, known + 2);
    return source.path.repeated(state === 1);
  }

  #tell(probe: Probe, key: string, proved: boolean, proof: boolean): void {
    const { mark: _, ...seen } = probe;
    this.#report({ ...seen, key, proved, proof });
  }

  #mayReport(at: number): boolean {
    const second = Math.floor(at / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#thisSecond = 0;
    }
    this.#thisSecond += 1;
    if (this.#thisSecond <= this.#limits.unprovedPerSecond) return true;
    this.unreported += 1;
    return false;
  }

  #touch(key: string, at: number): SourceProbes {
    const found = this.#sources.get(key);
    if (found !== undefined) {
      // Keeps the map in the order of last use.
      this.#sources.delete(key);
      this.#sources.set(key, found);
      if (at - found.windowAt > windowMilliseconds) {
        found.windowAt = at;
        found.distinct = 0;
      }
      return found;
    }
    const made: SourceProbes = {
      ports: new Map(),
      path: new ReturnPath(),
      windowAt: at,
      distinct: 0,
      provedUntil: 0,
    };
    this.#sources.set(key, made);
    if (this.#sources.size > this.#limits.sources) this.#forgetOldest();
    return made;
  }

  #add(source: SourceProbes, port: number, value: number): void {
    if (source.ports.delete(port)) this.#ports -= 1;
    source.ports.set(port, value);
    this.#ports += 1;
    if (source.ports.size > this.#limits.portsPerSource) {
      const oldest = source.ports.keys().next().value;
      if (oldest !== undefined && source.ports.delete(oldest)) this.#ports -= 1;
    }
    while (this.#ports > this.#limits.ports && this.#sources.size > 1) this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const [key, source] of this.#sources) {
      this.#ports -= source.ports.size;
      this.#sources.delete(key);
      return;
    }
  }
}
