/** Entries for each list of the table before it doubles, and the lists that it begins with. */
const perList = 12;
const firstLists = 64;

/** FNV-1a of 32 bits. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/**
 * The keys in the order in which mawk's `for (key in array)` meets them: by their list in its hash table, and there the
 * newest first, whole numbers before texts. Keys that were looked up since may lie further ahead in mawk's lists.
 */
export function orderedKeys(keys: Iterable<string>): string[] {
  const entries = Array.from(keys, (key, age) => ({ key, age, list: hashOf(key), number: -1 }));
  let lists = firstLists;
  while (entries.length > lists * perList) lists *= 2;
  for (const entry of entries) {
    entry.list &= lists - 1;
    if (/^(?:0|[1-9]\d{0,9})$/.test(entry.key)) entry.number = Number(entry.key) % lists;
  }
  entries.sort(
    (left, right) =>
      left.list - right.list ||
      right.number - left.number ||
      (left.number < 0 ? right.age - left.age : left.age - right.age),
  );
  return entries.map(({ key }) => key);
}
