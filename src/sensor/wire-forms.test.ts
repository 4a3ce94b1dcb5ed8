import { assert, boolean, nat, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readControlMessages, readSocketAddress } from './control-messages.ts';
import { buildDatagram } from './raw-datagram.ts';

describe('the forms that the kernel reads and writes', () => {
  it('are read from any bytes without a fault', () => {
    assert(
      property(uint8Array({ maxLength: 300 }), nat(400), (bytes, length) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        readControlMessages(view, length);
        readSocketAddress(view, 0, length);
      }),
    );
  });

  it('carry a datagram whose checksums come out even', () => {
    const ends = { source: '192.0.2.1', sourcePort: 5, destination: '198.51.100.1', destinationPort: 53 };
    assert(
      property(uint8Array({ maxLength: 1_400 }), boolean(), (payload, six) => {
        const packet = buildDatagram(
          six ? { ...ends, source: '2001:db8::1', destination: '2001:db8::2' } : ends,
          payload,
        );
        expect(packet).not.toBeNull();
        if (packet === null) return;
        const header = six ? 40 : 20;
        const words = (from: number, to: number): number => {
          let total = 0;
          for (let at = from; at < to; at += 1)
            total += (packet[at] ?? 0) * ((at - from) % 2 === 0 ? 256 : 1);
          return total;
        };
        // One's complement: a sum over data with its checksum is all ones (RFC 1071).
        if (!six) expect(words(0, 20) % 65_535).toBe(0);
        const pseudo = words(six ? 8 : 12, header) + 17 + packet.length - header;
        expect((pseudo + words(header, packet.length)) % 65_535).toBe(0);
      }),
    );
    expect(buildDatagram(ends, new Uint8Array(1_401))).toBeNull();
  });
});
