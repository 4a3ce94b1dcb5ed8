import { appliances, makeAppliance } from './appliances.ts';
import type { PersonaMaker } from './build.ts';

export const fortigate: PersonaMaker = {
  name: 'fortigate',
  summary: 'A FortiGate firewall whose portal and tunnels face the world',
  make: (seed, options) => makeAppliance(seed, options, appliances[0]),
};
