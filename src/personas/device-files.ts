/** Files of BusyBox firmware: few, and with passwords where anybody may read them. */

import type { PersonaFile } from '../core/persona.ts';
import { passwordHash, type Account } from './accounts.ts';
import { textFile } from './build.ts';
import type { Seed } from './seed.ts';

export function deviceAccountFiles(seed: Seed, accounts: readonly Account[]): Record<string, PersonaFile> {
  const lines = accounts.map(({ name, uid, gid, gecos, home, shell, password }) => {
    const field = password === 'set' ? passwordHash(seed, name, '1') : '*';
    return `${name}:${field}:${uid}:${gid}:${gecos}:${home}:${shell}`;
  });
  return {
    '/etc/passwd': textFile(`${lines.join('\n')}\n`),
    '/etc/group': textFile('root:x:0:\nnogroup:x:65534:\n'),
  };
}

/** /proc/cpuinfo as ARM kernels before 4.x print it. */
export function armCpuInfo(
  model: string,
  count: number,
  hardware: string,
  serial: string,
  bogomips: string,
): string {
  const architecture = model.includes('v7') ? '7' : '5TEJ';
  const features =
    architecture === '7'
      ? 'half thumb fastmult vfp edsp neon vfpv3 tls vfpv4 idiva idivt'
      : 'swp half thumb fastmult edsp java';
  const head = `Processor\t: ${model}\n`;
  const cores = Array.from(
    { length: count },
    (_, index) => `processor\t: ${index}\nBogoMIPS\t: ${bogomips}\n\n`,
  );
  const tail = `Features\t: ${features} \nCPU implementer\t: 0x41\nCPU architecture: ${architecture}\nCPU variant\t: 0x0\nCPU part\t: ${architecture === '7' ? '0xc07' : '0x926'}\nCPU revision\t: 5\n\nHardware\t: ${hardware}\nRevision\t: 0000\nSerial\t\t: ${serial}\n`;
  return `${head}${cores.join('')}${tail}`;
}
