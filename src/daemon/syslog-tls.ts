/** What a listener for syslog over TLS needs, from the files that the configuration names. */

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseEndpoint } from '../collector/endpoint.ts';
import type { SyslogTls } from '../collector/syslog-listener.ts';
import { PicketError } from '../core/errors.ts';
import type { TelemetryConfiguration } from './configuration-type.ts';
import { readFailure } from './read-failure.ts';
import { readTlsFiles, tlsFault } from './tls-files.ts';

type Given = NonNullable<NonNullable<TelemetryConfiguration['syslog']>['tls']>;

export function syslogTlsFault(given: Given): { readonly key: keyof Given; readonly what: string } | null {
  const fault = tlsFault(given);
  if (fault !== null || given.clients === '') return fault;
  let text: string;
  try {
    text = readFileSync(given.clients, 'utf8');
  } catch (error) {
    return { key: 'clients', what: `is ${given.clients}, which ${readFailure(error)}` };
  }
  try {
    // Of several the first is looked at; TLS itself refuses the rest of a damaged file.
    void new X509Certificate(text);
    return null;
  } catch {
    return { key: 'clients', what: `is ${given.clients}, which holds no certificate in PEM` };
  }
}

/** Reads the files. Throws PICKET_CONFIG_INVALID. */
export function readSyslogTls(given: Given): SyslogTls {
  const fault = syslogTlsFault(given);
  const endpoint = parseEndpoint(given.listen);
  const pem = fault === null ? readTlsFiles(given, 'telemetry: syslog.tls') : null;
  if (fault !== null || endpoint === null || pem === null) {
    const what =
      fault === null
        ? `listen is ${given.listen}, which is no address with a port`
        : `${fault.key} ${fault.what}`;
    throw new PicketError('PICKET_CONFIG_INVALID', `telemetry: syslog.tls.${what}`);
  }
  return { endpoint, ...pem, clients: given.clients === '' ? null : readFileSync(given.clients, 'utf8') };
}
