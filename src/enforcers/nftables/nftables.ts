/** The kernel's own packet filter as an enforcer: hash sets in a table of our own, made in-process through libnftables, their elements written over netlink. */

import * as util from 'node:util';
import type { ApplyResult, Change, Drops, Enforcer, Rule, StandingRule } from '../../core/enforcer.ts';
import { PicketError } from '../../core/errors.ts';
import { planChanges } from '../plan.ts';
import { transaction, writeOf, type Write } from './commands.ts';
import {
  defaultLayout,
  firstSlots,
  hitsSet,
  layoutCommands,
  slotOfSet,
  targetOf,
  type LayoutOptions,
  type Slot,
} from './layout.ts';
import { loadNftables, type NftablesLibrary } from './native.ts';
import { Netlink } from './netlink.ts';

export interface NftablesOptions extends Partial<LayoutOptions> {
  /** The library to load; for tests of what is said where it is missing. */
  readonly library?: string;
  /** False to renew by delete and add, as kernels before 6.12 need it. Found out at the start where left out. */
  readonly renews?: boolean;
}

/** EPERM and ENFILE of errno(3). */
const notPermitted = 1;
const setIsFull = 23;
/** Elements in one transaction: larger ones are no faster, and hold the kernel's lock for longer. */
const batchSize = 2_000;
/** A set that was full is tried again after this long: elements expire by themselves. Milliseconds. */
const fullFor = 1_000;

interface Failure {
  readonly change: Change;
  readonly cause: string;
}

class Nftables implements Enforcer {
  readonly name = 'nftables';
  readonly capacity: number;
  readonly #layout: LayoutOptions;
  readonly #options: NftablesOptions;
  #library: NftablesLibrary | null = null;
  #context: unknown = null;
  #netlink: Netlink | null = null;
  #walker: Netlink | null = null;
  #walking = false;
  #renews = true;
  readonly #slots = new Map<string, Slot>();
  readonly #full = new Map<string, number>();
  /** The generation of the kernel's rules after our last change. */
  #generation = -1;
  /** Counted packets by set and target, as last read; null before the first reading, which only sets the mark. */
  readonly #counted = new Map<string, Map<string, number>>();
  #counting = false;

