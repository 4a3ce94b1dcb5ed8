/** The operator's key to an object store, from a file in the form of AWS's shared credentials, or from the environment. */

import { readFileSync } from 'node:fs';
import { PicketError } from '../core/errors.ts';
import type { AwsKey } from '../wire/aws-signing.ts';

export interface KeySource {
  /** Empty for the environment. */
  readonly file: string;
  /** The section of the file. */
  readonly profile: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Throws PICKET_INPUT_UNREADABLE for a file that can't be read, PICKET_CREDENTIALS_INVALID where there is no whole key. */
export function accessKey({ file, profile, environment }: KeySource): AwsKey {
  if (file === '') {
    return keyOf(
      (name) => environment[name.toUpperCase()] ?? '',
      'the environment has no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; set both, or name a file with --credentials',
    );
  }
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new PicketError(
      'PICKET_INPUT_UNREADABLE',
      `${file}: can't be read (${why}); name a readable file with --credentials`,
      { cause: error },
    );
  }
  const values = sectionOf(text, profile);
  return keyOf(
    (name) => values.get(name) ?? '',
    `${file}: the section [${profile}] has no aws_access_key_id and aws_secret_access_key; name another with --profile`,
  );
}

/**
 *     [profile]
 *     name = value
 */
function sectionOf(text: string, profile: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let isInside = false;
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    if (line.startsWith('[')) isInside = line === `[${profile}]`;
    else if (isInside && !line.startsWith('#') && !line.startsWith(';')) {
      const equals = line.indexOf('=');
      if (equals > 0) values.set(line.slice(0, equals).trim().toLowerCase(), line.slice(equals + 1).trim());
    }
  }
  return values;
}

function keyOf(valueOf: (name: string) => string, otherwise: string): AwsKey {
  const accessKeyId = valueOf('aws_access_key_id');
  const secretAccessKey = valueOf('aws_secret_access_key');
  if (accessKeyId === '' || secretAccessKey === '')
    throw new PicketError('PICKET_CREDENTIALS_INVALID', otherwise);
  return { accessKeyId, secretAccessKey, sessionToken: valueOf('aws_session_token') };
}
