import { Buffer } from 'node:buffer';
import type { Decoy } from '../../core/decoy.ts';
import { Tr069Session } from './session.ts';

/**
 * Reads `persona.software.tr069`: `product` and `version` of the server (`RomPager`, `4.07`); of `details` `realm`, `path` (of connection
 * requests), `maker`, `model` and `firmware`.
 */
export const tr069: Decoy = {
  name: 'tr069',
  summary: 'Remote management of home routers (TR-069 connection requests, TR-064 actions, RomPager)',
  transport: 'tcp',
  ports: [7547, 5555, 30005],
  recognise(firstBytes) {
    const text = Buffer.from(firstBytes.subarray(0, 2_048)).toString('latin1');
    if (!/^(?:GET|POST|HEAD|PUT|OPTIONS) [/*h]/.test(text)) return 0;
    // As sure as the web server is, so that the port decides; surer of what is only asked here.
    return /^POST \/UD\/|#SetNTPServers|\bCookie: ?C\d{2,12}=/i.test(text) ? 0.99 : 0.98;
  },
  open: (context) => new Tr069Session(context),
};
