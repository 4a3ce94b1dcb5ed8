/** A certificate and its key, read and checked before the process gives up the right to read them. */

import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PicketError } from '../core/errors.ts';
import { readFailure } from './read-failure.ts';

/** Names of the two files; both empty where there is no TLS. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Their text. */
export interface TlsPem {
  readonly certificate: string;
  readonly key: string;
}

/** What is wrong with the files, by the key that names them. */
export interface TlsFault {
  readonly key: 'certificate' | 'key';
  readonly what: string;
}

/** Null where no files are named. `name` is the key that holds them. Throws PICKET_CONFIG_INVALID. */
export function readTlsFiles(files: TlsFiles, name: string): TlsPem | null {
  const { certificate, key } = files;
  if (certificate === '' && key === '') return null;
  const fault = tlsFault(files);
  if (fault !== null) throw new PicketError('PICKET_CONFIG_INVALID', `${name}.${fault.key} ${fault.what}`);
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
}

/** Null where the two files can serve TLS, or none is named. */
export function tlsFault({ certificate, key }: TlsFiles): TlsFault | null {
  if (certificate === '' && key === '') return null;
  if (certificate === '') return { key: 'certificate', what: 'is empty while key names a file; name both' };
  if (key === '') return { key: 'key', what: 'is empty while certificate names a file; name both' };
  const texts: string[] = [];
  for (const [name, path] of [
    ['certificate', certificate],
    ['key', key],
  ] as const) {
    try {
      texts.push(readFileSync(path, 'utf8'));
    } catch (error) {
      return { key: name, what: `is ${path}, which ${readFailure(error)}` };
    }
  }
  let certified: X509Certificate;
  let secret: KeyObject;
  try {
    certified = new X509Certificate(texts[0] ?? '');
  } catch {
    return { key: 'certificate', what: `is ${certificate}, which holds no certificate in PEM` };
  }
  try {
    secret = createPrivateKey(texts[1] ?? '');
  } catch {
    return { key: 'key', what: `is ${key}, which holds no private key in PEM without a passphrase` };
  }
  if (!certified.checkPrivateKey(secret)) {
    return { key: 'key', what: `is ${key}, which does not belong to the certificate ${certificate}` };
  }
  return null;
}
