/** Telnet's commands and option negotiation (RFC 854, RFC 855). Bytes in; data, requests and subnegotiations out; any split of the bytes gives the same. */

export const telnet = {
  se: 240,
  nop: 241,
  ayt: 246,
  ip: 244,
  ec: 247,
  el: 248,
  sb: 250,
  will: 251,
  wont: 252,
  do: 253,
  dont: 254,
  iac: 255,
} as const;

/** Options: RFC 857, RFC 858, RFC 1091, RFC 1073. */
export const telnetOption = { echo: 1, suppressGoAhead: 3, terminalType: 24, windowSize: 31 } as const;

export type TelnetItem =
  | { readonly kind: 'data'; readonly byte: number }
  | { readonly kind: 'option'; readonly verb: 251 | 252 | 253 | 254; readonly option: number }
  /** At most 512 bytes are kept. */
  | { readonly kind: 'subnegotiation'; readonly option: number; readonly bytes: Uint8Array }
  | { readonly kind: 'command'; readonly command: number };

type Stage = 'data' | 'iac' | 'option' | 'subnegotiation' | 'subnegotiation-iac';

const maximumSubnegotiation = 512;

export class TelnetReader {
  #stage: Stage = 'data';
  #verb: 251 | 252 | 253 | 254 = 251;
  #collected: number[] = [];

  /** The item that this byte completes, or null. */
  feed(byte: number): TelnetItem | null {
    switch (this.#stage) {
      case 'data':
        if (byte !== telnet.iac) return { kind: 'data', byte };
        this.#stage = 'iac';
        return null;
      case 'iac':
        return this.#command(byte);
      case 'option':
        // IAC, WILL | WONT | DO | DONT, option
        this.#stage = 'data';
        return { kind: 'option', verb: this.#verb, option: byte };
      case 'subnegotiation':
        if (byte === telnet.iac) this.#stage = 'subnegotiation-iac';
        else this.#collect(byte);
        return null;
      default:
        // IAC SB option data… IAC SE; a doubled IAC is data
        if (byte === telnet.iac) {
          this.#collect(byte);
          this.#stage = 'subnegotiation';
          return null;
        }
        this.#stage = 'data';
        if (byte !== telnet.se) return null;
        return {
          kind: 'subnegotiation',
          option: this.#collected[0] ?? 0,
          bytes: Uint8Array.from(this.#collected.slice(1)),
        };
    }
  }

  #collect(byte: number): void {
    if (this.#collected.length <= maximumSubnegotiation) this.#collected.push(byte);
  }

  #command(byte: number): TelnetItem | null {
    this.#stage = 'data';
    if (byte === telnet.iac) return { kind: 'data', byte };
    if (byte === telnet.sb) {
      this.#stage = 'subnegotiation';
      this.#collected = [];
      return null;
    }
    if (byte === telnet.will || byte === telnet.wont || byte === telnet.do || byte === telnet.dont) {
      this.#verb = byte;
      this.#stage = 'option';
      return null;
    }
    return { kind: 'command', command: byte };
  }
}

/** Data with each 255 doubled. */
export function escapeTelnet(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(telnet.iac)) return bytes;
  return Uint8Array.from([...bytes].flatMap((byte) => (byte === telnet.iac ? [byte, byte] : [byte])));
}
