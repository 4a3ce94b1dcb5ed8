import { addressOf } from '../download.ts';
import type { Process } from '../process.ts';

const isAddress = (text: string): boolean =>
  /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) || /^[0-9a-f]*:[0-9a-f:.]+$/i.test(text);
const isName = (text: string): boolean =>
  text === 'localhost' || /^(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)+[a-z]{2,20}\.?$/i.test(text);

interface Reached {
  readonly address: string;
  /** `open` for a port of the machine itself that listens. */
  readonly how: 'unknown' | 'refused' | 'timeout' | 'open';
}

/** Where a connection that does not happen ends: the target is recorded; only the machine's own ports answer. */
export function reach(process: Process, host: string, port: number, seconds: number): Reached {
  process.state.recordCommand(['nc', host, String(port)]);
  if (!isAddress(host) && !isName(host)) return { address: '', how: 'unknown' };
  const { persona } = process.state.machine;
  const local = host === 'localhost' || host.startsWith('127.') || host === persona.address;
  const address = host === 'localhost' ? '127.0.0.1' : isAddress(host) ? host : addressOf(process, host);
  if (local)
    return {
      address,
      how: persona.services.some((service) => service.transport === 'tcp' && service.port === port)
        ? 'open'
        : 'refused',
    };
  const silent = seconds > 0 && persona.random(`shell:reach:${host}:${port}`).next() % 3 > 0;
  process.state.sleep(
    silent ? Math.min(seconds, 30) * 1000 : 40 + (process.state.machine.nextRandom() % 160),
  );
  return { address, how: silent ? 'timeout' : 'refused' };
}

export const reasons = {
  refused: 'Connection refused',
  timeout: 'Connection timed out',
  unknown: 'Name or service not known',
  open: '',
} as const;
