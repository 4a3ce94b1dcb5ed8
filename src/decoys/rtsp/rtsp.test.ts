import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { holdsForAnyBytes, octetsOf, personaWith, talk } from '../../../test/support/talk.ts';
import { digestResponse, parseDigest } from '../../wire/digest-access.ts';
import { rtsp } from './rtsp.ts';

const run = promisify(execFile);
const camera = (product = 'Hikvision') => personaWith({ rtsp: { product, version: '' } });
const request = (method: string, path = '/Streaming/Channels/101', ...headers: string[]): Uint8Array =>
  octetsOf(
    `${method} rtsp://192.0.2.7:554${path} RTSP/1.0\r\nCSeq: 2\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`,
  );
const basic = (user: string, password: string): string =>
  `Authorization: Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const [acceptedUser, acceptedPassword] = camera().login.accepted[0] ?? ['', ''];
const accepted = [acceptedUser, acceptedPassword] as const;

describe('the RTSP decoy', () => {
  it('challenges as the make does, and tells OPTIONS without', () => {
    const hikvision = talk(rtsp, camera(), [request('OPTIONS'), request('DESCRIBE')]);
    expect(hikvision.text).toMatch(/^RTSP\/1\.0 200 OK\r\nCSeq: 2\r\nPublic: OPTIONS, DESCRIBE, PLAY/);
    expect(hikvision.text).toMatch(
      /401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="[^"]+", nonce="[0-9a-f]{32}", stale="FALSE"\r\nWWW-Authenticate: Basic realm=/,
    );
    const dahua = talk(rtsp, camera('Dahua'), [request('DESCRIBE', '/cam/realmonitor?channel=1&subtype=0')]);
    expect(dahua.text).toMatch(
      /Server: Rtsp Server\/3\.0\r\nWWW-Authenticate: Digest realm="Login to [0-9a-f]{32}", nonce=/,
    );
  });

  it('plays to who knows the password, step by step', () => {
    const auth = basic(...accepted);
    const { text, facts } = talk(rtsp, camera(), [
      request('DESCRIBE', '/Streaming/Channels/101', auth),
      request('PLAY', '/Streaming/Channels/101', auth, 'Session: 1'),
      request(
        'SETUP',
        '/Streaming/Channels/101/trackID=1',
        auth,
        'Transport: RTP/AVP/TCP;unicast;interleaved=0-1',
      ),
      request('DESCRIBE', '/nothing/here', auth),
    ]);
    expect(text).toContain('m=video 0 RTP/AVP 96\r\n');
    expect(text).toContain('454 Session Not Found');
    expect(text).toMatch(
      /Session: \d{9};timeout=60\r\nTransport: RTP\/AVP\/TCP;unicast;interleaved=0-1;ssrc=[0-9A-F]{8}/,
    );
    expect(text).toContain('404 Stream Not Found');
    expect(facts.filter((fact) => fact.kind === 'auth')).toEqual([
      {
        kind: 'auth',
        service: 'rtsp',
        user: accepted[0],
        method: 'password',
        password: accepted[1],
        accepted: true,
      },
    ]);
  });

  it('recognises overlong heads', () => {
    const { facts } = talk(rtsp, camera(), [
      request('PLAY', '/', `Authorization: ${'A'.repeat(900)}`),
      request('PLAY', '/', `X: ${'A'.repeat(1_500)}`, 'Content-Length: 99999'),
    ]);
    expect(facts.flatMap((fact) => (fact.kind === 'exploit' ? fact.cves : []))).toEqual(['CVE-2014-4880']);
    const body = octetsOf(
      `PLAY rtsp://a RTSP/1.0\r\nCSeq: 1\r\nX: ${'A'.repeat(1_500)}\r\nContent-Length: 5000\r\n\r\n${'B'.repeat(5_000)}`,
    );
    expect(
      talk(rtsp, camera(), [body]).facts.flatMap((fact) => (fact.kind === 'exploit' ? fact.cves : [])),
    ).toEqual(['CVE-2014-4878', 'CVE-2014-4879']);
  });

  it('gives the same for any split of any bytes', () => {
    const auth = basic(...accepted);
    holdsForAnyBytes(rtsp, () => camera(), [
      request('OPTIONS'),
      request('DESCRIBE'),
      request('DESCRIBE', '/Streaming/Channels/1', auth),
      request('SETUP', '/', auth, 'Transport: RTP/AVP;unicast;client_port=4000-4001'),
      request('PLAY', '/', auth),
      octetsOf('$\0\0\x04abcd'),
      request('TEARDOWN', '/', auth, 'Content-Length: 3'),
      octetsOf('abc'),
    ]);
  });

  it('takes a digest, again with each request, and records it once', () => {
    const persona = camera('Dahua');
    const [user, password] = accepted;
    const path = '/cam/realmonitor?channel=1&subtype=0';
    const first = talk(rtsp, persona, [request('DESCRIBE', path)]).text;
    const get = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(first)?.[1] ?? '';
    const head = `Digest username="${user}", realm="${get('realm')}", nonce="${get('nonce')}", uri="${path}", response="`;
    const proof = (method: string): string => {
      const digest = parseDigest(`${head}x"`);
      return `Authorization: ${head}${digest === null ? '' : digestResponse(digest, method, password)}"`;
    };
    const { text, facts } = talk(rtsp, persona, [
      request('DESCRIBE', path, proof('DESCRIBE')),
      request('SETUP', path, proof('SETUP'), 'Transport: RTP/AVP;unicast;client_port=4000-4001'),
    ]);
    expect(text).toContain('a=rtpmap:96 H264/90000');
    expect(text).toContain('client_port=4000-4001;server_port=');
    expect(facts.filter((fact) => fact.kind === 'auth')).toEqual([
      { kind: 'auth', service: 'rtsp', user, method: 'other', password, accepted: true },
    ]);
  });

  needTools(['curl'])('serves curl', async () => {
    await using served = await serveDecoy(rtsp, camera());
    const { stdout } = await run('curl', ['-s', '-i', '-A', 'probe/1', `rtsp://127.0.0.1:${served.port}/`]);
    expect(stdout).toContain('Public: OPTIONS, DESCRIBE');
    expect([...served.fingerprints.values()]).toEqual([{ banner: 'probe/1' }]);
    expect(served.errors).toEqual([]);
  });

  needTools(['nmap'])('is what nmap’s script expects', async () => {
    await using served = await serveDecoy(rtsp, camera());
    const { stdout } = await run('nmap', [
      '-Pn',
      '-n',
      '-p',
      String(served.port),
      '--script',
      '+rtsp-methods',
      '127.0.0.1',
    ]);
    expect(stdout).toContain('OPTIONS, DESCRIBE, PLAY, PAUSE, SETUP, TEARDOWN');
  });
});
