/** What the command prompt of a Windows server prints for the commands by which a web shell is tried. */

import type { Persona } from '../../core/persona.ts';
import { arithmetic } from './php-evaluation.ts';
import { utf16Text } from '../../wire/utf16-text.ts';

/** The identity under which IIS runs a site that nobody configured. */
const worker = 'iis apppool\\defaultapppool';
const commandsRun = 16;
const lines = (...text: readonly string[]): string => text.map((line) => `${line}\r\n`).join('');

const files: Readonly<Record<string, string>> = {
  'windows/win.ini': lines(
    '; for 16-bit app support',
    '[fonts]',
    '[extensions]',
    '[mci extensions]',
    '[files]',
    '[Mail]',
    'MAPI=1',
  ),
  'windows/system32/drivers/etc/hosts': lines(
    '# Copyright (c) 1993-2009 Microsoft Corp.',
    '#',
    '# This is a sample HOSTS file used by Microsoft TCP/IP for Windows.',
    '',
    '# localhost name resolution is handled within DNS itself.',
    '#\t127.0.0.1       localhost',
    '#\t::1             localhost',
  ),
};

/** A file that every Windows has, by any spelling of its path; null for another. */
export function windowsFile(path: string): string | null {
  const parts: string[] = [];
  for (const part of path.slice(0, 512).replaceAll('\\', '/').toLowerCase().split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.' && !/^[a-z]:$/.test(part)) parts.push(part);
  }
  const name = parts.join('/');
  return Object.hasOwn(files, name) ? (files[name] ?? null) : null;
}

const version = ({ kernel }: Persona): string => `Microsoft Windows [Version ${kernel.release}]`;

function addresses(persona: Persona): string {
  const gateway = persona.address.replace(/\.\d+$/, '.1');
  return lines(
    '',
    'Windows IP Configuration',
    '',
    '',
    'Ethernet adapter Ethernet0:',
    '',
    '   Connection-specific DNS Suffix  . : ',
    `   IPv4 Address. . . . . . . . . . . : ${persona.address}`,
    '   Subnet Mask . . . . . . . . . . . : 255.255.255.0',
    `   Default Gateway . . . . . . . . . : ${gateway}`,
  );
}

function accounts(persona: Persona): string {
  const names = persona.users.map((user) => user.name.padEnd(25)).join('');
  return lines(
    '',
    `User accounts for \\\\${persona.hostname.toUpperCase()}`,
    '',
    '-'.repeat(79),
    names.trimEnd(),
    'The command completed successfully.',
    '',
  );
}

const system = (persona: Persona): string =>
  lines(
    '',
    `Host Name:                 ${persona.hostname.toUpperCase()}`,
    `OS Name:                   Microsoft ${persona.kernel.version.replace(/ \d+$/, '')}`,
    `OS Version:                ${persona.kernel.release} N/A Build ${persona.kernel.release.split('.').at(-1) ?? ''}`,
    'OS Manufacturer:           Microsoft Corporation',
    'OS Configuration:          Standalone Server',
    'OS Build Type:             Multiprocessor Free',
    `System Boot Time:          ${new Date(persona.bootedAt).toLocaleString('en-US', { timeZone: 'UTC' })}`,
    'System Type:               x64-based PC',
    `Total Physical Memory:     ${Math.floor(persona.memoryKilobytes / 1_024).toLocaleString('en-US')} MB`,
    'Domain:                    WORKGROUP',
  );

const privileges = lines(
  '',
  'PRIVILEGES INFORMATION',
  '----------------------',
  '',
  'Privilege Name                Description                               State   ',
  '============================= ========================================= ========',
  'SeAssignPrimaryTokenPrivilege Replace a process level token             Disabled',
  'SeIncreaseQuotaPrivilege      Adjust memory quotas for a process        Disabled',
  'SeAuditPrivilege              Generate security audits                  Disabled',
  'SeChangeNotifyPrivilege       Bypass traverse checking                  Enabled ',
  'SeImpersonatePrivilege        Impersonate a client after authentication Enabled ',
  'SeCreateGlobalPrivilege       Create global objects                     Enabled ',
  'SeIncreaseWorkingSetPrivilege Increase a process working set            Disabled',
);

