import { setTimeout } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAll, type ReadOutcome } from '../../test/support/read-input.ts';
import type { Reader } from '../core/reader.ts';
import { decompressed } from './compression.ts';
import { columns } from './columns.ts';
import { detectReader } from './detect-reader.ts';
import { eventRecords } from './event-records.ts';
import { httpJsonl } from './http-jsonl.ts';
import { longestLine } from './line-blocks.ts';
import { systemLog, webError } from './login-log.ts';
import { openssh } from './openssh.ts';
import { picketJsonl } from './picket-jsonl.ts';
import { s3Access } from './s3-access.ts';
import { vpcFlow } from './vpc-flow.ts';
import { webAccess } from './web-access.ts';

const own = JSON.stringify({
  id: '01900000-0000-7000-8000-000000000001',
  at: 1_700_000_000_000,
  sensor: 'one',
  sequence: 1,
  source: '203.0.113.9',
  sourcePort: 1,
  destination: '198.51.100.1',
  destinationPort: 22,
  transport: 'tcp',
  session: '',
  spoofable: false,
  kind: 'login',
  service: 'ssh',
  user: 'root',
  outcome: 'failure',
  method: 'password',
});

const samples: readonly (readonly [Reader, readonly string[]])[] = [
  [
    vpcFlow,
    [
      '2 123456789010 eni-1 203.0.113.9 198.51.100.1 40000 22 6 20 4249 1418530010 1418530070 ACCEPT OK',
      '2 123456789010 eni-1 2001:db8::1 2001:db8::2 34892 443 6 54 8855 1477913708 1477913820 REJECT OK',
      '2 123456789010 eni-1 - - - - - - - 1431280876 1431280934 - NODATA',
    ],
  ],
  [
    openssh,
    [
      'Jul  3 14:59:17 host sshd[1571]: Failed password for root from 203.0.113.9 port 56502 ssh2',
      '2015-04-16T18:02:50.321974+00:00 host sshd[2716]: Invalid user ä from 2001:db8::5 port 2',
      '{"__REALTIME_TIMESTAMP":"1700000000000000","SYSLOG_IDENTIFIER":"sshd","_PID":"9","MESSAGE":"Failed password for root from 203.0.113.9 port 5 ssh2"}',
    ],
  ],
  [
    webAccess,
    [
      '203.0.113.9 - - [10/Oct/2025:13:55:36 +0200] "GET /a\\x22b HTTP/1.1" 200 2326 "-" "curl/8"',
      'www.example.org:443 203.0.113.9 - joe [10/Oct/2025:13:55:36 +0200] "POST /x HTTP/1.1" 403 1 "-" "q\\"uote" 0.1',
      '{"remote_addr":"203.0.113.9","request":"GET /j HTTP/1.1","status":404,"time_iso8601":"2025-10-10T10:00:00+00:00"}',
    ],
  ],
  [
    httpJsonl,
    [
      '{"id":"a","source":"203.0.113.9","method":"GET","path":"/","headers":[["User-Agent","x"]],"body":""}',
      '{"id":"b","method":"POST","path":"/b","headers":[],"body":"é"}',
    ],
  ],
  [
    webError,
    [
      '[Sat Jul 20 21:40:33.803528 2013] [auth_basic:error] [pid 17540] [client 203.0.113.9:51395] AH01618: user bob not found: /x',
      '2012/04/09 11:53:29 [error] 2865#0: *6 user "xyz" was not found in "/x", client: 203.0.113.9, server: a, request: "GET / HTTP/1.1"',
    ],
  ],
  [
    systemLog,
    [
      'Oct 10 11:17:51 h dovecot: imap-login: Disconnected (auth failed, 1 attempts): user=<a@b>, method=PLAIN, rip=203.0.113.9, lip=10.0.0.1',
      'Sep 27 20:56:38 h kernel: [1.2] DROP: IN=eth0 OUT= SRC=203.0.113.9 DST=198.51.100.1 LEN=40 PROTO=TCP SPT=1 DPT=23 SYN ',
    ],
  ],
  [picketJsonl, [own]],
  [
    columns,
    [
      '#separator \\x09',
      '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tduration\torig_bytes\tconn_state\thistory\torig_pkts\torig_ip_bytes',
      '1700000000.123456\tC1\t203.0.113.9\t40000\t198.51.100.1\t22\ttcp\t0.5\t-\tREJ\tSr\t1\t60',
      '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tversion\tauth_success\tauth_attempts\tclient',
      '1700000001.5\tC2\t2001:db8::1\t40001\t2001:db8::2\t22\t2\tF\t3\tSSH-2.0-Go',
      '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status',
      '2026-01-10 10:00:00 198.51.100.1 GET /a.asp id=1 80 - 203.0.113.9 curl/8+x - 404',
    ],
  ],
  [
    s3Access,
    [
      '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be files [06/Feb/2019:00:00:38 +0000] 203.0.113.9 - 3E57427F3EXAMPLE REST.GET.BUCKET - "GET /files HTTP/1.1" 403 AccessDenied 243 - 7 - "-" "S3 \\"Console" -',
      '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be files [06/Feb/2019:00:00:38 +0000] 203.0.113.9 79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be 3E57427F33A59F07 REST.PUT.OBJECT a%20b "PUT /a HTTP/1.1" 200 - - 4406583 41754 28 "-" "aws-cli" -',
    ],
  ],
  [
    eventRecords,
    [
      '{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"HeadBucket","eventTime":"2026-01-10T10:00:00Z","sourceIPAddress":"203.0.113.9","userIdentity":{"type":"AWSAccount","principalId":"","accountId":"ANONYMOUS_PRINCIPAL"},"requestParameters":{"bucketName":"x"},"errorCode":"NoSuchBucket"}',
      '{"version":"1","time":"2026-01-10T10:00:00Z","api":{"name":"GetObject","bucket":"b","object":"o","status":"OK","statusCode":200},"remotehost":"203.0.113.9","requestID":"1","userAgent":"mc"}',
      '{"bucket":"b","object":"-","time":"2026-01-10T10:00:00Z","remote_addr":"203.0.113.9","user":"anonymous","operation":"list_bucket","http_status":"404","error_code":"NoSuchBucket"}',
      '{"timestamp":"2026-01-10T10:00:00.5+0000","flow_id":1,"event_type":"http","src_ip":"203.0.113.9","src_port":1,"dest_ip":"198.51.100.1","dest_port":80,"proto":"TCP","http":{"url":"/x","http_method":"GET","status":404}}',
      '{"ts":1700000000.5,"uid":"C","id.orig_h":"203.0.113.9","id.orig_p":1,"id.resp_h":"198.51.100.1","id.resp_p":80,"method":"GET","uri":"/é","status_code":200}',
      '{"eventid":"cowrie.login.failed","username":"root","password":"a","src_ip":"203.0.113.9","session":"s","timestamp":"2026-01-10T10:00:00Z","protocol":"ssh"}',
      '{"dst_host":"198.51.100.1","dst_port":21,"logdata":{"USERNAME":"a","PASSWORD":"b"},"logtype":2000,"node_id":"n","src_host":"203.0.113.9","src_port":5,"utc_time":"2026-01-10 10:00:00.5"}',
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","verb":"list","requestURI":"/api/v1/secrets","sourceIPs":["203.0.113.9"],"user":{"username":"system:anonymous"},"responseStatus":{"code":403}}',
      '{"winlog":{"event_id":4625,"event_data":{"IpAddress":"203.0.113.9","TargetUserName":"a","Status":"0xc000006d","SubStatus":"0xc0000064","LogonType":"3"}},"@timestamp":"2026-01-10T10:00:00Z"}',
      '<Event xmlns="x"><System><EventID>4625</EventID><TimeCreated SystemTime="2026-01-10T10:00:00.1Z"/></System><EventData><Data Name="TargetUserName">a&lt;b</Data><Data Name="Status">0xc000006d</Data><Data Name="SubStatus">0xc000006a</Data><Data Name="LogonType">10</Data><Data Name="IpAddress">203.0.113.9</Data></EventData></Event>',
      '{"timestamp":1700000000000,"webaclId":"arn","terminatingRuleId":"Default_Action","action":"ALLOW","httpRequest":{"clientIp":"203.0.113.9","uri":"/x","args":"a=1","httpMethod":"GET","headers":[{"name":"User-Agent","value":"u"}]}}',
      '{"eventType":"user.session.start","outcome":{"result":"FAILURE"},"client":{"ipAddress":"203.0.113.9"},"actor":{"alternateId":"a"},"published":"2026-01-10T10:00:00Z"}',
    ],
  ],
];

