import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../../test/support/free-port.ts';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { holdsForAnyBytes, octetsOf, personaWith, talk } from '../../../test/support/talk.ts';
import { digestResponse, parseDigest } from '../../wire/digest-access.ts';
import { exchangeOf } from './exchange.ts';
import { sip } from './sip.ts';

const run = promisify(execFile);
const exchange = (stack: 'sip' | 'pjsip' = 'pjsip') =>
  personaWith({ sip: { product: 'FreePBX', version: '16.0.40.7(18.16.0)', details: { stack } } });

/** As SIPVicious' svmap writes it. */
const message = (method: string, user = '100', more = '', body = ''): Uint8Array =>
  octetsOf(
    `${method} sip:${user}@192.0.2.7 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.4:5061;branch=z9hG4bK-4163;rport\r\nContent-Length: ${body.length}\r\nFrom: "sipvicious"<sip:100@1.1.1.1>; tag=3436\r\nAccept: application/sdp\r\nUser-Agent: friendly-scanner\r\nTo: "sipvicious"<sip:${user}@1.1.1.1>\r\nContact: sip:100@198.51.100.4:5061\r\nCSeq: 1 ${method}\r\nCall-ID: 65535\r\nMax-Forwards: 70\r\n${more}\r\n${body}`,
  );
const answerTo = (challenge: string, method: string, user: string, password: string): string => {
  const get = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const head = `Digest username="${user}",realm="${get('realm')}",nonce="${get('nonce')}",uri="sip:192.0.2.7",response="`;
  const digest = parseDigest(`${head}x"`);
  return `Authorization: ${head}${digest === null ? '' : digestResponse(digest, method, password)}"\r\n`;
};

