/** Which decoy answers on a port that has none of its own. */

import type { Decoy } from '../core/decoy.ts';
import type { Persona, PersonaService } from '../core/persona.ts';

/** What this machine has on a port of its own; null where the port is none of its services. */
export function serviceAt(persona: Persona, transport: 'tcp' | 'udp', port: number): PersonaService | null {
  return persona.services.find((each) => each.port === port && each.transport === transport) ?? null;
}

/** The decoy that plays the machine's service on this port; null where it has none there. */
export function ownDecoy(
  decoys: readonly Decoy[],
  persona: Persona,
  transport: 'tcp' | 'udp',
  port: number,
): Decoy | null {
  const service = serviceAt(persona, transport, port);
  return service === null ? null : (decoys.find((decoy) => decoy.name === service.decoy) ?? null);
}

/** A decoy whose server speaks first and which usually lives on this port; null where there is none. */
export function firstSpeaker(decoys: readonly Decoy[], transport: 'tcp' | 'udp', port: number): Decoy | null {
  return (
    decoys.find(
      (decoy) =>
        decoy.recognise === undefined &&
        (decoy.transport === transport || decoy.transport === 'both') &&
        decoy.ports.includes(port),
    ) ?? null
  );
}

/**
 * The decoy that would answer a client's offer of application protocols on a port that is anyone's: one that lives there, or else the
 * first that answers such offers at all.
 */
export function protocolSpeaker(decoys: readonly Decoy[], persona: Persona, port: number): Decoy | null {
  const speakers = decoys.filter(
    (decoy) => decoy.transport !== 'udp' && (decoy.protocols?.(persona).length ?? 0) > 0,
  );
  return speakers.find((decoy) => decoy.ports.includes(port)) ?? speakers[0] ?? null;
}

/**
 * The decoy that is surest of these first bytes; of two alike, the one that usually lives on the port. Where none knows
 * them, the port's own decoy answers as the real service would answer nonsense, and else `any`.
 */
export function chooseDecoy(
  decoys: readonly Decoy[],
  any: Decoy,
  transport: 'tcp' | 'udp',
  port: number,
  firstBytes: Uint8Array,
): Decoy {
  let best: Decoy = any;
  let surest = 0;
  for (const decoy of decoys) {
    if (decoy.recognise === undefined || (decoy.transport !== transport && decoy.transport !== 'both'))
      continue;
    const home = decoy.ports.includes(port) ? 0.000_1 : 0;
    const sure = decoy.recognise(firstBytes) + home;
    if (sure > surest) {
      best = decoy;
      surest = sure;
    }
  }
  return best;
}
