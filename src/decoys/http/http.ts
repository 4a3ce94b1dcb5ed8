/** The HTTP decoy: answers as the persona's web server, records every request, and is vulnerable where the persona says so. */

import { Buffer } from 'node:buffer';
import type { Decoy } from '../../core/decoy.ts';
import { http2Preface } from '../../wire/http2-frame.ts';
import { HttpSession } from './http-session.ts';
import { protocolsOffered } from './http2-manner.ts';

const requestStart =
  /^(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|TRACE|CONNECT|PROPFIND|MOVE|COPY|MKCOL|LOCK|SEARCH|DEBUG|TRACK|REPORT) [/*h]/i;

export const http: Decoy = {
  name: 'http',
  summary: 'Web server with lures for known weaknesses (HTTP/1.x and HTTP/2, plain or inside TLS)',
  fidelity:
    'nginx 1.22: the pages and refusals that nginx itself gives, byte for byte, and over HTTP/2 frame by frame',
  transport: 'tcp',
  ports: [80, 443, 8080, 8443, 8000, 8888, 81, 7001, 8090, 9000],
  recognise(firstBytes) {
    const text = Buffer.from(firstBytes.subarray(0, 32)).toString('latin1');
    if (requestStart.test(text)) return 0.98;
    if (firstBytes.length >= 14 && Buffer.from(http2Preface).toString('latin1').startsWith(text.slice(0, 24)))
      return 0.98;
    return /^[A-Z]{3,12} \S/.test(text) &&
      /HTTP\/1\./.test(Buffer.from(firstBytes.subarray(0, 2_048)).toString('latin1'))
      ? 0.9
      : 0;
  },
  protocols: (persona) => protocolsOffered(persona),
  open: (context) => new HttpSession(context),
};
