import { below, pick, type Random } from '../../src/core/random.ts';

const words = [
  'a',
  'bc',
  '"d e"',
  "'f  g'",
  '$x',
  '"$x"',
  '$y',
  '${x:-q}',
  '${y#*b}',
  '$((n+1))',
  '$(echo $x)',
  '"$@"',
  '$#',
  '`echo z`',
  '\\$x',
  '${#x}',
  '${x%c}',
  '"${y:+w}"',
] as const;

function command(random: Random, depth: number): string {
  const simple = (): string => `echo ${pick(random, words)} ${pick(random, words)}`;
  if (depth > 2) return simple();
  const inner = (): string => command(random, depth + 1);
  switch (below(random, 12)) {
    case 0:
      return `if [ ${pick(random, ['a', '"$x"', '1'])} = ${pick(random, ['a', 'abc', '1'])} ]; then ${inner()}; else ${inner()}; fi`;
    case 1:
      return `for i in ${pick(random, words)} ${pick(random, words)}; do echo "[$i]"; ${inner()}; done`;
    case 2:
      return `case ${pick(random, words)} in ${pick(random, ['a*', '*c', '?', '"d e"', '[a-f]*'])}) ${inner()};; *) ${inner()};; esac`;
    case 3:
      return `${inner()} | ${pick(random, ['cat', 'tr a-z A-Z', 'sed s/a/A/', 'wc -w | tr -d " "', 'cut -c1-2', 'sort', "awk '{print $1}'", 'grep -v zzz', 'head -n 1', 'uniq'])}`;
    case 4:
      return `{ ${inner()}; ${inner()}; }`;
    case 5:
      return `(x=changed; ${inner()}); echo $x`;
    case 6:
      return `${pick(random, ['true', 'false'])} ${pick(random, ['&&', '||'])} ${inner()}`;
    case 7:
      return `x=${pick(random, words)}; ${inner()}`;
    case 8:
      return `n=$((n ${pick(random, ['+', '-', '*', '%'])} ${1 + below(random, 9)})); echo $n`;
    case 9:
      return `f() { ${inner()}; }; f ${pick(random, words)} b`;
    case 10:
      return `${inner()} > out; cat out`;
    default:
      return simple();
  }
}

/** A random script of the language that all shells share. */
export function generatedScript(random: Random): string {
  return `x=abc; y=; n=3; set -- one "two three"\n${command(random, 0)}\n${command(random, 0)}\necho "status $?"`;
}
