import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { hexOf, holdsForAnyBytes, personaWith, talk } from '../../../test/support/talk.ts';
import { octets } from '../../wire/big-endian.ts';
import { initialKeys, openInitial, sealInitial } from '../../wire/quic-initial.ts';
import { quicVersions, readLongHeader, writeVarint } from '../../wire/quic-packet.ts';
import { quic } from './quic.ts';

const run = promisify(execFile);
const machine = () => personaWith({});

/** The ClientHello of RFC 9001 appendix A.2. */
const hello = hexOf(`
  010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578616d
  706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e000500050100000000003300260024001d00209370b2c9caa47fba
  baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c000240
  01003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff`);
const clientIds = { destinationId: hexOf('8394c8f03e515708'), sourceId: hexOf('c1c1c1c1') };

/** An Initial packet of this client that fills its datagram. */
function initial(packetNumber: number, frames: Uint8Array, version: number = quicVersions.one): Uint8Array {
  const keys = initialKeys(version, clientIds.destinationId, 'client');
  if (keys === null) throw new Error('a version without keys');
  const overhead = 40;
  const payload = octets(frames, new Uint8Array(Math.max(0, 1_200 - overhead - frames.length)));
  return sealInitial(version, clientIds, { packetNumber, payload }, keys);
}
const crypto = (offset: number, data: Uint8Array): Uint8Array =>
  octets(6, writeVarint(offset), writeVarint(data.length), data);

const asked = {
  kind: 'command',
  service: 'quic',
  input: 'client hello server_name=example.com alpn=alpn',
};

describe('the QUIC decoy', () => {
  it('reads the hello of a client, with its JA4, and refuses its application protocol', () => {
    const { outputs, replies } = talk(quic, machine(), [initial(0, crypto(0, hello))]);
    const [saw] = outputs;
    expect(saw).toMatchObject({ do: 'saw', fact: asked });
    // Two ciphers and eleven extensions, their hashes taken with another program.
    expect(saw).toMatchObject({ fingerprints: { ja4: 'q13d0211an_62ed6f6ca7ad_4d634acda6c0' } });
    const reply = replies[0] ?? new Uint8Array(0);
    expect(readLongHeader(reply)).toMatchObject({ version: 1, destinationId: clientIds.sourceId });
    const opened = openInitial(reply, 0, (version) =>
      initialKeys(version, clientIds.destinationId, 'server'),
    );
    // ACK of packet 0; CONNECTION_CLOSE with crypto error 120 because of a CRYPTO frame, without a reason.
    expect(Buffer.from(opened?.packet?.payload ?? []).toString('hex')).toBe('02000000001c41780600');
  });

  it('puts a hello together that comes in pieces over several datagrams, the last first', () => {
    const { facts, replies } = talk(quic, machine(), [
      initial(1, octets(crypto(150, hello.subarray(150)), 1, crypto(20, hello.subarray(20, 60)))),
      initial(0, octets(0, 0, crypto(0, hello.subarray(0, 20)))),
      initial(2, crypto(55, hello.subarray(55, 155))),
    ]);
    expect(facts).toEqual([asked]);
    expect(replies).toHaveLength(1);
  });

  it('says which versions it speaks to one who speaks another', () => {
    const unknown = Uint8Array.from(initial(0, crypto(0, hello)));
    unknown.set([0x1a, 0x2a, 0x3a, 0x4a], 1);
    const { replies, facts } = talk(quic, machine(), [unknown]);
    expect(facts).toEqual([]);
    const reply = replies[0] ?? new Uint8Array(0);
    expect(readLongHeader(reply)).toMatchObject({
      version: 0,
      destinationId: clientIds.sourceId,
      sourceId: clientIds.destinationId,
    });
    expect(Buffer.from(reply).toString('hex')).toMatch(/(6b3343cf)?00000001$/);
  });

  it('records a hello in a datagram that is too small to be answered, and answers nothing', () => {
    const keys = initialKeys(quicVersions.one, clientIds.destinationId, 'client');
    if (keys === null) throw new Error('no keys');
    const small = sealInitial(
      quicVersions.one,
      clientIds,
      { packetNumber: 0, payload: crypto(0, hello) },
      keys,
    );
    const { facts, replies } = talk(quic, machine(), [small]);
    expect(facts).toEqual([asked]);
    expect(replies).toEqual([]);
  });

  it('opens eight packets of a datagram and no more', () => {
    const keys = initialKeys(quicVersions.one, clientIds.destinationId, 'client');
    if (keys === null) throw new Error('no keys');
    const ping = (packetNumber: number) =>
      sealInitial(quicVersions.one, clientIds, { packetNumber, payload: Uint8Array.of(1, 0) }, keys);
    const behind = (count: number) =>
      octets(...Array.from({ length: count }, (_, index) => ping(index)), initial(count, crypto(0, hello)));
    expect(talk(quic, machine(), [behind(7)]).facts).toEqual([asked]);
    expect(talk(quic, machine(), [behind(8)]).facts).toEqual([]);
  });

  it('holds for any datagrams', () => {
    holdsForAnyBytes(quic, machine, [
      initial(0, crypto(0, hello)),
      initial(1, crypto(100, hello.subarray(100))),
      initial(0, crypto(0, hello), quicVersions.two),
      initial(3, octets(2, 0, 0, 0, 0, 0x1c, 0, 0, 0)),
      octets(0x80, 0, 0, 0, 0, 0, 0),
    ]);
  });

  needTools(['gtlsclient'])('tells a real client that its protocol is not served', async () => {
    await using served = await serveDecoy(quic, machine(), { transport: 'udp' });
    const { stderr } = await run('gtlsclient', ['127.0.0.1', String(served.port), 'https://shop.example/'], {
      timeout: 10_000,
    }).catch((error: { stderr: string }) => error);
    expect(stderr).toContain('CONNECTION_CLOSE');
    expect(stderr.toLowerCase()).toContain('0x178');
    expect(JSON.stringify(served.facts[0])).toMatch(/client hello.* alpn=h3/);
    expect([...served.fingerprints.values()][0]?.ja4).toMatch(/^q13[di]\d{4}h3_[0-9a-f]{12}_[0-9a-f]{12}$/);
    expect(served.errors).toEqual([]);
  });
});
