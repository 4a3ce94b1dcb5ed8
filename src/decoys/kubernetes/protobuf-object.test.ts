import { Buffer } from 'node:buffer';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { protobufField } from '../../wire/protobuf.ts';
import { readProtobufObject } from './protobuf-object.ts';

const field = protobufField;
const join = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);
const unknown = (apiVersion: string, kind: string, raw: Uint8Array): Uint8Array =>
  join(Buffer.from('k8s\0'), field(1, join(field(1, apiVersion), field(2, kind))), field(2, raw));

const container = join(
  field(1, 'a'),
  field(2, 'alpine'),
  field(3, 'sh'),
  field(3, '-c'),
  field(4, 'id'),
  field(8, field(1, join(field(1, 'cpu'), field(2, field(1, '500m'))))),
  field(15, join(field(2, 1), field(4, 0))),
);
const podSpec = join(
  field(1, join(field(1, 'root'), field(2, field(1, field(1, '/'))))),
  field(2, container),
  field(12, 1),
  field(11, 0),
);
const deployment = join(
  field(1, join(field(1, 'miner'), field(3, 'default'), field(11, join(field(1, 'app'), field(2, 'miner'))))),
  field(2, join(field(1, 2), field(3, join(field(1, new Uint8Array()), field(2, podSpec))))),
);

describe('an object in Protocol Buffers', () => {
  it('is read as JSON has it', () => {
    expect(readProtobufObject(unknown('apps/v1', 'Deployment', deployment))).toEqual({
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: { name: 'miner', namespace: 'default', labels: { app: 'miner' } },
      spec: {
        replicas: 2,
        template: {
          metadata: {},
          spec: {
            volumes: [{ name: 'root', hostPath: { path: '/' } }],
            containers: [
              {
                name: 'a',
                image: 'alpine',
                command: ['sh', '-c'],
                args: ['id'],
                resources: { limits: { cpu: '500m' } },
                securityContext: { privileged: true, runAsUser: 0 },
              },
            ],
            hostPID: true,
          },
        },
      },
    });
  });

  it('has octets in Base64, ports as numbers or names, and times', () => {
    const secret = join(
      field(1, join(field(1, 'key'), field(8, field(1, 1_750_000_000)))),
      field(2, join(field(1, 'word'), field(2, Uint8Array.of(0, 255)))),
    );
    expect(readProtobufObject(unknown('v1', 'Secret', secret))).toMatchObject({
      metadata: { name: 'key', creationTimestamp: '2025-06-15T15:06:40Z' },
      data: { word: 'AP8=' },
    });
    const port = (target: Uint8Array): Uint8Array => field(2, field(1, join(field(3, 80), field(4, target))));
    expect(readProtobufObject(unknown('v1', 'Service', port(field(2, 8_080))))).toMatchObject({
      spec: { ports: [{ port: 80, targetPort: 8_080 }] },
    });
    expect(
      readProtobufObject(unknown('v1', 'Service', port(join(field(1, 1), field(3, 'web'))))),
    ).toMatchObject({ spec: { ports: [{ port: 80, targetPort: 'web' }] } });
  });

  it('is none without the mark, of an unknown kind, or with a field of the wrong form', () => {
    const whole = unknown('apps/v1', 'Deployment', deployment);
    expect(readProtobufObject(whole.subarray(1))).toBeNull();
    expect(readProtobufObject(unknown('v1', 'Widget', new Uint8Array()))).toBeNull();
    expect(readProtobufObject(unknown('v1', '__proto__', new Uint8Array()))).toBeNull();
    expect(readProtobufObject(unknown('v1', 'Pod', field(1, 7)))).toBeNull();
    expect(readProtobufObject(unknown('v1', 'Pod', field(2, field(11, 'yes'))))).toBeNull();
  });

  it('takes names of its sender for names', () => {
    const label = (name: string): Uint8Array => field(11, join(field(1, name), field(2, 'x')));
    const made = readProtobufObject(
      unknown('v1', 'Pod', field(1, join(label('__proto__'), label('constructor')))),
    );
    expect(JSON.stringify(made)).toContain('"labels":{"__proto__":"x","constructor":"x"}');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('is an outcome for any bytes, and holds no more than its sender sent', () => {
    const kinds = fc.constantFrom('Pod', 'Deployment', 'Secret', 'CronJob', 'Service', 'Role');
    fc.assert(
      fc.property(kinds, fc.uint8Array({ maxLength: 300 }), (kind, raw) => {
        const object = readProtobufObject(unknown('v1', kind, raw));
        expect(object === null || object['kind'] === kind).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.nat(400), fc.nat(255), (at, octet) => {
        const bytes = Buffer.from(unknown('apps/v1', 'Deployment', deployment));
        bytes[at % bytes.length] = octet;
        expect(() => readProtobufObject(bytes)).not.toThrow();
        expect(() => readProtobufObject(bytes.subarray(0, at))).not.toThrow();
      }),
    );
    // Lists within lists: what would become a million values is none.
    const many = (count: number, each: Uint8Array): Uint8Array =>
      join(...Array.from({ length: count }, () => each));
    const wide = field(2, many(1_000, field(2, many(1_000, field(3, '')))));
    expect(readProtobufObject(unknown('v1', 'Pod', wide))).toBeNull();
  });
});
