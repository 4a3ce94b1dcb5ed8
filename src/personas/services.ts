/** Lists of open ports, as the personas write them. */

import type { PersonaService } from '../core/persona.ts';

/** Reads `ssh 22, http 443 tls, snmp 161 udp`. */
export function servicesOf(text: string): PersonaService[] {
  return text.split(',').map((entry) => {
    const [decoy = '', port = '', ...marks] = entry.trim().split(' ');
    const transport = marks.includes('udp') ? 'udp' : 'tcp';
    const service: PersonaService = { decoy, port: Number(port), transport };
    return marks.includes('tls') ? Object.assign(service, { tls: true }) : service;
  });
}
