import { pick } from '../core/random.ts';
import { appliances, makeAppliance } from './appliances.ts';
import type { PersonaMaker } from './build.ts';

export const edgeAppliance: PersonaMaker = {
  name: 'edge-appliance',
  summary: 'A gateway at the edge of a company: FortiGate, Ivanti, NetScaler, BIG-IP or PAN-OS',
  make: (seed, options) => makeAppliance(seed, options, pick(seed.random('appliance'), appliances)),
};
