/**
 * The parts of a request body: form fields (WHATWG URL §5), multipart parts (RFC 7578), the strings of JSON (RFC 8259)
 * and the text and attributes of XML. Tolerant: hostile bodies are cut where an application might still cut them, and
 * the caller looks at the whole body too.
 */

/** One part of a body as it was sent, not yet decoded. */
export interface BodyPart {
  /** What it is: the name of a field, its value, or the name of an uploaded file. */
  readonly kind: 'name' | 'value' | 'file';
  /** The field that it belongs to. */
  readonly name: string;
  readonly raw: string;
  readonly plusIsSpace: boolean;
}

export type BodyShape = 'form' | 'multipart' | 'json' | 'xml' | 'text';

/** No more parts than this are cut from one request. */
export const mostParts = 256;

/** What a body is, by its content type or, where that says nothing, by its first characters. */
export function bodyShape(contentType: string, body: string): BodyShape {
  const type = contentType.toLowerCase();
  if (type.includes('multipart/')) return 'multipart';
  const start = /^[\s\u00ef\u00bb\u00bf]{0,16}(\S)/.exec(body.slice(0, 32))?.[1] ?? '';
  if (type.includes('json') || start === '{' || start === '[') return 'json';
  if (start === '<' && (type.includes('xml') || /^\s{0,16}<[?!a-z]/i.test(body.slice(0, 32)))) return 'xml';
  if (body.startsWith('--') && /content-disposition: ?form-data/i.test(body.slice(0, 1024)))
    return 'multipart';
  if (type.includes('urlencoded') || type === '') return 'form';
  return /^[\w.[\]%+-]{1,80}=/.test(body.slice(0, 100)) ? 'form' : 'text';
}

/** Cuts `a=b&c=d`, as a query or as a form. */
export function* formParts(text: string): Iterable<BodyPart> {
  let start = 0;
  for (let count = 0; start <= text.length && count < mostParts; count += 1) {
    let end = text.indexOf('&', start);
    if (end < 0) end = text.length;
    const equals = text.indexOf('=', start);
    if (equals < 0 || equals >= end) {
      if (end > start) yield { kind: 'name', name: '', raw: text.slice(start, end), plusIsSpace: true };
    } else {
      const name = text.slice(start, equals);
      if (name.length > 0) yield { kind: 'name', name, raw: name, plusIsSpace: true };
      if (end > equals + 1)
        yield { kind: 'value', name, raw: text.slice(equals + 1, end), plusIsSpace: true };
    }
    start = end + 1;
  }
}

const parameter = (name: string, text: string): string | null => {
  const match = new RegExp(`[;\\s]${name}=(?:"([^"]{0,512})"|([^;\\s]{0,512}))`, 'i').exec(text);
  return match === null ? null : (match[1] ?? match[2] ?? '');
};

/** Cuts multipart/form-data. Without a boundary in the content type, the first line is taken for it. */
export function* multipartParts(contentType: string, body: string): Iterable<BodyPart> {
  let boundary = /boundary=(?:"([^"]{1,200})"|([^;\s,]{1,200}))/i.exec(contentType.slice(0, 1024));
  let mark = `--${boundary?.[1] ?? boundary?.[2] ?? ''}`;
  if (boundary === null || !body.includes(mark)) {
    boundary = /^--[^\r\n]{1,200}/.exec(body);
    if (boundary === null) return;
    mark = boundary[0];
  }
  let start = body.indexOf(mark);
  for (let count = 0; start >= 0 && count < mostParts / 2; count += 1) {
    const from = start + mark.length;
    const next = body.indexOf(mark, from);
    const part = body.slice(from, next < 0 ? body.length : next);
    const gap = /\r?\n\r?\n/.exec(part);
    const head = gap === null ? part : part.slice(0, gap.index);
    const disposition = head.slice(0, 4096);
    const name = parameter('name', disposition) ?? '';
    const file = parameter('filename\\*?', disposition);
    if (name !== '') yield { kind: 'name', name, raw: name, plusIsSpace: false };
    if (file !== null) yield { kind: 'file', name, raw: file, plusIsSpace: false };
    if (gap !== null) {
      const content = part.slice(gap.index + gap[0].length).replace(/\r?\n$/, '');
      // Pictures, sound and archives hold every byte pattern by chance.
      const binary = /content-type: ?(?:image|audio|video|font|application\/(?:zip|gzip|pdf|x-7z))/i.test(
        head,
      );
      if (content.length > 0 && !(binary && !content.includes('<?'))) {
        yield { kind: 'value', name, raw: content, plusIsSpace: false };
      }
    }
    start = next;
  }
}

const simpleEscape: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
const jsonEscape = /\\(?:u([0-9a-f]{4})|(.))/gis;

function jsonText(inner: string): string {
  if (!inner.includes('\\')) return inner;
  return inner.replace(jsonEscape, (whole, hex?: string, simple?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return simple === undefined ? whole : (simpleEscape[simple] ?? simple);
  });
}

/** The strings of a JSON text, keys as names; no tree is built, so that broken JSON yields its strings too. */
export function* jsonParts(body: string): Iterable<BodyPart> {
  let name = '';
  let index = 0;
  for (let count = 0; count < mostParts; count += 1) {
    const start = body.indexOf('"', index);
    if (start < 0) return;
    let end = start + 1;
    while (end < body.length && body.charCodeAt(end) !== 34) end += body.charCodeAt(end) === 92 ? 2 : 1;
    const raw = jsonText(body.slice(start + 1, Math.min(end, body.length)));
    index = end + 1;
    let after = index;
    while (after < body.length && body.charCodeAt(after) <= 32) after += 1;
    if (body.charCodeAt(after) === 58) {
      name = raw;
      if (raw.length > 0) yield { kind: 'name', name: raw, raw, plusIsSpace: false };
    } else if (raw.length > 0) yield { kind: 'value', name, raw, plusIsSpace: false };
  }
}

const xmlPiece =
  /<!\[cdata\[([\s\S]{0,8192}?)\]\]>|([\w:.-]{1,80})\s{0,8}=\s{0,8}(?:"([^"]{0,8192})"|'([^']{0,8192})')|>([^<>]{1,8192})</gi;

/** The attribute values, character data and CDATA sections of XML. Element names stand in the whole body. */
export function* xmlParts(body: string): Iterable<BodyPart> {
  let count = 0;
  xmlPiece.lastIndex = 0;
  for (const match of body.matchAll(xmlPiece)) {
    const raw = match[1] ?? match[3] ?? match[4] ?? match[5] ?? '';
    if (raw.trim().length > 0) {
      yield { kind: 'value', name: match[2] ?? '', raw, plusIsSpace: false };
      count += 1;
      if (count >= mostParts) return;
    }
  }
}
