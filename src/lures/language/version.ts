/** Versions as scanners compare them: `compare_versions(version, '>= 1.2', '< 1.4.3')`. */

const numbersOf = (version: string): number[] =>
  (
    version
      .trim()
      .replace(/^v/i, '')
      .split(/[^0-9.]/, 1)[0] ?? ''
  )
    .split('.', 8)
    .map((part) => Number(part === '' ? 0 : part));

function compare(left: string, right: string): number {
  const [one, other] = [numbersOf(left), numbersOf(right)];
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

const boundPattern = /^\s{0,8}(<=|>=|!=|==|=|<|>|~>|~|\^)?\s{0,8}(\S{1,64})\s{0,8}$/;

/** Whether a version is within all the bounds; several may stand in one text with commas between. */
export function versionHolds(version: string, bounds: readonly string[]): boolean {
  if (!/\d/.test(version)) return false;
  return bounds
    .flatMap((bound) => bound.split(','))
    .every((bound) => {
      const parts = boundPattern.exec(bound);
      if (parts === null) return false;
      const order = compare(version, parts[2] ?? '');
      switch (parts[1]) {
        case '<':
          return order < 0;
        case '<=':
          return order <= 0;
        case '>':
          return order > 0;
        case '>=':
        case '^':
        case '~':
        case '~>':
          return order >= 0;
        case '!=':
          return order !== 0;
        default:
          return order === 0;
      }
    });
}

/** Versions at and just beside each bound: where one satisfies all bounds, one of these does. */
export function versionsNear(bounds: readonly string[]): string[] {
  const near: string[] = [];
  for (const bound of bounds.flatMap((text) => text.split(','))) {
    const version = boundPattern.exec(bound)?.[2];
    if (version === undefined) continue;
    near.push(version.replace(/^v/i, ''));
    const numbers = numbersOf(version);
    for (let index = numbers.length - 1; index >= 0; index -= 1) {
      const number = numbers[index] ?? 0;
      const head = numbers.slice(0, index);
      if (number > 0) near.push([...head, number - 1, ...numbers.slice(index + 1).map(() => 9)].join('.'));
      near.push([...head, number + 1, ...numbers.slice(index + 1).map(() => 0)].join('.'));
    }
    near.push(`${version}.1`);
  }
  return near;
}
