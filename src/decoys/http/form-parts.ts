/** The parts of a multipart/form-data body (RFC 7578) with the names of their files. */

export interface FormPart {
  readonly name: string;
  /** As sent, `..` and all; null where the part is no file. */
  readonly file: string | null;
  readonly content: string;
}

const partLimit = 32;

export function formParts(body: string): readonly FormPart[] {
  const start = body.startsWith('--') ? 0 : body.indexOf('\n--') + 1;
  if (start > 1_024 || !body.startsWith('--', start)) return [];
  const lineEnd = body.slice(start, start + 256).search(/\r?\n/);
  if (lineEnd < 3) return [];
  const boundary = body.slice(start, start + lineEnd);
  const parts: FormPart[] = [];
  for (const part of body.slice(start).split(boundary, partLimit)) {
    const blank = /\r?\n\r?\n/.exec(part);
    if (blank === null) continue;
    const head = part.slice(0, blank.index);
    const name = /\bname="?([^"\r\n;]{0,128})/i.exec(head)?.[1];
    if (name === undefined) continue;
    parts.push({
      name,
      file: /\bfilename\*?="?([^"\r\n;]{0,1024})/i.exec(head)?.[1] ?? null,
      content: part.slice(blank.index + blank[0].length).replace(/\r?\n$/, ''),
    });
  }
  return parts;
}
