/** `*` and `?` of a search pattern, without case; linear for each star, and names are short. */
export function matches(pattern: string, name: string): boolean {
  const [wanted, given] = [pattern.slice(0, 256).toLowerCase(), name.toLowerCase()];
  let [at, here, star, mark] = [0, 0, -1, 0];
  while (here < given.length) {
    const character = wanted[at];
    if (character === '*' || character === '<') {
      star = at;
      mark = here;
      at += 1;
    } else if (character === '?' || character === '>' || character === given[here]) {
      at += 1;
      here += 1;
    } else if (star >= 0) {
      at = star + 1;
      mark += 1;
      here = mark;
    } else return false;
  }
  while (wanted[at] === '*' || wanted[at] === '<') at += 1;
  return at >= wanted.length;
}
