/** The personas that a sensor can take on: the list a person reads. */

import type { Persona } from '../core/persona.ts';
import { buildPersona, type PersonaMaker, type PersonaOptions } from './build.ts';
import { debianDb } from './debian-db.ts';
import { edgeAppliance } from './edge-appliance.ts';
import { ipCamera } from './ip-camera.ts';
import { javaApp } from './java-app.ts';
import { dlinkNas } from './dlink-nas.ts';
import { dockerHost } from './docker-host.ts';
import { fortigate } from './fortigate.ts';
import { gpuHost } from './gpu-host.ts';
import { hikvisionCamera } from './hikvision-camera.ts';
import { ivantiVpn } from './ivanti-vpn.ts';
import { kubernetesNode } from './kubernetes-node.ts';
import { mailServer } from './mail-server.ts';
import { mikrotikRouter } from './mikrotik-router.ts';
import { rhelWeb } from './rhel-web.ts';
import { s3Gateway } from './s3-gateway.ts';
import { siemensPlc } from './siemens-plc.ts';
import { windowsServer } from './windows-server.ts';
import { tplinkRouter } from './tplink-router.ts';
import { ubuntuWeb } from './ubuntu-web.ts';

const makers: readonly PersonaMaker[] = [
  ubuntuWeb,
  debianDb,
  tplinkRouter,
  ipCamera,
  edgeAppliance,
  javaApp,
  dlinkNas,
  dockerHost,
  fortigate,
  gpuHost,
  hikvisionCamera,
  ivantiVpn,
  kubernetesNode,
  mailServer,
  mikrotikRouter,
  rhelWeb,
  s3Gateway,
  siemensPlc,
  windowsServer,
];

export const personaNames: readonly string[] = makers.map((maker) => maker.name);

/**
 * The machine of this kind that the seed describes: the same seed gives the same host name, keys, certificate and files at
 * every call, and the seed is all that an onlooker would need to make them again, so it is kept like a key. RSA keys are
 * made when they are first read (some 0.3 s for SSH, 0.1 s for TLS).
 *
 * Throws a RangeError for a name that is not among `personaNames`.
 */
export function createPersona(name: string, seed: string, options: PersonaOptions): Persona {
  const maker = makers.find((each) => each.name === name);
  if (maker === undefined) {
    throw new RangeError(`no persona ${JSON.stringify(name)}: there are ${personaNames.join(', ')}`);
  }
  return buildPersona(maker, seed, options);
}