const variables = (persona: Persona): Readonly<Record<string, string>> => ({
  computername: persona.hostname.toUpperCase(),
  username: 'DefaultAppPool',
  userdomain: 'IIS APPPOOL',
  os: 'Windows_NT',
  processor_architecture: 'AMD64',
  systemroot: 'C:\\Windows',
  windir: 'C:\\Windows',
  systemdrive: 'C:',
  comspec: 'C:\\Windows\\system32\\cmd.exe',
  temp: 'C:\\Windows\\TEMP',
});

function powershell(persona: Persona, text: string, depth: number): string {
  const encoded = /-e(?:n?c?|ncodedcommand)\s{1,4}"?([A-Za-z0-9+/=]{8,4096})/i.exec(text)?.[1];
  const script =
    encoded === undefined
      ? text.replace(
          /^(?:\s*-(?!c)[a-z]{1,20}(?:\s+(?:bypass|hidden|unrestricted))?)*\s*(?:-c[a-z]*\s+)?/i,
          '',
        )
      : utf16Text(Buffer.from(encoded, 'base64'));
  const plain = script
    .trim()
    .replace(/^(["'])([^\0]*)\1$/, '$2')
    .trim();
  const sum = arithmetic(plain);
  if (sum !== null) return lines(sum);
  const environment = /^\$env:(\w{1,32})$/i.exec(plain)?.[1];
  if (environment !== undefined) return lines(variables(persona)[environment.toLowerCase()] ?? '');
  const said = /^(?:echo|write-(?:output|host))\s+["']?([^"']{0,1024})["']?$/i.exec(plain)?.[1];
  return said === undefined ? run(persona, plain, depth + 1) : lines(said);
}

/** One command; empty where it prints nothing to its standard output, as one does that is not known. */
function run(persona: Persona, command: string, depth: number): string {
  const text = command.trim().replaceAll(/%(\w{1,32})%/g, (whole, name: string) => {
    const known = variables(persona);
    return known[name.toLowerCase()] ?? whole;
  });
  const word = /^"?([^\s"]{1,256})"?/.exec(text)?.[0] ?? '';
  const rest = text.slice(word.length).trim();
  const name =
    word
      .replaceAll('"', '')
      .split('\\')
      .at(-1)
      ?.toLowerCase()
      .replace(/\.(?:exe|com)$/, '') ?? '';
  if (depth > 4) return '';
  switch (name) {
    case 'cmd':
      return prompt(
        persona,
        rest.replace(/^(?:\/[a-z:]{1,8}\s*)+/i, '').replace(/^"([^\0]*)"$/, '$1'),
        depth + 1,
      );
    case 'powershell':
    case 'pwsh':
      return powershell(persona, rest, depth);
    case 'whoami':
      return /\/(?:priv|all)/i.test(rest) ? privileges : lines(worker);
    case 'hostname':
      return lines(persona.hostname);
    case 'ver':
      return lines('', version(persona));
    case 'echo':
      return rest === '' ? lines('ECHO is on.') : lines(rest);
    case 'set': {
      const sum = /^\/a\s/i.test(rest) ? arithmetic(rest.slice(3).replaceAll('"', '')) : null;
      if (sum !== null) return sum;
      return rest === ''
        ? lines(...Object.entries(variables(persona)).map(([key, value]) => `${key.toUpperCase()}=${value}`))
        : '';
    }
    case 'ipconfig':
      return addresses(persona);
    case 'systeminfo':
      return system(persona);
    case 'net':
    case 'net1':
      return /^users?$/i.test(rest) ? accounts(persona) : '';
    case 'type':
      return windowsFile(rest.replaceAll('"', '')) ?? '';
    case 'cd':
    case 'chdir':
      return rest === '' ? lines('c:\\windows\\system32\\inetsrv') : '';
    default:
      return '';
  }
}

function prompt(persona: Persona, text: string, depth: number): string {
  // What stands in quotes is not cut; a pipe hands on what was printed, which the next one shows or finds words in.
  const commands = text.match(/(?:"[^"]{0,4096}"|[^&|"]|"){1,4096}/g) ?? [];
  return commands
    .slice(0, commandsRun)
    .map((command) => run(persona, command, depth))
    .join('');
}

/** Standard output of a command line, CRLF at the end of lines. */
export function windowsOutput(persona: Persona, command: string): string {
  return prompt(persona, command, 0);
}
