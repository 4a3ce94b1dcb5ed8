/** From where on traffic to an address is a flood; averages over a minute. */
export interface FloodThresholds {
  /** SYNs to one host-port that nothing comes of. */
  readonly synsPerSecond: number;
  /** Datagrams to one host. */
  readonly datagramsPerSecond: number;
  /** Large datagrams to one host from ports of amplifiers, and the least number of sources that they come from. */
  readonly reflectedPerSecond: number;
  readonly reflectors: number;
}

/**
 * Datagrams: FastNetMon's usual limit of packets to a host, some 100 Mbit/s of small ones. SYNs: one that is not answered holds its place
 * for a minute (tcp(7), `tcp_synack_retries`), so 200 a second fill a queue of 4096, Linux's largest by default, three times over, and a
 * scan asks each port once. Reflected answers: a fortieth of the datagrams, for nobody asked for them; a resolver's are smaller.
 */
export const usualFloodThresholds: FloodThresholds = {
  synsPerSecond: 200,
  datagramsPerSecond: 20_000,
  reflectedPerSecond: 500,
  reflectors: 10,
};
