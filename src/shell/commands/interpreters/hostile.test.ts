import { describe, expect, it } from 'vitest';
import { runPhp, runShell } from '../../../../test/support/run-shell.ts';

const run = (script: string): ReturnType<typeof runShell> =>
  runShell('linux-gnu', `python3 - <<'END_OF_SCRIPT'\n${script}\nEND_OF_SCRIPT`);

/** Each would take minutes, gigabytes or for ever, were its work not counted as large as it is. */
describe('a hostile script of Python', () => {
  it.each([
    ['negative integers that double', 'x=-3\nwhile 1: x=-(x*x)'],
    ['integers of many digits that are kept', 'x=1<<199000\nl=[]\nwhile 1: l.append(x+1)'],
    ['shifts that are kept', 'l=[]\nwhile 1: l.append(1<<199000)'],
    ['a tuple of itself twice, forty times, as a key', 't=(1,)\nfor i in range(40): t=(t,t)\nd={t:1}'],
    [
      'lists of themselves twice, compared',
      'def n():\n  a=[1]\n  for i in range(38): a=[a,a]\n  return a\nn()==n()',
    ],
    ['a long text compared for ever', "x='a'*4000000\ny='a'*3999999+'a'\nwhile 1: x==y"],
    ['characters to strip', "print(len(('a'*1000000).strip('b'*1000000+'a')))"],
    ['words split from the right', "print(len(('a '*500000).rsplit(None,400000)))"],
    ['decoded bytes that are kept', "x=b'\\xc3\\xa9'*2000000\nl=[]\nwhile 1: l.append(x.decode())"],
    [
      'files that are never closed',
      "x='a'*8000000\nfor i in range(3000): open('/tmp/f'+str(i),'w').write(x)",
    ],
    ['an expression of many states', "import re\nre.search(r'(?:\\pL{30}){30}$','a'*8000000)"],
    ['an expression that looks to the end', "import re\nre.findall('a.*b|a','a'*60000)"],
    ['texts of lists', "a=['x'*100]*30000\nwhile 1: repr(a)"],
  ])('is not run to the end of time: %s', (_name, script) => {
    expect(run(script).fault).toBeNull();
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'])(
    'reaches nothing of the evaluator itself by the name %s',
    (name) => {
      for (const script of [
        `print([].${name})`,
        `print([].${name}([]))`,
        `print(().${name}(1))`,
        `print({}.${name}('a'))`,
        `print(''.${name}('a'))`,
        `print(b''.${name}('a'))`,
        `print(set().${name}('a'))`,
        `import ${name}\nprint(${name})`,
        `import ${name}.x`,
        `${name} = 5\nprint(${name}, {'${name}': 1}['${name}'])`,
      ]) {
        const { fault, output } = run(script);
        expect(fault, script).toBeNull();
        expect(output, script).not.toMatch(/object Undefined|native code|built-in/);
      }
    },
  );

  it('has different keys for tuples that read alike', () => {
    expect(
      run(`print(len({("a","b"):1, ("a1:sb",):2, ("a",("b",)):3, (1,True):4, (True,1.0):5}))`).output,
    ).toBe('4\n');
  });
});

it.each(['constructor', '__proto__', 'toString', 'valueOf'])(
  'a hostile script of Perl reaches nothing by the name %s',
  (name) => {
    for (const script of [
      name,
      `${name}(1)`,
      `&${name}(1)`,
      `$${name}=1;$h{${name}}=2;print "$${name} $h{${name}}"`,
    ]) {
      const { fault } = runShell('linux-gnu', `perl -e '${script}'`);
      expect(fault, script).toBeNull();
    }
  },
);

describe('a hostile script of Perl', () => {
  it.each([
    ['copies of a growing list', 'while(1){ push @a, [@a] }'],
    ['copies of a growing hash', 'while(1){ $h{$i++} = {%h} }'],
    ['an expression of many states', '$a="a" x 8000000; while(1){ $a =~ /(?:\\pL{30}){30}$/ }'],
    ['an expression that looks to the end', '$a="a" x 60000; while($a =~ /a.*b|a/g){ $n++ }'],
    ['long texts reversed', '$a="a" x 8000000; while(1){ $b=reverse $a; push @l,$b; }'],
    ['long texts searched', '$x="a" x 8000000; while(1){ $n=index($x,"b"); }'],
    ['long texts counted up', '$x="ab" x 100000; while(1){ $x++ }'],
    ['long texts counted up in a range', '$x="a" x 100000; $y="z" x 100000; @a=($x .. $y);'],
    ['items cut out of a long list', '@a=(1) x 500000; while(1){ splice(@a,0,1) }'],
  ])('is not run to the end of time: %s', (_name, script) => {
    expect(runShell('linux-gnu', `perl -e '${script}'`).fault).toBeNull();
  });
});

describe('a hostile script of PHP', () => {
  it.each([
    ['a text that doubles', '$a="aa"; while(1) $a.=$a;'],
    ['a text that doubles by itself', '$a="aa"; while(1) $a="$a$a";'],
    ['arrays of themselves twice', '$a=[1]; for($i=0;$i<60;$i++) $a=[$a,$a]; print_r($a);'],
    [
      'arrays of themselves twice, compared',
      '$a=[1]; for($i=0;$i<60;$i++) $a=[$a,$a]; $b=[1]; for($i=0;$i<60;$i++) $b=[$b,$b]; var_dump($a==$b);',
    ],
    [
      'an array that holds itself',
      '$a=[]; $a[0]=&$a; print_r($a); var_dump($a == $a); echo json_encode($a), serialize($a), count($a, 1);',
    ],
    ['packed bytes that are many', '$a=gzdeflate(str_repeat("a",8000000),9); while(1) $b[]=gzinflate($a);'],
    [
      'an expression of many states',
      '$a=str_repeat("a",8000000); while(1) preg_match("/(?:\\pL{30}){30}$/",$a);',
    ],
    ['texts searched for ever', '$a=str_repeat("a",8000000); while(1) strpos($a,"b");'],
    ['arrays filled', 'while(1) $a[]=array_fill(0,100000,1);'],
    ['arrays shared and written', '$a=range(1,100000); while(1) { $b=$a; $b[]=1; }'],
    ['a list sorted by what never agrees', '$a=range(1,50000); while(1) usort($a, fn($x,$y)=>-1);'],
    ['evaluation within evaluation', 'function f($s){ eval($s); } $s="f(\\$GLOBALS[s]);"; f($s);'],
    ['functions that call themselves', 'function f(){ return f(); } f();'],
    ['powers', '$a=3; while(1) $a=$a**$a+9999999999999999999;'],
    ['wide fields', 'while(1) $a[]=sprintf("%999999d",1);'],
    ['output held back in buffers', 'while(1){ ob_start(); echo str_repeat("a",100000); }'],
  ])('is not run to the end of time: %s', (_name, script) => {
    expect(runPhp(`php -r '${script}'`).fault).toBeNull();
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
    'reaches nothing of the evaluator itself by the name %s',
    (name) => {
      for (const script of [
        `echo ${name};`,
        `${name}();`,
        `$x = "${name}"; $x();`,
        `new ${name};`,
        `$o = new stdClass; echo $o->${name}; $o->${name}();`,
        `echo stdClass::${name}, stdClass::${name}();`,
        `$a["${name}"] = 1; echo $a["${name}"], json_encode($a), ini_get("${name}"), hash("${name}", "x");`,
        `fopen("${name}", "${name}"); settype($x, "${name}"); echo date("${name}");`,
      ]) {
        const { fault, output } = runPhp(`php -r '${script}'`);
        expect(fault, script).toBeNull();
        expect(output, script).not.toMatch(/object Object|native code|function \(/);
      }
    },
  );
});
