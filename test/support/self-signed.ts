import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface SelfSigned {
  /** Paths, for what reads files; the texts beside them. */
  readonly keyFile: string;
  readonly certificateFile: string;
  readonly key: string;
  readonly certificate: string;
}

/** A key and a certificate for this name that it has signed itself, made by openssl in the folder. */
export function selfSigned(folder: string, name: string): SelfSigned {
  const keyFile = join(folder, `${name}.key`);
  const certificateFile = join(folder, `${name}.pem`);
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
  const words = [
    'req',
    '-x509',
    ...kind,
    '-subj',
    `/CN=${name}`,
    '-keyout',
    keyFile,
    '-out',
    certificateFile,
  ];
  execFileSync('openssl', words, { stdio: 'ignore' });
  return {
    keyFile,
    certificateFile,
    key: readFileSync(keyFile, 'utf8'),
    certificate: readFileSync(certificateFile, 'utf8'),
  };
}
