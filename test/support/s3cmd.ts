import { runProgram } from './run-program.ts';

/** Runs s3cmd with this key against the store at `place` (address and port), which names buckets in the path. */
export const s3cmdAt =
  (place: string, key: { readonly accessKeyId: string; readonly secretAccessKey: string }) =>
  (...words: string[]): Promise<string> =>
    runProgram(
      's3cmd',
      '-c',
      '/dev/null',
      '--no-ssl',
      `--host=${place}`,
      `--host-bucket=${place}`,
      `--access_key=${key.accessKeyId}`,
      `--secret_key=${key.secretAccessKey}`,
      ...words,
    );