/** The outcome without the parts that differ from run to run. */
const steady = (outcome: ReadOutcome): unknown => ({
  ...outcome,
  observations: outcome.observations.map(({ id, ...rest }) => ({ ...rest, id: id.length })),
});

describe.each(samples.map(([reader, lines]) => [reader.name, reader, lines] as const))(
  '%s',
  (_, reader, lines) => {
    const text = `${lines.join('\n')}\n`;
    const bytes = Buffer.from(text);
    const rows = lines.filter((line) => !line.startsWith('#'));

    it('is chosen by the content of its own lines', () => {
      const chosen = detectReader(
        bytes,
        samples.map(([each]) => each),
      );
      expect([reader.name, ...(reader === openssh ? ['syslog'] : [])]).toContain(chosen?.name);
    });

    it('reads every line of its sample and damages none', async () => {
      const outcome = await readAll(reader, bytes);
      expect(outcome.damaged).toEqual([]);
      expect(outcome.records).toBe(rows.length);
      expect(outcome.observations.length).toBe(rows.filter((line) => !line.includes('NODATA')).length);
      expect(outcome.observations.every((seen) => seen.source === '' || /^203|^2001/.test(seen.source))).toBe(
        true,
      );
    });

    it('gives the same whatever way the bytes are cut, with either line end and without the last', async () => {
      const whole = steady(await readAll(reader, bytes));
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 6 }), async (cuts) => {
          const edges = [0, ...cuts.sort((left, right) => left - right), bytes.length];
          const pieces = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
          expect(steady(await readAll(reader, ...pieces))).toEqual(whole);
        }),
        { numRuns: 50 },
      );
      expect(steady(await readAll(reader, text.replaceAll('\n', '\r\n')))).toEqual(whole);
      expect(steady(await readAll(reader, text.trimEnd()))).toEqual(whole);
    });

    it('counts each record of cut off, spoilt or random input and never throws', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat(bytes.length),
          fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 4 }),
          fc.uint8Array({ maxLength: 300 }),
          async (length, changes, noise) => {
            const spoilt = Buffer.from(bytes);
            for (const [at, byte] of changes) spoilt[at] = byte;
            const outcome = await readAll(reader, spoilt.subarray(0, length), '\n', noise);
            expect(outcome.records).toBeLessThanOrEqual(lines.length + 4 + noise.length + 1);
            expect(outcome.damaged.length).toBeLessThanOrEqual(outcome.records);
            for (const [index, record] of outcome.recordOf.entries()) {
              expect(record).toBeLessThan(outcome.records);
              if (index > 0) expect(record).toBeGreaterThanOrEqual(outcome.recordOf[index - 1] ?? 0);
            }
            expect(outcome.observations.map((seen) => seen.sequence)).toEqual(
              reader === picketJsonl
                ? outcome.observations.map((seen) => seen.sequence)
                : outcome.observations.map((_seen, index) => index + 1),
            );
          },
        ),
        { numRuns: 200 },
      );
    });

    it('names a line of a mebibyte and more as damaged, and reads on', async () => {
      const outcome = await readAll(reader, 'x'.repeat(700_000), 'x'.repeat(700_000), '\n', bytes);
      expect(outcome.damaged[0]?.[0]).toBe(1);
      expect(outcome.damaged.length).toBe(1);
      expect(outcome.records).toBe(rows.length + 1);
    });
  },
);

