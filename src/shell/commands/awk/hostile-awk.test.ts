import { array, assert, constantFrom, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runShell } from '../../../../test/support/run-shell.ts';

const run = (program: string, rest = ''): ReturnType<typeof runShell> =>
  runShell('linux-gnu', `awk -f - ${rest} <<'END_OF_PROGRAM'\n${program}\nEND_OF_PROGRAM`);

/** Each would take minutes, gigabytes or for ever, were its work not counted as large as it is. */
describe('a hostile program of awk', () => {
  it.each([
    ['a loop without end', 'BEGIN { while (1); }'],
    ['a function that calls itself', 'function f(x) { return f(x + 1) } BEGIN { f(1) }'],
    ['a text that doubles', 'BEGIN { x = "a"; while (1) x = x x }'],
    ['an array that grows', 'BEGIN { while (1) a[i++] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" i }'],
    ['long texts in an array', 'BEGIN { x = sprintf("%99999s", ""); while (1) a[i++] = x i }'],
    [
      'a command that runs itself',
      'BEGIN { while (1) system("awk \\"BEGIN { system(\\\\\\"awk 1\\\\\\") }\\"") }',
    ],
    ['commands that are never closed', 'BEGIN { while (1) { ("echo " i++) | getline x } }'],
    ['files that are never closed', 'BEGIN { while (1) print "x" > ("/tmp/f" i++) }'],
    [
      'a pipe that is never read',
      'BEGIN { while (1) print "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" | "cat > /dev/null" }',
    ],
    ['a command without end', 'BEGIN { while ("yes" | getline x) n++; print n }'],
    ['a device without end', 'BEGIN { while ((getline x < "/dev/zero") > 0) n++ }'],
    ['a field far away', 'BEGIN { while (1) { $30000 = "x"; y = $0; $0 = "" } }'],
    ['replacements of replacements', 'BEGIN { x = "a"; while (1) gsub(/a/, "aaaaaaaaaa", x) }'],
    [
      'an expression that looks to the end',
      'BEGIN { x = sprintf("%60000s", ""); while (1) gsub(/ *b| /, " ", x) }',
    ],
    ['wide fields', 'BEGIN { while (1) printf "%99999s%99999s", 1, 2 > "/dev/null" }'],
    ['brackets within brackets', `BEGIN { x = ${'('.repeat(30_000)}1 }`],
    ['signs of signs', `BEGIN { x = ${'- '.repeat(30_000)}1 }`],
    ['statements within statements', `BEGIN { ${'if (1) '.repeat(30_000)}x = 1 }`],
    ['powers of powers', `BEGIN { x = 1${'^1'.repeat(30_000)} }`],
    ['a long sum', `BEGIN { x = 1${'+1'.repeat(30_000)} }`],
    ['a long concatenation', `BEGIN { x = 1${' "a"'.repeat(30_000)} }`],
    ['indexes of indexes', `BEGIN { x = ${'$'.repeat(30_000)}1 }`],
  ])('is not run to the end of time: %s', (_name, program) => {
    const { fault } = run(program);
    expect(fault).toBeNull();
  });

  it('of any pieces harms nothing but itself', () => {
    const piece = constantFrom(
      ...'BEGIN END { } ( ) [ ] ; , $ $0 $1 NF NR x y a a["k"] 1 0 -1 1e9 "s" "" "%s" "%*d" /a*/ /[/ + - * / % ^ ! ~ !~ < > >> | || && = += ++ -- ? : in if else while for do break continue next nextfile exit return delete print printf getline function f( length substr( split( gsub( sub( match( index( sprintf( system( close( toupper( int( RS FS OFS # \\'.split(
        ' ',
      ),
      '\n',
    );
    assert(
      property(
        array(oneof({ weight: 12, arbitrary: piece }, string({ maxLength: 6 })), { maxLength: 40 }),
        (pieces) => {
          const program = pieces.join(' ').replaceAll(/[^\x09\x0a\x20-\x7e]/g, '');
          const { fault } = run(program, '/etc/passwd');
          expect(fault, program).toBeNull();
          expect(run(`BEGIN { ${program} }`).fault, program).toBeNull();
        },
      ),
      { numRuns: 120 },
    );
  });
});