  constructor(options: NftablesOptions = {}) {
    this.#options = options;
    this.#layout = { ...defaultLayout, ...options };
    if (!/^[a-z][a-z0-9_]{0,30}$/.test(this.#layout.table)) {
      throw new PicketError(
        'PICKET_CONFIG_INVALID',
        `"${this.#layout.table}" is no name for a table: lower-case letters, digits and _, 31 at most`,
      );
    }
    this.capacity = this.#layout.ipv4Hosts;
  }

  start(): void {
    if (this.#context !== null) return;
    const library = loadNftables(this.#options.library);
    const netlink = new Netlink();
    this.#library = library;
    this.#context = library.contextNew(0);
    library.bufferError(this.#context);
    this.#netlink = netlink;
    this.#walker = new Netlink();
    try {
      this.#shape();
      this.#renews = this.#options.renews ?? this.#renewsByAdding();
      this.#generation = netlink.generation();
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  stop(): void {
    if (this.#context !== null) this.#library?.contextFree(this.#context);
    this.#context = null;
    this.#netlink?.close();
    this.#walker?.close();
    this.#netlink = null;
    this.#walker = null;
    this.#walking = false;
    this.#slots.clear();
    this.#counted.clear();
    this.#counting = false;
  }

  observe(): readonly StandingRule[] {
    const steps = this.observeInSteps();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  *observeInSteps(): Generator<undefined, readonly StandingRule[]> {
    const netlink = this.#reader();
    if (this.intact() === 'broken') this.#shape();
    // What others have changed until now is seen by the walk; what they change from now on shows in the next look.
    this.#generation = netlink.generation();
    // A walk that was given up blocks its socket.
    if (this.#walking) {
      this.#walker?.close();
      this.#walker = new Netlink();
    }
    this.#walking = true;
    const walker = this.#walker ?? netlink;
    const packets = new Map<string, number>();
    for (const [family, prefix] of this.#countedLengths()) {
      for (const chunk of walker.elements(this.#layout.table, hitsSet(family, prefix))) {
        for (const element of chunk) packets.set(targetOf(element.key, family, prefix), element.packets);
      }
    }
    const rules: StandingRule[] = [];
    const now = Date.now();
    for (const slot of this.#slots.values()) {
      for (const chunk of walker.elements(this.#layout.table, slot.set)) {
        for (const element of chunk) {
          const target = targetOf(element.key, slot.family, slot.prefix);
          const until = element.expires < 0 ? Number.MAX_SAFE_INTEGER : now + element.expires;
          rules.push({ target, action: slot.action, until, packets: Math.max(0, packets.get(target) ?? 0) });
        }
        yield undefined;
      }
    }
    this.#walking = false;
    return rules;
  }

  plan(desired: readonly Rule[], observed: readonly StandingRule[], now: number): readonly Change[] {
    return planChanges(desired, observed, now);
  }

  apply(changes: readonly Change[], now: number): ApplyResult {
    const failed: Failure[] = [];
    let writes: Write[] = [];
    let missing = false;
    for (const change of changes) {
      const write = writeOf(change, now, this.#layout);
      if (write === null) failed.push({ change, cause: 'unsupported' });
      else {
        writes.push(write);
        if (write.place !== null && !this.#slots.has(write.place.set)) {
          this.#slots.set(write.place.set, write.place);
          missing = true;
        }
      }
    }
    if (missing) this.#shape();
    for (; writes.length > 0; writes = writes.slice(batchSize)) {
      this.#write(writes.slice(0, batchSize), now, failed);
    }
    return { applied: changes.length - failed.length, failed };
  }

  intact(): 'intact' | 'doubtful' | 'broken' {
    const netlink = this.#reader();
    if (netlink.generation() === this.#generation) return 'intact';
    const sets = netlink.sets(this.#layout.table);
    if (sets === null) return 'broken';
    const found = new Set(sets);
    for (const slot of this.#slots.values()) if (!found.has(slot.set)) return 'broken';
    if (netlink.ruleCount(this.#layout.table, 'prerouting') < this.#slots.size) return 'broken';
    for (const [family, prefix] of this.#countedLengths()) {
      if (netlink.ruleCount(this.#layout.table, `drop_ipv${family}_${prefix}`) < 2) return 'broken';
    }
    return 'doubtful';
  }

  drops(): readonly Drops[] {
    const netlink = this.#reader();
    const drops: Drops[] = [];
    for (const [family, prefix] of this.#countedLengths()) {
      const set = hitsSet(family, prefix);
      const before = this.#counted.get(set);
      const counted = new Map<string, number>();
      for (const chunk of netlink.elements(this.#layout.table, set)) {
        for (const element of chunk) {
          const target = targetOf(element.key, family, prefix);
          counted.set(target, element.packets);
          if (!this.#counting) continue;
          const last = before?.get(target) ?? 0;
          // Less than before: it went silent, expired and came back.
          const packets = element.packets >= last ? element.packets - last : element.packets;
          if (packets > 0) drops.push({ target, packets });
        }
      }
      this.#counted.set(set, counted);
    }
    this.#counting = true;
    return drops;
  }

  pool(rule: Rule): { readonly name: string; readonly capacity: number } {
    const write = writeOf({ do: 'add', rule: { ...rule, until: 2 } }, 1, this.#layout);
    const slot = write?.place ?? null;
    return slot === null ? { name: 'none', capacity: 0 } : { name: slot.set, capacity: slot.capacity };
  }

  clear(): void {
    const { table } = this.#layout;
    this.#slots.clear();
    const error = this.#run(`add table inet ${table}\ndelete table inet ${table}`);
    if (error !== null) throw this.#failure(error);
  }

  /** Makes table, sets and rules as they shall be; elements that stand are kept. */
  #shape(): void {
    const { table } = this.#layout;
    for (const slot of firstSlots(this.#layout)) this.#slots.set(slot.set, slot);
    for (const name of this.#reader().sets(table) ?? []) {
      const slot = slotOfSet(name, this.#layout);
      if (slot !== null) this.#slots.set(slot.set, slot);
    }
    const commands = layoutCommands([...this.#slots.values()], this.#layout);
    let error = this.#run(commands);
    // Sets of another shape (an older version's, other sizes): the table is made anew, and the fence places again what shall hold.
    if (error !== null && /File exists|Invalid argument|not supported|Device or resource busy/.test(error)) {
      error = this.#run(`delete table inet ${table}\n${commands}`);
    }
    if (error !== null) throw this.#failure(error);
  }

  /** Whether this kernel gives a standing element a new lifetime when it is added again (Linux 6.12 and later). */
  #renewsByAdding(): boolean {
    const { table } = this.#layout;
    const commands = [
      `add set inet ${table} probe { type ipv4_addr; size 2; flags timeout; }`,
      `add element inet ${table} probe { 192.0.2.1 timeout 1000s }`,
    ].join('\n');
    if (this.#run(commands) !== null) return false;
    this.#run(`add element inet ${table} probe { 192.0.2.1 timeout 2000s }`);
    let renewed = false;
    for (const chunk of this.#reader().elements(table, 'probe')) {
      for (const element of chunk) renewed = element.expires > 1_500_000;
    }
    this.#run(`delete set inet ${table} probe`);
    return renewed;
  }

  /** Writes one batch; where it is refused, its halves, so that one bad change takes no other with it. */
  #write(batch: readonly Write[], now: number, failed: Failure[], mended = false): void {
    const writes: Write[] = [];
    for (const write of batch) {
      const until =
        write.change.do === 'add' && write.place !== null ? this.#full.get(write.place.set) : undefined;
      if (until === undefined || now >= until || now < until - fullFor) writes.push(write);
      else failed.push({ change: write.change, cause: 'capacity' });
    }
    if (writes.length === 0) return;
    const standing = new Set(this.#slots.keys());
    const orders = transaction(writes, standing, this.#renews);
    const error = orders.length === 0 ? 0 : this.#reader().write(this.#layout.table, orders);
    if (error === 0) {
      if (orders.length > 0 && this.#generation >= 0) this.#generation = (this.#generation + 1) >>> 0;
      for (const write of writes) for (const slot of write.remove) this.#full.delete(slot.set);
      return;
    }
    if (error === notPermitted) throw this.#failure('Operation not permitted');
    if (!mended && this.intact() === 'broken') {
      this.#shape();
      // The generation stays behind on purpose: the next look says `doubtful`, and what was lost is placed again.
      this.#generation = -1;
      this.#write(writes, now, failed, true);
      return;
    }
    const only = writes.length === 1 ? writes[0] : undefined;
    if (only !== undefined) {
      const capacity = error === setIsFull;
      if (capacity && only.place !== null) this.#full.set(only.place.set, now + fullFor);
      const cause = capacity ? 'capacity' : (util.getSystemErrorMap().get(-error)?.[1] ?? `error ${error}`);
      failed.push({ change: only.change, cause });
      return;
    }
    const middle = writes.length >> 1;
    this.#write(writes.slice(0, middle), now, failed, true);
    this.#write(writes.slice(middle), now, failed, true);
  }

  /** Null where the transaction is in force, else the reason. */
  #run(commands: string): string | null {
    const library = this.#library;
    if (library === null || this.#context === null)
      throw new PicketError('PICKET_NFT_FAILED', 'the nftables enforcer is not started');
    if (library.run(this.#context, commands) === 0) {
      if (this.#generation >= 0) this.#generation = (this.#generation + 1) >>> 0;
      return null;
    }
    return library.errorText(this.#context);
  }

  #reader(): Netlink {
    if (this.#netlink === null)
      throw new PicketError('PICKET_NFT_FAILED', 'the nftables enforcer is not started');
    return this.#netlink;
  }

  /** The (family, prefix length) pairs that have counters. */
  #countedLengths(): readonly (readonly [4 | 6, number])[] {
    const seen = new Map<string, readonly [4 | 6, number]>();
    for (const slot of this.#slots.values()) {
      seen.set(hitsSet(slot.family, slot.prefix), [slot.family, slot.prefix]);
    }
    return [...seen.values()];
  }

  #failure(error: string): PicketError {
    const line = error.split('\n')[0] ?? '';
    if (/Operation not permitted/.test(error)) {
      return new PicketError(
        'PICKET_NOT_PRIVILEGED',
        'the kernel does not let this process change nftables; run the fence as root or with CAP_NET_ADMIN, or configure it with dry-run alone',
      );
    }
    return new PicketError(
      'PICKET_NFT_FAILED',
      `nftables refused the fence's table "${this.#layout.table}": ${line}; "nft list table inet ${this.#layout.table}" shows what stands there`,
    );
  }
}

/** An nftables enforcer of this process's network namespace. Inert until `start`, which throws `PICKET_NFT_MISSING` or `PICKET_NOT_PRIVILEGED`. */
export function createNftables(options: NftablesOptions = {}): Enforcer {
  return new Nftables(options);
}

export const nftables: Enforcer = createNftables();
