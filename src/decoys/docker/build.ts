/** `POST /build`: a context as a tar, whose Dockerfile says what to run. Nothing is built; what it says is recorded and run in the shell. */

import { Buffer } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import { printedBy, runInShell } from '../http-service/shell-run.ts';

const contextLimit = 8_388_608;
const stepLimit = 64;
const runLimit = 8;

function unpacked(body: Buffer): Buffer {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body;
  try {
    return gunzipSync(body, { maxOutputLength: contextLimit });
  } catch {
    return body;
  }
}

/**
 * A file of a tar (POSIX ustar), as Latin-1; null where it is not in it.
 *
 *     name[100] mode[8] uid[8] gid[8] size[12, octal] … in blocks of 512 octets, the content behind it
 */
export function fileInTar(archive: Buffer, wanted: string): string | null {
  for (let offset = 0; offset + 512 <= archive.length;) {
    const name = archive.toString('latin1', offset, offset + 100).replace(/\0.*$/s, '');
    if (name === '') return null;
    const size = Number.parseInt(archive.toString('latin1', offset + 124, offset + 136), 8);
    if (!Number.isSafeInteger(size) || size < 0) return null;
    if (name.replace(/^\.\//, '') === wanted)
      return archive.toString('latin1', offset + 512, offset + 512 + Math.min(size, 65_536));
    offset += 512 + Math.ceil(size / 512) * 512;
  }
  return null;
}

/** The Dockerfile in this body; null where there is none. */
export const dockerfileOf = (body: string, name: string): string | null =>
  fileInTar(unpacked(Buffer.from(body, 'latin1')), name === '' ? 'Dockerfile' : name.replace(/^\.\//, ''));

export interface BuildResult {
  readonly lines: readonly object[];
  readonly image: string;
  readonly outputs: readonly DecoyOutput[];
}

/** Goes through a Dockerfile as the classic builder does and says what it says. */
export function build(
  context: DecoyContext,
  dockerfile: string,
  tag: string,
  idOf: (step: string) => string,
): BuildResult {
  const outputs: DecoyOutput[] = [];
  const lines: object[] = [];
  const steps = dockerfile
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .slice(0, stepLimit);
  let image = '';
  let runs = 0;
  for (const [index, step] of steps.entries()) {
    lines.push({ stream: `Step ${index + 1}/${steps.length} : ${step}` }, { stream: '\n' });
    const command = /^RUN\s{1,8}(.{1,8192})$/i.exec(step)?.[1];
    if (command !== undefined && runs < runLimit) {
      runs += 1;
      lines.push({ stream: ` ---> Running in ${idOf(`run ${step}`).slice(0, 12)}\n` });
      const run = runInShell(context, 'docker', command);
      outputs.push(...run.outputs);
      const printed = printedBy(run);
      if (printed !== '') lines.push({ stream: printed });
      if (run.status !== 0) {
        const message = `The command '/bin/sh -c ${command}' returned a non-zero code: ${run.status}`;
        lines.push({ errorDetail: { code: run.status, message }, error: message });
        return { lines, image: '', outputs };
      }
    }
    image = idOf(`${image} ${step}`);
    lines.push({ stream: ` ---> ${image.slice(0, 12)}\n` });
  }
  lines.push({ aux: { ID: `sha256:${image}` } }, { stream: `Successfully built ${image.slice(0, 12)}\n` });
  if (tag !== '') lines.push({ stream: `Successfully tagged ${tag}\n` });
  return { lines, image, outputs };
}
