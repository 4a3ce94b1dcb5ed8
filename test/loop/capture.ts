/** What passed the host's bridge, and which of it the host began. */

import type { ChildProcess } from 'node:child_process';
import { hostAddress, hostInterface, stopGroup, within, type LoopNetwork } from './namespaces.ts';

export class Capture {
  readonly #network: LoopNetwork;
  readonly #file: string;
  #tcpdump: ChildProcess | null = null;

  constructor(network: LoopNetwork, file: string) {
    this.#network = network;
    this.#file = file;
  }

  async start(): Promise<void> {
    const words = ['-i', hostInterface, '-s', '96', '-U', '-Z', 'root', '-w', this.#file];
    const tcpdump = this.#network.spawn('host', 'tcpdump', words);
    this.#tcpdump = tcpdump;
    let said = '';
    tcpdump.stderr?.on('data', (chunk) => {
      said += String(chunk);
    });
    if (!(await within(10, () => said.includes('listening on')))) throw new Error(`no capture: ${said}`);
  }

  async stop(): Promise<void> {
    if (this.#tcpdump !== null) await stopGroup(this.#tcpdump, 'SIGINT');
    this.#tcpdump = null;
  }

  /** The packets that a filter of pcap matches, one line each. */
  async packets(filter: string): Promise<string[]> {
    const { output } = await this.#network.run('host', 'tcpdump', ['-nn', '-q', '-r', this.#file, filter]);
    return output.split('\n').filter((line) => / IP6? /.test(line));
  }

  /** `ttl 64 win 65160`, with `ts` where it has the timestamp option: what the SYN-ACKs from a port look like, each form once. */
  async synAcks(port: number): Promise<string[]> {
    const filter = `src port ${port} and tcp[tcpflags] & (tcp-syn|tcp-ack) == (tcp-syn|tcp-ack)`;
    const { output } = await this.#network.run('host', 'tcpdump', ['-nn', '-v', '-r', this.#file, filter]);
    const forms = [...output.matchAll(/ttl (\d+)[^\n]*\n[^\n]*\[S\.\][^\n]* win (\d+),([^\n]*)/g)].map(
      ([, ttl, window, options = '']) => `ttl ${ttl} win ${window}${options.includes('TS val') ? ' ts' : ''}`,
    );
    return [...new Set(forms)].toSorted();
  }

  /**
   * What the host began: connections, datagrams that answer none, and whatever goes to addresses that are none of the test's. An
   * answer to a datagram, an error message about one and the kernel's own neighbour and group messages are none of these.
   */
  async begunByHost(): Promise<string[]> {
    const connections = await this.packets(
      `src host ${hostAddress} and tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn`,
    );
    const elsewhere = await this.packets(
      `src host ${hostAddress} and not dst net 198.18.0.0/15 and not igmp`,
    );
    const pings = await this.packets(`src host ${hostAddress} and icmp[icmptype] == icmp-echo`);
    const heard = new Set(
      (await this.packets(`dst host ${hostAddress} and udp`)).map((line) => ends(line).join(' ')),
    );
    const datagrams = (await this.packets(`src host ${hostAddress} and udp`)).filter(
      (line) => !heard.has(ends(line).toReversed().join(' ')),
    );
    return [...connections, ...elsewhere, ...pings, ...datagrams];
  }
}

/** `… IP 198.18.1.1.4000 > 198.18.0.1.53: UDP, length 3`: sender and receiver with their ports. */
function ends(line: string): [string, string] {
  const match = / IP6? (\S+) > (\S+):/.exec(line);
  return [match?.[1] ?? '', match?.[2] ?? ''];
}