describe('compressed input', () => {
  const text = 'line of text\n'.repeat(10_000);
  async function* of(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const read = async (input: AsyncIterable<Uint8Array>): Promise<string> => {
    const parts: Uint8Array[] = [];
    for await (const part of decompressed(input)) parts.push(part);
    return Buffer.concat(parts).toString();
  };

  it.each([1, 3, 1000])('is recognised by its first bytes in pieces of %i', async (size) => {
    expect(await read(of(gzipSync(text), size))).toBe(text);
    expect(await read(of(zstdCompressSync(text), size))).toBe(text);
    expect(await read(of(Buffer.from('ab\n'), size))).toBe('ab\n');
  });

  it('says so where it is cut off', async () => {
    const packed = gzipSync(text);
    await expect(read(of(packed.subarray(0, packed.length - 20), 50))).rejects.toThrow(
      /gzip data is damaged or cut off/,
    );
  });

  it('gives as much ahead of damage to one who takes it slowly', async () => {
    const numbers = Buffer.from(Array.from({ length: 60_000 }, (_, index) => `${index * 7919}\n`).join(''));
    const packed = [gzipSync, zstdCompressSync].map((compress) => {
      const bytes = compress(numbers);
      return bytes.subarray(0, bytes.length - 1_000);
    });
    const taken = async (input: Uint8Array, milliseconds: number): Promise<number> => {
      let bytes = 0;
      try {
        for await (const part of decompressed(of(input, input.length))) {
          bytes += part.length;
          if (milliseconds > 0) await setTimeout(milliseconds);
        }
      } catch {
        return bytes;
      }
      throw new Error('no damage was told of');
    };
    for (const input of packed) {
      const atOnce = await taken(input, 0);
      expect(atOnce).toBeGreaterThan(300_000);
      expect(await taken(input, 5)).toBe(atOnce);
    }
  });
});

describe('VPC flow logs', () => {
  it('follow the order of a header line, with the packet’s own source', async () => {
    const outcome = await readAll(
      vpcFlow,
      'version srcaddr pkt-srcaddr dstaddr dstport srcport protocol tcp-flags packets bytes start end action log-status\n',
      '5 10.0.0.1 203.0.113.9 198.51.100.1 23 4000 6 2 1 40 1700000000 1700000001 REJECT OK\n',
    );
    expect(outcome.records).toBe(1);
    expect(outcome.observations[0]).toMatchObject({
      source: '203.0.113.9',
      destinationPort: 23,
      sourcePort: 4000,
      tcpFlags: 2,
      action: 'reject',
      at: 1_700_000_000_000,
      duration: 1000,
    });
  });

  it('tell answers from initiations, also where the answer comes first', async () => {
    const there = '2 1 eni-1 203.0.113.9 198.51.100.1 40000 443 6 9 900 1700000000 1700000001 ACCEPT OK\n';
    const back = '2 1 eni-1 198.51.100.1 203.0.113.9 443 40000 6 9 900 1700000000 1700000001 ACCEPT OK\n';
    for (const order of [there + back, back + there]) {
      const { observations } = await readAll(vpcFlow, order);
      expect(observations.map((seen) => [seen.source, seen.kind === 'flow' && seen.reply])).toEqual(
        order.startsWith(there)
          ? [
              ['203.0.113.9', false],
              ['198.51.100.1', true],
            ]
          : [
              ['198.51.100.1', true],
              ['203.0.113.9', false],
            ],
      );
    }
  });

  it('name a bad line and its fault', async () => {
    const outcome = await readAll(
      vpcFlow,
      '2 1 eni-1 1.2.3.999 4.5.6.7 1 2 6 1 40 1 1 ACCEPT OK\n2 1 eni-1\n',
    );
    expect(outcome.damaged).toEqual([
      [1, 'the source is no address'],
      [2, 'only 3 columns'],
    ]);
  });

  it(`refuse lines of more than ${longestLine} bytes`, async () => {
    const outcome = await readAll(vpcFlow, `${'9'.repeat(longestLine + 1)}\n`);
    expect(outcome.damaged[0]?.[1]).toMatch(/longer than/);
  });
});
