import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { evaluate, evaluateText, type Environment } from './evaluate.ts';
import { parseExpression, shownExpression, type Value } from './expression.ts';
import { parseText, shownText, splitText } from './text.ts';

const environment = (values: Readonly<Record<string, Value>> = {}): Environment => ({
  random: seededRandom('test'),
  now: Date.UTC(2026, 0, 2),
  lookup: (name) => (Object.hasOwn(values, name) ? values[name] : undefined),
});

function valueOf(source: string, values: Readonly<Record<string, Value>> = {}): Value | null {
  const expression = parseExpression(source);
  return expression === null ? null : evaluate(expression, environment(values));
}

describe('an expression', () => {
  it.each<readonly [string, Value]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['"a" + \'b\'', 'ab'],
    ['status_code == 200 && contains(body, "x")', true],
    ['!contains(body, "y") || false', true],
    ['len(body) >= 5', false],
    ['md5("999999999")', 'c8c605999f3d8352d7bb792cf3fdb25b'],
    ['to_upper(base64("ab"))', 'YWI='],
    ['base64_decode("YWI=")', 'ab'],
    ['hex_encode("AZ")', '415a'],
    ['contains_all(tolower(body), "x", "b")', true],
    ['regex("^[a-z]+$", body)', true],
    ['compare_versions("1.4.2", ">= 1.4", "< 1.4.3")', true],
    ['compare_versions("8.5.2", "< 8.5.2")', false],
    ['replace("a.b", ".", "-")', 'a-b'],
    ['body =~ "b.x"', true],
    ['"\\"q\\""', '"q"'],
    ['"\\d+"', '\\d+'],
  ])('%s comes to %s', (source, expected) => {
    expect(valueOf(source, { body: 'abbx', status_code: 200 })).toBe(expected);
  });

  it('has no value where a name or a function is not known', () => {
    expect(valueOf('missing + 1')).toBeNull();
    expect(valueOf('no_such_function(1)')).toBeNull();
    expect(valueOf('1 +')).toBeNull();
  });

  it('is read back from how it is shown', () => {
    const leaf = fc.oneof(
      fc
        .string({ maxLength: 12 })
        .map((value) => JSON.stringify(value.replaceAll('{{', '')).replaceAll(/\\u[0-9a-f]{4}|\\[bf]/g, '')),
      fc.nat(1_000).map(String),
      fc.constantFrom('name', 'body_2', 'true'),
    );
    const tree = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc
          .tuple(tie('tree'), fc.constantFrom('&&', '==', '+', '*'), tie('tree'))
          .map(([left, sign, right]) => `(${left} ${sign} ${right})`),
        fc.array(tie('tree'), { maxLength: 3 }).map((list) => `concat(${list.join(', ')})`),
        tie('tree').map((inner) => `!${inner}`),
      ),
    })).tree;
    fc.assert(
      fc.property(tree, (source) => {
        const expression = parseExpression(source);
        fc.pre(expression !== null);
        expect(parseExpression(shownExpression(expression))).toEqual(expression);
      }),
      { numRuns: 200 },
    );
  });

  it('of any characters is read or refused, and never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200, unit: fc.constantFrom(...'ab1("\')!&|=<>+-*/,{}~.\\ '.split('')) }),
        (source) => {
          const expression = parseExpression(source);
          if (expression !== null) evaluate(expression, environment());
        },
      ),
      { numRuns: 200 },
    );
    expect(parseExpression('('.repeat(50_000))).toBeNull();
    expect(parseExpression('!'.repeat(50_000))).toBeNull();
  });
});

describe('a text with holes', () => {
  it('is filled from its names, and keeps what is no hole', () => {
    const text = parseText('a {{name}} {{md5("x")}} {"b":{"c":{{number}}}} {{ no hole');
    expect(evaluateText(text, environment({ name: 'N', number: 3 }))).toBe(
      'a N 9dd4e461268c8034f5c8564e155c67a6 {"b":{"c":3}} {{ no hole',
    );
  });

  it('may have holes in the literals of its holes', () => {
    expect(evaluateText(parseText(`{{to_lower('{{word}}.PHP')}}`), environment({ word: 'A' }))).toBe('a.php');
  });

  it('has no value where a hole has none', () => {
    expect(evaluateText(parseText('{{nobody}}'), environment())).toBeNull();
  });

  it('is split at separators in its literals alone', () => {
    const pieces = splitText(parseText('a={{concat("x&y")}}&b=c'), '&');
    expect(pieces.map((piece) => shownText(piece))).toEqual(['a={{concat("x&y")}}', 'b=c']);
  });

  it('is the same after it was shown and read', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60, unit: fc.constantFrom(...'ab{}"\\()1 '.split('')) }),
        (source) => {
          const text = parseText(source);
          const again = parseText(shownText(text));
          const values = environment({ a: 'A', b: 'B' });
          expect(evaluateText(again, values)).toBe(evaluateText(text, values));
        },
      ),
      { numRuns: 200 },
    );
  });
});
