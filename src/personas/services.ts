/** Lists of open ports, as the personas write them. */

import type { PersonaService } from '../core/persona.ts';

/** Reads `ssh 22, http 443 tls, snmp 161 udp`. */
export function servicesOf(text: string): PersonaService[] {
  return text.split(',').map((entry) => {
    const [decoy = '', port = '', ...marks] = entry.trim().split(' ');
    return {
      decoy,
      port: Number(port),
      transport: marks.includes('udp') ? 'udp' : 'tcp',
      ...(marks.includes('tls') ? { tls: true } : {}),
    };
  });
}
