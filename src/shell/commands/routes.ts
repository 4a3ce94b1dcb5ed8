import type { Process } from '../process.ts';

/** The routing table as route(8) and `netstat -r` print it. */
export function routeTable(process: Process, windows: boolean): string {
  const { machine } = process.state;
  const { address } = machine.persona;
  const network = address.replace(/\d+$/, '0');
  const numeric = windows || process.words.some((word) => /^-\w*n/.test(word)) || machine.busybox;
  const tail = (metric: number): string =>
    windows ? '       0 0          0' : `${String(metric).padEnd(6)} 0        0`;
  const row = (destination: string, gateway: string, mask: string, flags: string, metric: number): string =>
    `${destination.padEnd(15)} ${gateway.padEnd(15)} ${mask.padEnd(15)} ${flags.padEnd(5)} ${tail(metric)} ${machine.interfaceName}\n`;
  return `Kernel IP routing table\nDestination     Gateway         Genmask         Flags ${windows ? '  MSS Window  irtt' : 'Metric Ref    Use'} Iface\n${row(numeric ? '0.0.0.0' : 'default', numeric ? machine.gateway.address : '_gateway', '0.0.0.0', 'UG', machine.busybox ? 0 : 100)}${row(network, '0.0.0.0', '255.255.255.0', 'U', 0)}`;
}
