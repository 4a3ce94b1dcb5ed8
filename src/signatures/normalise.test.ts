import { assert, property, string, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64Text } from './normalise-base64.ts';
import { bodyShape, formParts, jsonParts, multipartParts, xmlParts } from './normalise-body.ts';
import { decodeCssEscapes, decodeEscapes, decodeReferences } from './normalise-escape.ts';
import { decodePercentLayer, traits } from './normalise-percent.ts';
import { fieldsOf, targets } from './normalise-request.ts';
import { normalise } from './normalise.ts';

describe('percent-encoding', () => {
  it.each([
    ['%2e%2e%2f', '../', 0],
    ['%252e%252e%252f', '../', traits.doubleEncoded],
    ['%u002e%u002e%u2215', '..\u2215', traits.percentU],
    ['..%c0%af', '../', traits.overlong],
    ['%e0%80%af', '/', traits.overlong],
    ['caf%C3%A9', 'caf\u00e9', 0],
    ['a%00b', 'ab', traits.zeroByte],
    ['\uff1cscript\uff1e', '<script>', traits.widened],
    ['100%', '100%', traits.brokenEscape],
    ['%ff', '\u00ff', traits.invalidUtf8],
  ])('reads %s as an application would', (raw, text, trait) => {
    const found = normalise(raw, false);
    expect(found.text).toBe(text);
    expect(found.traits & trait).toBe(trait);
  });

  it('takes at most three layers off', () => {
    expect(normalise('%25252541', false).text).toBe('%41');
  });

  it('reads plus as a space only in forms', () => {
    expect(normalise('a+b', true).text).toBe('a b');
    expect(normalise('a+b', false).text).toBe('a+b');
  });

  it('decodes what encodeURIComponent wrote', () => {
    assert(
      property(string({ unit: 'grapheme' }), (text) => {
        // Characters that are folded to ASCII on purpose are not given back.
        if (/[^\x01-\x7e\u00c0-\u024f]/.test(text)) return;
        expect(decodePercentLayer(encodeURIComponent(text), false).text).toBe(text);
      }),
    );
  });
});

describe('other escapes', () => {
  it('resolves character references, also without semicolon and with padding', () => {
    expect(decodeReferences('&lt;&#x3c;&#60;&#0000000060&lpar;&nosuch;')).toBe('<<<<(&nosuch;');
  });
  it('resolves escapes of script strings and leaves Windows paths alone', () => {
    expect(decodeEscapes(String.raw`\x3cscript\u003e\u{61}\141 C:\users\xampp`)).toBe(
      String.raw`<script>aa C:\users\xampp`,
    );
  });
  it('resolves CSS escapes', () => {
    expect(decodeCssEscapes(String.raw`\6A\61 v\61`)).toBe('java');
  });
  it('decodes Base64 only where text comes of it', () => {
    expect(decodeBase64Text(Buffer.from('1 union select user').toString('base64'))).toBe(
      '1 union select user',
    );
    expect(decodeBase64Text('information')).toBeNull();
    expect(decodeBase64Text('deadbeefdeadbeef')).toBeNull();
    expect(decodeBase64Text('Mozilla5AppleWebKit7')).toBeNull();
  });
});

describe('bodies', () => {
  const values = (parts: Iterable<{ kind: string; name: string; raw: string }>): string[] =>
    [...parts].map((part) => `${part.kind} ${part.name}=${part.raw}`);

  it('cuts forms', () => {
    expect(values(formParts('a=1&b&=c&d=e=f'))).toEqual([
      'name a=a',
      'value a=1',
      'name =b',
      'value =c',
      'name d=d',
      'value d=e=f',
    ]);
  });
  it('cuts multipart, and leaves pictures out', () => {
    const body =
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\n' +
      '--x\r\nContent-Disposition: form-data; name="f"; filename="s.php"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--x--\r\n';
    expect(values(multipartParts('multipart/form-data; boundary=x', body))).toEqual([
      'name a=a',
      'value a=one',
      'name f=f',
      'file f=s.php',
    ]);
  });
  it('finds the strings of broken JSON', () => {
    expect(values(jsonParts(String.raw`{"a": "x\"\u003c", "b": ["c" , {"$gt": ""`))).toEqual([
      'name a=a',
      'value a=x"<',
      'name b=b',
      'value b=c',
      'name $gt=$gt',
    ]);
  });
  it('finds text and attributes of XML', () => {
    expect(values(xmlParts('<a b="c"><![CDATA[d]]><e>f</e></a>'))).toEqual([
      'value b=c',
      'value =d',
      'value =f',
    ]);
  });
  it('tells a body by its first character where no type is given', () => {
    expect(bodyShape('', '{"a":1}')).toBe('json');
    expect(bodyShape('', '<?xml version="1.0"?>')).toBe('xml');
    expect(bodyShape('', 'a=b')).toBe('form');
    expect(bodyShape('text/plain', 'hello there')).toBe('text');
  });
});

describe('a request cut into fields', () => {
  it('names each target', () => {
    const { fields } = fieldsOf({
      method: 'POST',
      path: '/a?b=c',
      headers: [
        ['User-Agent', 'x'],
        ['Cookie', 'k=v'],
        ['X-Own', 'o'],
      ],
      body: 'd=e',
    });
    const of = (target: number): string[] =>
      fields.filter((field) => field.target === target).map((field) => field.text);
    expect(of(targets.path)).toEqual(['/a']);
    expect(of(targets.value)).toEqual(['c', 'e']);
    expect(of(targets.cookie)).toEqual(['k', 'v']);
    expect(of(targets.agent)).toEqual(['x']);
    expect(of(targets.header)).toEqual(['o']);
  });

  it('is bounded whatever comes', () => {
    const body = Array.from({ length: 10_000 }, (_, index) => `a${index}=b`).join('&');
    const { fields } = fieldsOf({ method: 'POST', path: `/?${body}`, headers: [], body });
    expect(fields.length).toBeLessThan(900);
  });

  it('never throws on random bytes', () => {
    assert(
      property(uint8Array({ maxLength: 400 }), uint8Array({ maxLength: 400 }), (path, body) => {
        const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
        for (const type of ['', 'application/json', 'multipart/form-data; boundary=a', 'text/xml']) {
          fieldsOf({
            method: 'POST',
            path: text(path),
            headers: [
              ['Content-Type', type],
              ['Cookie', text(body)],
            ],
            body: text(body),
          });
        }
      }),
    );
  });
});
