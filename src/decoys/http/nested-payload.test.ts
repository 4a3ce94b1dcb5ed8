import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { groovyCommand, luaCommand, nestedCommand, nestedTexts } from './nested-payload.ts';

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

it.each([
  ['cmd.exe /c whoami', 'cmd.exe /c whoami'],
  [base64('\u0001\u0000\u0000\u0000\u0012cmd /c echo 4711\u0000\u0000'), 'cmd /c echo 4711'],
  [base64(`<a>${base64('xxxxpowershell -NoP -enc AAAA\u0000')}</a>`), 'powershell -NoP -enc AAAA'],
  [
    gzipSync('<anyType xsi:type="xsd:string">/c ipconfig</anyType> cmd').toString('base64'),
    'cmd /c ipconfig',
  ],
  [Buffer.from('aaaaaaa cmd /c dir', 'utf16le').toString('base64'), 'cmd /c dir'],
  ['Runtime.getRuntime().exec("touch /tmp/a")', 'touch /tmp/a'],
  ['nothing of the kind', ''],
])('finds the command in %s', (payload, command) => {
  expect(nestedCommand(payload)).toBe(command);
});

it('reads Lua and Groovy', () => {
  expect(luaCommand('a\0]]\rlocal h = io.popen("id -u")\rprint(h:read("*a"))')).toBe('id -u');
  expect(luaCommand('io.popen(hx("77686f616d69"))')).toBe('whoami');
  expect(groovyCommand('println("id".execute().text)')).toBe('id');
  expect(groovyCommand("['sh','-c','id; uname'].execute()")).toBe('id; uname');
});

it('takes any text, and reads no more than 32 layers of it', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 60 }), { maxLength: 40 }), (parts) => {
      const payload = parts
        .map((part) => Buffer.from(`${part}${part}padding padding`).toString('base64'))
        .join(' ');
      expect(nestedTexts(payload).length).toBeLessThanOrEqual(32);
      expect(typeof nestedCommand(payload)).toBe('string');
    }),
    { numRuns: 150 },
  );
});
