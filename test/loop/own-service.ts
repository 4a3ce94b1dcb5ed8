/** The protected host's real service: a small web page. Arguments: port. */

import { createServer } from 'node:http';
import process from 'node:process';

createServer((_request, response) => response.end('the own service\n')).listen(
  Number(process.argv[2]),
  '0.0.0.0',
  () => {
    process.stdout.write('ready\n');
  },
);
