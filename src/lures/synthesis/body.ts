/** The body of an answer from what must stand in it: as a page, as JSON, or as bare lines. */

import {
  isLiteral,
  joinText,
  literalOf,
  parseText,
  shownText,
  type Text,
  type TextPart,
} from '../language/text.ts';
import type { Draft } from './draft.ts';

export type Style = 'page' | 'json' | 'lines';

/** The styles that fit an answer, the most natural first. */
export function stylesOf(draft: Draft): readonly Style[] {
  if (draft.whole !== null) return ['lines'];
  const type = literalOf(
    draft.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? [],
  ).toLowerCase();
  const first = literalOf(draft.fragments[0] ?? []).trimStart();
  if (type.includes('json') || draft.members.length > 0) return ['json', 'lines'];
  if (type !== '' && !type.includes('html')) return ['lines'];
  if (type === '' && /^[{["]/.test(first) && draft.fragments.length > 0) return ['json', 'lines', 'page'];
  const hasMachineOutput = draft.fragments.some((text) =>
    text.some(
      (part) =>
        typeof part === 'object' &&
        part.kind === 'call' &&
        (part.name === 'like' || part.name === 'having') &&
        part.arguments.length > 1,
    ),
  );
  return type === '' && hasMachineOutput ? ['lines', 'page'] : ['page', 'lines'];
}

interface Tree {
  readonly members: Map<string, Tree>;
  value: Text | null;
}

function treeOf(members: Draft['members']): Tree {
  const root: Tree = { members: new Map(), value: null };
  for (const [path, value] of members) {
    let node = root;
    for (const key of path) {
      const next = node.members.get(key) ?? { members: new Map(), value: null };
      node.members.set(key, next);
      node = next;
    }
    node.value = value;
  }
  return root;
}

function writeTree(tree: Tree, inside: readonly Text[]): TextPart[] {
  if (tree.value !== null) return ['"', ...tree.value, '"'];
  const item = tree.members.get('[]');
  if (item !== undefined) return ['[', ...writeTree(item, inside), ']'];
  const parts: TextPart[] = ['{'];
  let count = 0;
  const separate = (): void => {
    if (count > 0) parts.push(',');
    count += 1;
  };
  for (const [key, member] of tree.members) {
    separate();
    parts.push(`${JSON.stringify(key)}:`, ...writeTree(member, []));
  }
  for (const fragment of inside) {
    separate();
    parts.push(...fragment);
  }
  parts.push('}');
  return parts;
}

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Ways to make a member of an object out of a piece of JSON, tried in turn. */
function memberOf(piece: string, index: number): string | null {
  const ways = [
    piece,
    `"${piece}`,
    `${piece}"{{like("[a-z0-9]{12}")}}"`,
    `"${piece}"{{like("[a-z0-9]{12}")}}"`,
    `${piece}"`,
    `"${piece}"`,
    `${piece}1`,
    `${piece}}`,
    `${piece}]`,
    `"${piece}"}`,
    `${piece}"}`,
    `${piece}:true`,
    `"${piece}":true`,
    `"${piece}`,
  ];
  // What stands in holes is taken for a plain word, or a number where it is not quoted.
  const sample = (way: string): string => way.replaceAll(/\{\{.*?\}\}/g, '1');
  const found = ways.find((way) => parses(`{${sample(way)}}`));
  if (found !== undefined) return found;
  const value = JSON.stringify(piece);
  if (/\{\{/.test(piece)) return piece.includes('\\') ? null : `"item${index}":"${piece}"`;
  return value.includes(piece)
    ? `"${['message', 'data', 'result', 'info'][index] ?? `item${index}`}":${value}`
    : null;
}

function jsonBody(draft: Draft): Text | null {
  const fragments: Text[] = [];
  for (const [index, fragment] of draft.fragments.entries()) {
    const literal = shownText(fragment);
    if (isLiteral(fragment) && draft.fragments.length === 1 && draft.members.length === 0 && parses(literal))
      return fragment;
    const member = memberOf(literal, index);
    if (member === null) return null;
    fragments.push(parseText(member));
  }
  return joinText(writeTree(treeOf(draft.members), fragments));
}

const between = (texts: readonly Text[], separator: string): TextPart[] =>
  texts.flatMap((text, index) => (index === 0 ? [...text] : [separator, ...text]));

/** Fills a body up to a size, with words that are this machine's own. */
const filler = (size: number): TextPart[] => [
  {
    kind: 'call',
    name: 'like',
    arguments: [{ kind: 'value', value: `[a-z]{${Math.min(1_000, Math.max(1, size))}}` }],
  },
];

/** The body in a style; null where the pieces do not fit it. */
export function bodyText(draft: Draft, style: Style, title: string): Text | null {
  const edges = (parts: readonly TextPart[]): Text =>
    joinText([...(draft.start ?? []), ...parts, ...(draft.end ?? [])]);
  if (draft.whole !== null) return edges(draft.whole);
  const extra: TextPart[] = draft.isApart ? ['\n', ...filler(9)] : [];
  if (draft.size !== null && draft.fragments.length === 0) {
    const { least, most } = draft.size;
    if (most === 0) return [];
    return edges([...filler(Math.min(most, Math.max(least, 1))), ...(least > 1_000 ? filler(1_000) : [])]);
  }
  const lines = between(draft.fragments, '\n');
  if (style === 'json') {
    const json = jsonBody(draft);
    return json === null ? null : edges([...json, ...extra]);
  }
  if (draft.members.length > 0) return edges([...writeTree(treeOf(draft.members), []), '\n', ...lines]);
  if (style === 'lines' || lines.length === 0) return edges([...lines, ...extra]);
  const hasHead = draft.fragments.some((text) => /<(?:html|title|!doctype)/i.test(literalOf(text)));
  const head = hasHead
    ? '<!DOCTYPE html>\n<html>\n<body>\n'
    : `<!DOCTYPE html>\n<html>\n<head><title>${title}</title></head>\n<body>\n`;
  return edges([head, ...lines, ...extra, '\n</body>\n</html>\n']);
}
