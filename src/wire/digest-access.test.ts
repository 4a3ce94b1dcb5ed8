import { describe, expect, it } from 'vitest';
import { digestResponse, guessedPassword, parseDigest } from './digest-access.ts';

describe('digest access authentication', () => {
  it('is what the examples of RFC 2617 §3.5 and RFC 7616 §3.9.1 show', () => {
    const old = parseDigest(
      'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    );
    expect(old).not.toBeNull();
    if (old === null) return;
    expect(digestResponse(old, 'GET', 'Circle Of Life')).toBe('6629fae49393a05397450978507c4ef1');
    expect(guessedPassword(old, 'GET', ['Circle Of Life'])).toBe('Circle Of Life');
    expect(guessedPassword(old, 'GET', [])).toBeNull();
    const newer = parseDigest(
      'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"',
    );
    expect(newer && digestResponse(newer, 'GET', 'Circle of Life')).toBe(
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    );
    expect(parseDigest('Basic abc')).toBeNull();
  });
});
