/** Where in a YAML file a value stands. */

import { isMap, isNode, type Document, type LineCounter } from 'yaml';

/** The line, from 1, of the key at a path, or of the nearest one around it that stands in the file. */
export function lineOf(document: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  const keys = path.map((part) =>
    typeof part === 'string' && /^(?:0|[1-9]\d{0,15})$/.test(part) ? Number(part) : part,
  );
  for (let length = keys.length; length > 0; length -= 1) {
    const parent = document.getIn(keys.slice(0, length - 1), true);
    if (isMap(parent)) {
      const pair = parent.items.find(
        (item) => isNode(item.key) && String(item.key) === String(keys[length - 1]),
      );
      if (pair !== undefined && isNode(pair.key) && pair.key.range)
        return lines.linePos(pair.key.range[0]).line;
    }
    const node = document.getIn(keys.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
