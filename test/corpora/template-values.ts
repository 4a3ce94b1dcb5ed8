/** Values that a scanner takes out of pages and JSON. */

const membersOf = (value: unknown): ReadonlyMap<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value))
    : new Map();

/** The attributes of the element at an absolute XPath, each step the first of its name or the one that it counts. */
export function elementAt(page: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = path.split('/').filter((step) => step !== '');
  const counts: Map<string, number>[] = [new Map()];
  const open: string[] = [];
  for (const found of page.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:\s+[\w-]+="[^"]*")*)\s*\/?>/gi)) {
    const tag = (found[2] ?? '').toLowerCase();
    if (found[1] === '/') {
      open.pop();
      counts.length = open.length + 1;
      continue;
    }
    const here = counts[open.length] ?? new Map<string, number>();
    const number = (here.get(tag) ?? 0) + 1;
    here.set(tag, number);
    counts[open.length] = here;
    const place = [...open, `${tag}[${number}]`];
    const isWanted =
      place.length === wanted.length &&
      place.every((step, index) => step === wanted[index] || step === `${wanted[index]}[1]`);
    if (isWanted)
      return Object.fromEntries(
        [...(found[3] ?? '').matchAll(/([\w-]+)="([^"]*)"/g)].map((pair) => [pair[1], pair[2]]),
      );
    if (!/^(?:input|meta|img|link|br|hr)$/.test(tag)) {
      open.push(`${tag}[${number}]`);
      counts[open.length] = new Map();
    }
  }
  return null;
}

/** The value at a path as scanners write it, such as `.data[0].token`. */
export function jsonFound(source: string, path: string): string | null {
  let values: unknown[];
  try {
    values = [JSON.parse(source)];
  } catch {
    return null;
  }
  for (const step of path.matchAll(/\[\s*"([^"]+)"\s*\]|\[(\d*)\]|\.([A-Za-z_][\w-]*)/g)) {
    const key = step[1] ?? step[3];
    values = values.flatMap((value) => {
      if (key !== undefined) return membersOf(value).has(key) ? [membersOf(value).get(key)] : [];
      if (!Array.isArray(value)) return [];
      return step[2] === '' ? value : value.slice(Number(step[2]), Number(step[2]) + 1);
    });
  }
  const [first] = values;
  if (first === undefined || first === null) return null;
  return typeof first === 'string' ? first : JSON.stringify(first);
}
