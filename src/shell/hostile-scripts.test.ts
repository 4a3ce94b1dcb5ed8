import { describe, expect, it } from 'vitest';
import { shellSession } from '../../test/support/run-shell.ts';

/** How a visitor's line ends, and whether it ended before a machine would be thought to hang, whatever else it does. */
interface Outcome {
  readonly hangs: boolean;
  readonly status: number;
}

/** Processor time that nothing bounded comes near, also under a load: microseconds. */
const hanging = 25_000_000;

function outcomeOf(script: string, input: string): Outcome {
  const session = shellSession('linux-gnu', false);
  const begun = process.cpuUsage();
  let status = -1;
  for (const events of [session.run(script), session.receive(Buffer.from(input)), session.end()])
    for (const event of events) if (event.say === 'exit') ({ status } = event);
  expect(session.fault).toBeNull();
  const { user, system } = process.cpuUsage(begun);
  return { hangs: user + system > hanging, status };
}

const letters = (count: number, file: string): string => `head -c ${count} /dev/zero | tr '\\0' a > ${file}`;
const deep = Array.from({ length: 24 }, (_, at) => `v${at}='v${at + 1}+v${at + 1}+v${at + 1}'`).join(';');

/** Each took from half a second to for ever, or hundreds of megabytes, were its work not counted as large as it is. */
describe('a hostile script', () => {
  it.each([
    ['braces that multiply', `echo ${'{a,b}'.repeat(10_000)}`],
    ['sets that never close', `case x in ${'[a'.repeat(30_000)}) ;; esac`],
    [
      'sed with a long replacement for each letter',
      `${letters(1_000_000, '/tmp/a')}; sed 's/a/${'&'.repeat(60)}/g' /tmp/a`,
    ],
    ['braces that never close', `echo ${'{'.repeat(60_000)}`],
    ['a variable that names others, thirty deep', `${deep}; v24=1; echo $((v0))`],
    ['an array that grows one by one', 'while :; do a+=(x); done'],
    ['the last of a long array', 'a=($(seq 1 18000)); while :; do : "${a[-1]}"; done'],
    ['a text that evaluates itself twice', `x='eval "$x$x"'; eval "$x"`],
    [
      'a replacement a thousand times as long',
      `x=$(${letters(1000, '/dev/stdout')}); r=$(${letters(250_000, '/dev/stdout')}); y=\${x//a/$r}`,
    ],
    [
      'a pattern that begins again everywhere',
      `x=$(${letters(200_000, '/dev/stdout')}); p="*$(${letters(100_000, '/dev/stdout')})b"; case $x in $p) ;; esac; y=\${x##$p}`,
    ],
    [
      'a pattern whose work is counted in more than 31 bits',
      `x=$(${letters(50_000, '/dev/stdout')}); p=$x$x; while :; do [[ $x == $p ]]; test "$x" == "$p"; case $x in $p) ;; esac; done`,
    ],
    [
      'sed that looks to the end for each letter',
      `${letters(60_000, '/tmp/a')}; sed -E 's/(a*b|a)/y/g' /tmp/a`,
    ],
    ['sed that doubles', `${letters(500_000, '/tmp/a')}; sed '${'s/.*/&&/;'.repeat(12)}' /tmp/a`],
    [
      'sed with a replacement of gigabytes',
      `${letters(1_000_000, '/tmp/a')}; sed 's/.*/${'&'.repeat(2000)}/' /tmp/a`,
    ],
    [
      'sed that prints a long line ninety times',
      `${letters(8_000_000, '/tmp/a')}; sed '${'p;'.repeat(90)}' /tmp/a | wc -c`,
    ],
    ['sed that appends much to each line', `yes | sed 'a ${'x'.repeat(30_000)}'`],
    [
      'grep that looks to the end for each letter',
      `${letters(60_000, '/tmp/a')}; grep -oE 'a*[bc]|a' /tmp/a`,
    ],
    [
      'grep with an expression of many states',
      `${letters(1_000_000, '/tmp/a')}; grep -E '((a?){30}){30}[bc]' /tmp/a`,
    ],
    [
      'grep with an expression of a million instructions',
      `echo a | grep -E '(((${'a?'.repeat(500)}){10}){10}){10}'`,
    ],
    [
      'expressions that are all different',
      'i=0; while :; do i=$((i+1)); [[ a =~ (($i.?x*){30}){30} ]]; done',
    ],
    ['awk that doubles a value', `yes | awk '{${'x=x x x "aaaaaaaaaa";'.repeat(99)}}'`],
    ['awk with values that are gigabytes together', `yes | awk '{x=x x "aaaa";y=${'x '.repeat(20_000)}}'`],
    ['awk with a quote that has no end', `yes | awk '{print ${String.raw`"\ `.repeat(20_000)} }'`],
    ['awk with many expressions', `yes | awk '${'/(a*)*(a*)*(a*)*[bc]/{print}'.repeat(50)}'`],
    ['awk with many negations', `echo x | awk '${'!'.repeat(60_000)}'`],
    ['awk with many alternatives', `echo x | awk '${'a||'.repeat(20_000)}b'`],
    ['awk with a precision that no number has', `awk 'BEGIN{printf "%.999f",1}'`],
    ['awk that pads thousands of fields', `yes | awk '{printf "${'%9999s'.repeat(9000)}"}'`],
    ['awk that splits at an expression', `${letters(60_000, '/tmp/a')}; awk -F'a*b|a' '{print NF}' /tmp/a`],
    [
      'zcat over and over',
      'head -c 8000000 /dev/zero | gzip > /tmp/z; while :; do zcat /tmp/z > /dev/null; done',
    ],
    [
      'xargs that repeats an item',
      `${letters(50_000, '/tmp/a')}; xargs -I{} echo ${'{}'.repeat(1000)} < /tmp/a`,
    ],
    ['od of one long row', 'head -c 1000000 /dev/urandom | od -v -t x1 -w1000000 | wc -c'],
  ])('is not run to the end of time: %s', (_name, script) => {
    expect(outcomeOf(script, '').hangs).toBe(false);
  });

  it('pays for an unfinished command at each line that does not finish it', () => {
    const unfinished = `(${'echo a;'.repeat(9000)}\n`;
    const { hangs, status } = outcomeOf('sh', unfinished.concat('\n'.repeat(120)).repeat(12));
    expect(hangs).toBe(false);
    expect(status).toBe(137);
  });

  it('cannot get memory back that it still holds by local variables', () => {
    const { status } = outcomeOf(
      'x=$(head -c 100000 /dev/zero); x=$(head -c 100000 /dev/zero | tr "\\0" a); f() { local x=y; unset x; }; for i in 1 2 3 4 5 6 7 8 9; do f; f; f; f; f; f; f; f; f; done; for i in $(seq 1 30); do eval "y$i=\\$x"; done; echo held',
      '',
    );
    expect(status).toBe(137);
  });
});

describe('an ordinary script', () => {
  it.each([
    ['x=$(seq 1 3000); y=${x//1/one}; echo ${#y}', '17692'],
    ['x=$(seq 1 900); f() { local v="$x"; }; for i in $(seq 1 900); do f; done; echo done', 'done'],
    ["seq 1 3000 | tr '\\n' ' ' | sed 's/[0-9][0-9]*/n/g' | wc -c", '6000'],
    ["seq 1 20000 | grep -c '9[0-9]*9'", '1046'],
    ['printf \'a,b\\n\' | awk -F, \'{printf "%s-%5.2f|", $2, 1.5; print "x" $1, NF}\'', 'b- 1.50|xa 2'],
    ['a=(1 2 3); a+=(4); a[7]=8; echo ${a[-1]} ${#a[@]} ${!a[@]}', '8 5 0 1 2 3 7'],
    ['echo {a,b}{1..3} {x', 'a1 a2 a3 b1 b2 b3 {x'],
  ])('is not held up: %s', (script, expected) => {
    const session = shellSession('linux-gnu', false);
    const shown = [...session.run(script), ...session.end()].flatMap((event) =>
      event.say === 'output' ? [Buffer.from(event.bytes).toString('latin1')] : [],
    );
    expect(shown.join('').trim()).toBe(expected);
  });
});
