/**
 * Elements and text of an XML document as interfaces write it, without a schema. Attributes, comments and instructions are passed
 * over, prefixes of names cut off; a document type is refused, for it could define entities.
 */

export interface XmlElement {
  readonly name: string;
  /** The text directly inside, entities undone. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const deepest = 32;
const mostElements = 200_000;
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function withoutEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g,
    (whole, decimal, hex, name) => {
      const code =
        decimal === undefined ? (hex === undefined ? -1 : Number.parseInt(hex, 16)) : Number(decimal);
      if (code >= 0) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      return entities[name] ?? whole;
    },
  );
}

interface Open {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/** The name of a tag without its prefix; empty where it has none. */
function nameOf(tag: string): string {
  const end = tag.search(/[\s/]/);
  const name = end < 0 ? tag : tag.slice(0, end);
  return name.slice(name.indexOf(':') + 1);
}

/** The root element; null for text that is no such document. */
export function readXml(document: string): XmlElement | null {
  const open: Open[] = [{ name: '', text: '', children: [] }];
  let elements = 0;
  for (let at = 0; at < document.length;) {
    const start = document.indexOf('<', at);
    const top = open.at(-1);
    if (top === undefined) return null;
    top.text += withoutEntities(document.slice(at, start < 0 ? document.length : start));
    if (start < 0) break;
    const [close, skip] = closingOf(document, start);
    const end = document.indexOf(close, start + skip);
    if (end < 0) return null;
    at = end + close.length;
    if (skip === 9) top.text += document.slice(start + 9, end);
    if (skip > 1) continue;
    const tag = document.slice(start + 1, end);
    if (tag.startsWith('!')) return null;
    if (tag.startsWith('/')) {
      if (open.length < 2 || nameOf(tag.slice(1)) !== top.name) return null;
      open.pop();
      open.at(-1)?.children.push(top);
      continue;
    }
    const name = nameOf(tag);
    elements += 1;
    if (name === '' || elements > mostElements || open.length > deepest) return null;
    const element: Open = { name, text: '', children: [] };
    if (tag.endsWith('/')) top.children.push(element);
    else open.push(element);
  }
  const [outside] = open;
  return open.length === 1 && outside?.children.length === 1 ? (outside.children[0] ?? null) : null;
}

/** How what begins here ends, and how long its beginning is: 2 for an instruction, 4 for a comment, 9 for CDATA, 1 for a tag. */
function closingOf(document: string, start: number): readonly [close: string, skip: number] {
  if (document.startsWith('<?', start)) return ['?>', 2];
  if (document.startsWith('<!--', start)) return ['-->', 4];
  if (document.startsWith('<![CDATA[', start)) return [']]>', 9];
  return ['>', 1];
}

/** All elements at the end of this way of names below the root. */
export function elementsAt(root: XmlElement | null, ...way: readonly string[]): readonly XmlElement[] {
  let found: readonly XmlElement[] = root === null ? [] : [root];
  for (const name of way)
    found = found.flatMap(({ children }) => children.filter((child) => child.name === name));
  return found;
}

/** The text of the first of them; empty where there is none. */
export function textAt(root: XmlElement | null, ...way: readonly string[]): string {
  return elementsAt(root, ...way)[0]?.text.trim() ?? '';
}
