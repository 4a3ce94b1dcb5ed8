/**
 * Tells who began a conversation, from records that each show one direction (RFC 5103 §3 names the result a biflow's
 * direction). Remembers recent initiations in a table of fixed size: 65,536 places of two records each, about 2 MiB.
 */

const places = 65_536;
/** Seconds for which an initiation is remembered since it was last seen. */
const rememberedSeconds = 1_800;

/** FNV-1a over text, for IPv6 addresses. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash | 0;
}

function mixed(source: number, destination: number, ports: number, protocol: number): number {
  let hash = Math.imul(source ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15) ^ destination, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ ports, 0x27d4eb2f);
  hash = Math.imul(hash ^ (hash >>> 16) ^ protocol, 0x165667b1);
  return hash ^ (hash >>> 15);
}

export class FlowDirection {
  readonly #check = new Int32Array(places * 2);
  readonly #seconds = new Float64Array(places * 2).fill(-Infinity);

  /**
   * Whether this record answers. Addresses come as hashes (an IPv4 address as its 32 bits). `serverLike` says that the ports alone
   * look like an answer, which decides where no earlier record does: records of one conversation come in any order.
   */
  isReply(
    source: number,
    destination: number,
    sourcePort: number,
    destinationPort: number,
    protocol: number,
    seconds: number,
    serverLike: boolean,
  ): boolean {
    const isIcmp = protocol === 1 || protocol === 58;
    // An ICMP record answers whatever the other host sent before (echo reply, unreachable): it is paired by hosts alone.
    if (isIcmp) {
      if (this.#has(mixed(destination, source, 0, 0), seconds)) return true;
      this.#put(mixed(source, destination, 0, 0), seconds);
      return false;
    }
    const forward = mixed(source, destination, (sourcePort << 16) ^ destinationPort, protocol);
    const backward = mixed(destination, source, (destinationPort << 16) ^ sourcePort, protocol);
    if (this.#has(backward, seconds)) {
      this.#put(backward, seconds);
      return true;
    }
    if (serverLike && !this.#has(forward, seconds)) {
      this.#put(backward, seconds);
      return true;
    }
    this.#put(forward, seconds);
    this.#put(mixed(source, destination, 0, 0), seconds);
    return false;
  }

  #has(hash: number, seconds: number): boolean {
    const place = (hash & (places - 1)) * 2;
    for (let index = place; index < place + 2; index += 1) {
      if (this.#check[index] === hash && Math.abs(seconds - (this.#seconds[index] ?? 0)) <= rememberedSeconds)
        return true;
    }
    return false;
  }

  #put(hash: number, seconds: number): void {
    const place = (hash & (places - 1)) * 2;
    const first = this.#seconds[place] ?? 0;
    const second = this.#seconds[place + 1] ?? 0;
    let index = first <= second ? place : place + 1;
    if (this.#check[place] === hash) index = place;
    else if (this.#check[place + 1] === hash) index = place + 1;
    this.#check[index] = hash;
    this.#seconds[index] = seconds;
  }
}