describe('the SIP decoy', () => {
  it('answers OPTIONS of a scanner as each channel driver does, and never with more than it was asked', () => {
    const older = talk(sip, exchange('sip'), [message('OPTIONS')], { transport: 'udp' });
    expect(older.text).toMatch(
      /^SIP\/2\.0 200 OK\r\nVia: SIP\/2\.0\/UDP 198\.51\.100\.4:5061;branch=z9hG4bK-4163;received=198\.51\.100\.4;rport=40001\r\n/,
    );
    expect(older.text).toContain('\r\nServer: FPBX-16.0.40.7(18.16.0)\r\n');
    const newer = talk(sip, exchange(), [message('OPTIONS')], { transport: 'udp' });
    expect(newer.text).toMatch(/^SIP\/2\.0 401 Unauthorized\r\n/);
    expect(newer.text).toMatch(/WWW-Authenticate: Digest realm="asterisk",nonce="\d{10}/);
    expect(talk(sip, exchange(), [message('OPTIONS')]).text).toMatch(
      /WWW-Authenticate: Digest realm="asterisk",nonce="\d{10}\/[0-9a-f]{32}",opaque="[0-9a-f]{16}",algorithm=MD5,qop="auth"/,
    );
    expect(newer.outputs).toContainEqual({
      do: 'know',
      protocol: 'sip',
      fingerprints: { banner: 'friendly-scanner' },
    });
  });

  it('lets a guessed extension register and tells the password that a digest hides', () => {
    const persona = exchange('sip');
    const [user = '', password = ''] = [...exchangeOf(persona).extensions][0] ?? [];
    const challenge = talk(sip, persona, [message('REGISTER', user)]).text;
    expect(challenge).toContain('401 Unauthorized');
    const right = talk(sip, persona, [
      message('REGISTER', user, answerTo(challenge, 'REGISTER', user, password)),
    ]);
    expect(right.text).toContain('SIP/2.0 200 OK');
    expect(right.facts).toContainEqual({
      kind: 'auth',
      service: 'sip',
      user,
      method: 'other',
      password,
      accepted: true,
    });
    const wrong = talk(sip, persona, [
      message('REGISTER', '9999', answerTo(challenge, 'REGISTER', '9999', 'admin')),
    ]);
    expect(wrong.text).toContain('SIP/2.0 403 Forbidden');
    expect(wrong.facts).toContainEqual({
      kind: 'auth',
      service: 'sip',
      user: '9999',
      method: 'other',
      password: 'admin',
      accepted: false,
    });
  });

  it('recognises toll fraud, and challenges it', () => {
    const { text, facts } = talk(
      sip,
      exchange(),
      [message('INVITE', '900442037691880', '', 'v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\n')],
      { transport: 'udp' },
    );
    expect(text).toContain('401 Unauthorized');
    expect(facts).toContainEqual(
      expect.objectContaining({
        kind: 'exploit',
        name: 'sip-toll-fraud',
        detail: 'call to 900442037691880 from 100',
      }),
    );
  });

  it('answers nothing to responses, acknowledgements and noise', () => {
    for (const text of ['SIP/2.0 200 OK\r\n\r\n', '\r\n\r\n', 'hello\r\n', 'OPTIONS sip:a SIP/2.0\r\n\r\n']) {
      expect(talk(sip, exchange(), [octetsOf(text)], { transport: 'udp' }).replies).toEqual([]);
    }
    expect(talk(sip, exchange(), [message('ACK')], { transport: 'udp' }).replies).toEqual([]);
    expect(talk(sip, exchange(), [message('BYE')], { transport: 'udp' }).text).toContain(
      '481 Call/Transaction Does Not Exist',
    );
  });

  it('gives the same for any split of a stream, and no datagram a larger answer', () => {
    const parts = [
      message('OPTIONS'),
      message('REGISTER'),
      message('INVITE', '0044123456789', '', 'v=0\r\n'),
      message('BYE'),
      message('FOO'),
      message(
        'REGISTER',
        '100',
        'Authorization: Digest username="100", realm="asterisk", nonce="1", uri="sip:a", response="0"\r\n',
      ),
    ];
    for (const stack of ['sip', 'pjsip'] as const) {
      holdsForAnyBytes(sip, () => exchange(stack), parts);
      holdsForAnyBytes(sip, () => exchange(stack), parts, { transport: 'udp' });
    }
  });

  needTools(['sipp'])('challenges sipp and takes its calls over UDP and TCP', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sipp-'));
    writeFileSync(
      join(folder, 'register.xml'),
      `<?xml version="1.0"?><scenario name="register"><send retrans="500"><![CDATA[
REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[remote_ip]>;tag=[call_number]
To: <sip:[field0]@[remote_ip]>
Call-ID: [call_id]
CSeq: 1 REGISTER
Contact: <sip:[field0]@[local_ip]:[local_port]>
Max-Forwards: 70
User-Agent: a telephone with a long name that leaves room for the challenge, as the real ones do with all their features
Expires: 600
Content-Length: 0

]]></send><recv response="401" auth="true"/><send retrans="500"><![CDATA[
REGISTER sip:[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[field0]@[remote_ip]>;tag=[call_number]
To: <sip:[field0]@[remote_ip]>
Call-ID: [call_id]
CSeq: 2 REGISTER
Contact: <sip:[field0]@[local_ip]:[local_port]>
[field1]
Max-Forwards: 70
Expires: 600
Content-Length: 0

]]></send><recv response="200"/></scenario>`,
    );
    for (const transport of ['udp', 'tcp'] as const) {
      const persona = exchange();
      const [user = '', password = ''] = [...exchangeOf(persona).extensions][0] ?? [];
      await using served = await serveDecoy(sip, persona, { transport });
      writeFileSync(
        join(folder, 'users.csv'),
        `SEQUENTIAL\n${user};[authentication username=${user} password=${password}]\n`,
      );
      await run(
        'sipp',
        [
          '-sf',
          join(folder, 'register.xml'),
          '-inf',
          join(folder, 'users.csv'),
          '-m',
          '2',
          '-r',
          '10',
          '-t',
          transport === 'udp' ? 'u1' : 't1',
          '-i',
          '127.0.0.1',
          '-p',
          String(await freePort()),
          '-nostdin',
          '-timeout',
          '8',
          `127.0.0.1:${served.port}`,
        ],
        { cwd: folder },
      );
      expect(
        served.facts.filter((fact) => fact.kind === 'auth' && fact.accepted && fact.password === password),
      ).toHaveLength(2);
      expect(served.errors).toEqual([]);
    }
    rmSync(folder, { recursive: true });
  });
});
