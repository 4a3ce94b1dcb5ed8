/** The HTTP decoy: answers as the persona's web server, records every request, and is vulnerable where the persona says so. */

import { Buffer } from 'node:buffer';
import type { Decoy } from '../../core/decoy.ts';
import { Http1Session } from './http1-session.ts';
import { WebServer } from './web-server.ts';

const requestStart =
  /^(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|TRACE|CONNECT|PROPFIND|MOVE|COPY|MKCOL|LOCK|SEARCH|DEBUG|TRACK|REPORT) [/*h]/i;

export const http: Decoy = {
  name: 'http',
  summary: 'Web server with lures for known weaknesses (HTTP/1.x, plain or inside TLS)',
  fidelity: 'nginx 1.22: the pages and refusals that nginx itself gives, byte for byte',
  transport: 'tcp',
  ports: [80, 443, 8080, 8443, 8000, 8888, 81, 7001, 8090, 9000],
  recognise(firstBytes) {
    const text = Buffer.from(firstBytes.subarray(0, 32)).toString('latin1');
    if (requestStart.test(text)) return 0.98;
    return /^[A-Z]{3,12} \S/.test(text) &&
      /HTTP\/1\./.test(Buffer.from(firstBytes.subarray(0, 2_048)).toString('latin1'))
      ? 0.9
      : 0;
  },
  open: (context) => new Http1Session(new WebServer(context)),
};
