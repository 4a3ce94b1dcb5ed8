import { describe, expect, it } from 'vitest';
import { holdsForAnyBytes, octetsOf, personaWith, talk } from '../../../test/support/talk.ts';
import { ssdp } from './ssdp.ts';

const gateway = () =>
  personaWith({
    ssdp: {
      product: 'miniupnpd',
      version: '1.0',
      details: { location: 'http://192.168.1.1:5000/rootDesc.xml' },
    },
  });
const search = (target: string, more = ''): Uint8Array =>
  octetsOf(
    `M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 2\r\n${more}ST: ${target}\r\n\r\n`,
  );

describe('the SSDP decoy', () => {
  it('answers a search that leaves room, and leaves off what there is none for', () => {
    const target = 'urn:schemas-upnp-org:service:WANIPConnection:1';
    const whole = talk(ssdp, gateway(), [search(target, `X: ${'x'.repeat(400)}\r\n`)]).text;
    expect(whole).toMatch(
      /^HTTP\/1\.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: urn:schemas-upnp-org:service:WANIPConnection:1\r\nUSN: uuid:[0-9a-f-]{36}::urn:.*\r\nEXT:\r\nSERVER: miniupnpd\/1\.0\r\nLOCATION: http:\/\/192\.168\.1\.1:5000\/rootDesc\.xml\r\n\r\n$/,
    );
    expect(talk(ssdp, gateway(), [search(target)]).text).toBe(
      `HTTP/1.1 200 OK\r\nST: ${target}\r\nLOCATION: http://192.168.1.1:5000/rootDesc.xml\r\n\r\n`,
    );
    expect(talk(ssdp, gateway(), [search('urn:schemas-upnp-org:device:Printer:1')]).replies).toEqual([]);
  });

  it('recognises overlong and unfinished targets', () => {
    const cves = (bytes: Uint8Array) =>
      talk(ssdp, gateway(), [bytes]).facts.flatMap((fact) => (fact.kind === 'exploit' ? fact.cves : []));
    expect(cves(search(`uuid:schemas:device:${'A'.repeat(500)}:end`))).toEqual([
      'CVE-2012-5958',
      'CVE-2012-5959',
    ]);
    expect(cves(search(`uuid:schemas:device:${'A'.repeat(60)}:end`))).toEqual(['CVE-2012-5958']);
    expect(
      cves(octetsOf('M-SEARCH * HTTP/1.1\r\nHost:239.255.255.250:1900\r\nST:uuid:schemas:device:MX:3')),
    ).toEqual(['CVE-2013-0229']);
    expect(cves(search('ssdp:all'))).toEqual([]);
  });

  it('answers no datagram with a larger one', () => {
    holdsForAnyBytes(ssdp, gateway, [
      search('ssdp:all'),
      search('upnp:rootdevice'),
      search('A'.repeat(900)),
      octetsOf('NOTIFY * HTTP/1.1\r\nNT: a\r\n\r\n'),
    ]);
  });
});
