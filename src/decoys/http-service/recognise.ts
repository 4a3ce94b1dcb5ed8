/** How sure an HTTP API is of a connection's first bytes, beside the decoy of web servers, which takes any request (0.98). */

import { Buffer } from 'node:buffer';

const requestLine = /^[A-Z]{3,12} [/*h]/;

/**
 * What no other program is asked for goes to its decoy on every port. Any other request is worth so much less than to the web
 * server that only the port where the API is at home (which the choice adds 0.0001 for) turns it.
 */
export function certaintyOf(firstBytes: Uint8Array, own: RegExp): number {
  const text = Buffer.from(firstBytes.subarray(0, 512)).toString('latin1');
  // SIP and RTSP write their requests alike.
  if (!requestLine.test(text) || /^[^\n]{0,500} (?:RTSP|SIP)\/\d/.test(text)) return 0;
  return own.test(text) ? 0.985 : 0.979_95;
}
