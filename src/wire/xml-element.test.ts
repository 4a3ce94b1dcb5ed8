import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { elementsAt, readXml, textAt } from './xml-element.ts';

it('reads elements, text, entities and character data', () => {
  const root = readXml(
    '<?xml version="1.0"?>\n<!-- > --><a:List xmlns="x"><Name i="1">b &amp; &#99;&#x64;</Name><Empty/><Name><![CDATA[<e>]]></Name></a:List>\n',
  );
  expect(root?.name).toBe('List');
  expect(elementsAt(root, 'Name').map(({ text }) => text)).toEqual(['b & cd', '<e>']);
  expect(textAt(root, 'Empty')).toBe('');
  expect(textAt(root, 'None', 'Deeper')).toBe('');
});

it.each([
  '',
  'text',
  '<a>',
  '<a></b>',
  '</a>',
  '<a/><b/>',
  '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
  '<a><!-- ',
  '<>x</>',
  '<a>'.repeat(100) + '</a>'.repeat(100),
])('refuses %s', (text) => expect(readXml(text)).toBeNull());

it('takes any text, and long text without a long wait', () => {
  const piece = fc.constantFrom(
    '<a>',
    '</a>',
    '<b/>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '&lt;',
    '<?',
    '?>',
    'x',
    '<',
    '>',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), (parts) => {
      const root = readXml(parts.join(''));
      expect(root === null || root.name !== '').toBe(true);
    }),
  );
  expect(readXml('<a '.repeat(200_000))).toBeNull();
  expect(readXml(`<a>${'&'.repeat(1_000_000)}</a>`)?.text).toHaveLength(1_000_000);
});
