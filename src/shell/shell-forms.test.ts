/** Forms that scripts are full of, beside the real shells: elements by subscripts that are worked out, values of declarations, conditions. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Persona } from '../core/persona.ts';
import { needTools } from '../../test/support/need.ts';
import { runShell } from '../../test/support/run-shell.ts';

const bashScripts = [
  'i=2; a[$i]=x; echo "${a[2]}" ${!a[@]}',
  'a[1+1]=7; i=1; a[i+1]+=5; echo ${a[@]}',
  'declare -A m; k="a b"; m[$k]=5; m["x y"]=6; echo ${m["a b"]} ${m[$k]} ${#m[@]}',
  'a[$(echo 3)]=z; x[$(echo 1)+1]=v; echo ${!a[*]} ${!x[@]}',
  'a=(x y z); i=1; echo ${a[$i]} ${a[i+1]} ${a[$((i-1))]} ${#a[$i]} ${a[-1]} "${a[$i]}-${a[ 0 ]}"',
  'arr=(1 2 3); for i in ${!arr[@]}; do b[$i]=${arr[$i]}; done; echo ${b[@]}',
  'declare -a arr; arr[0]=zero; arr[${#arr[@]}]=one; arr[${#arr[@]}]=two; echo ${arr[@]}',
  'n=0; for w in a b c; do L[$n]=$w; n=$((n+1)); done; echo ${L[2]} ${L[n-2]}',
  'y["2"]=w; echo ${y[2]}; a[ 1 ]=k; echo ${a[1]}',
  'echo a[b]c=d x[1] a[1]x=2',
  'a=(5 6); i=1; echo $((a[i])) $((a[$i]+a[0])); ((a[i]++)); echo ${a[@]}',
  'i=3; a[$i]=1; unset a[$i]; echo ${#a[@]}',
  'a[0]=1 a[1]=2; echo ${a[@]} ${a[$((1))]:-none} ${a[$((7))]:-none}',
  'x="1 2 3"; declare z=$x; echo "[$z]"; typeset w=*; echo "$w"; export a={1,2}; echo $a',
  'k=v; x=2; export $k=$x; echo $v; export t=~/a:~/b; echo $t',
  '[[ -v HOME ]] && echo set; [[ -v NOWHERE ]] || echo unset; [[ -t 0 ]] || echo none',
  String.raw`printf %s $'a\u00e9\U0001f600' | od -An -tx1; s=(1 2); echo $'\x41\t'`,
  'e=export; x="1 2"; $e q=$x 2>/dev/null; echo "[$q]"',
];
const everyShell = [
  'x="1 2 3"; export y=$x; echo "[$y]"; readonly w=$x; echo "[$w]"',
  'export p=*; echo "$p"; export PATH=$PATH:"/a b"; echo "${PATH##*:}"; export s=$(echo 1; echo 2); echo "$s"',
  'f() { local a=* b="$1" c=$1; echo "$a|$b|$c"; }; f "1 2"',
];

const folder = mkdtempSync(join(tmpdir(), 'picket-elements-'));
afterAll(() => rmSync(folder, { recursive: true }));

const real = (shell: readonly string[], script: string): string =>
  spawnSync(shell[0] ?? '', [...shell.slice(1), '-c', script], {
    encoding: 'utf8',
    // From a socket bash would read the profile of whoever runs the tests.
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', HOME: '/root', LC_ALL: 'C.UTF-8' },
  }).stdout;

function check(system: Persona['system'], shell: readonly string[], ours: string, script: string): void {
  const prefix = ours === '' ? '' : `cd /tmp; ${ours} -c `;
  const command =
    prefix === '' ? `cd /tmp; ${script}` : `${prefix}'${script.replaceAll("'", String.raw`'\''`)}'`;
  expect(runShell(system, command).output, script).toBe(real(shell, script));
}

describe('forms of the shells', () => {
  needTools(['bash'])(
    'are as bash has them',
    () => {
      for (const script of [...bashScripts, ...everyShell]) check('linux-gnu', ['bash'], '', script);
    },
    60_000,
  );

  needTools(['dash'])('declarations are as dash has them, also by another name', () => {
    const named = ['x="1 2"; e=export; $e q=$x; echo "[$q]"; command export r=$x; echo "[$r]"'];
    for (const script of [...everyShell, ...named]) check('linux-gnu', ['dash'], 'dash', script);
  });

  needTools(['busybox'])('declarations are as ash has them', () => {
    for (const script of everyShell) check('linux-busybox', ['busybox', 'ash'], '', script);
  });

  test('whatever stands in the brackets comes to an end', () => {
    const piece = fc.constantFrom(
      'a[',
      ']',
      '=',
      '$(',
      ')',
      '"',
      "'",
      '`',
      '${',
      '}',
      '\\',
      ' ',
      '1',
      'b',
      '+',
      '[',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(runShell('linux-gnu', pieces.join('')).fault).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  test('subscripts in subscripts are parsed once', () => {
    const deep = 'a[$('.repeat(60) + 'echo 1' + ')]=1'.repeat(60);
    expect(runShell('linux-gnu', deep).fault).toBeNull();
  });
});
