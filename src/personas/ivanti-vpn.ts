import { appliances, makeAppliance } from './appliances.ts';
import type { PersonaMaker } from './build.ts';

export const ivantiVpn: PersonaMaker = {
  name: 'ivanti-vpn',
  summary: 'An Ivanti Connect Secure gateway for remote access',
  make: (seed, options) => makeAppliance(seed, options, appliances[1]),
};
