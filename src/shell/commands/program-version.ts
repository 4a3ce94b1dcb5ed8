import type { Process } from '../process.ts';

/** The upstream version of an installed package, or another where it is not installed. */
export function upstreamVersion(process: Process, name: string, otherwise: string): string {
  const { packages } = process.state.machine;
  const version = packages.versionOf(name);
  return version?.replace(/^\d+:/, '').split(/[-~+]/)[0] ?? otherwise;
}
