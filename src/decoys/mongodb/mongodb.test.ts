import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecoyOutput, DecoySession } from '../../core/decoy.ts';
import type { Persona } from '../../core/persona.ts';
import { createPersona } from '../../personas/index.ts';
import { readBson, writeBson, type BsonDocument, type BsonValue } from '../../wire/bson.ts';
import { cut, exploitNames, stillContext, talk } from '../../../test/support/decoy-talk.ts';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { mongodb } from './mongodb.ts';

const base: Persona = {
  ...createPersona('debian-db', 'mongodb test', { now: Date.parse('2026-03-01T12:00:00Z') }),
};

function persona(version = '4.4.29', authorization = 'disabled'): Persona {
  return {
    ...base,
    software: { mongodb: { product: 'MongoDB', version, details: { authorization } } },
    login: { accepted: [], acceptAfter: 0 },
  };
}

const document = (...fields: (readonly [string, BsonValue])[]): BsonDocument => new Map(fields);

function framed(opcode: number, body: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(body.length + 16, 0);
  head.writeInt32LE(7, 4);
  head.writeInt32LE(opcode, 12);
  return Buffer.concat([head, body]);
}

const message = (body: BsonDocument): Buffer =>
  framed(2013, Buffer.concat([Buffer.alloc(5), writeBson(body)]));

const command = (database: string, ...fields: (readonly [string, BsonValue])[]): Buffer =>
  message(document(...fields, ['$db', database]));

/** The documents of OP_MSG answers. */
function answersOf(outputs: readonly DecoyOutput[]): BsonDocument[] {
  const bytes = Buffer.concat(outputs.flatMap((output) => (output.do === 'reply' ? [output.bytes] : [])));
  const found: BsonDocument[] = [];
  for (let at = 0; at < bytes.length; at += bytes.readInt32LE(at)) {
    const inside = readBson(bytes, at + (bytes.readInt32LE(at + 12) === 1 ? 36 : 21));
    if (inside !== null) found.push(inside.document);
  }
  return found;
}

const ask = (who: Persona, ...messages: Buffer[]): DecoyOutput[] =>
  talk(mongodb, stillContext(who), messages);

describe('the mongodb decoy', () => {
  it('answers a greeting in the old form and in the new', () => {
    const old = framed(
      2004,
      Buffer.concat([
        Buffer.alloc(4),
        Buffer.from('admin.$cmd\0'),
        Buffer.alloc(4),
        Buffer.from([1, 0, 0, 0]),
        writeBson(document(['isMaster', 1])),
      ]),
    );
    const [first, second] = answersOf(ask(persona(), old, command('admin', ['hello', 1])));
    expect([first?.get('ismaster'), first?.get('maxWireVersion')]).toEqual([true, 9]);
    expect(second?.get('isWritablePrimary')).toBe(true);
  });

  it('keeps what is inserted, for the same visitor', () => {
    const who = persona();
    const insert = command(
      'things',
      ['insert', 'a'],
      ['documents', [document(['x', 1], ['y', 'one']), document(['x', 2])]],
    );
    const [inserted] = answersOf(ask(who, insert));
    expect(inserted?.get('n')).toBe(2);
    const find = command('things', ['find', 'a'], ['filter', document(['x', document(['$gt', 1])])]);
    const batch = (found: BsonDocument | undefined): BsonValue | undefined => {
      const cursor = found?.get('cursor');
      return cursor instanceof Map ? cursor.get('firstBatch') : undefined;
    };
    expect(batch(answersOf(ask(who, find))[0])).toHaveLength(1);
    expect(
      batch(answersOf(talk(mongodb, stillContext(who, { source: '198.51.100.8' }), [find]))[0]),
    ).toHaveLength(0);
    expect(answersOf(ask(who, command('things', ['count', 'a'])))[0]?.get('n')).toBe(2);
  });

  it('recognises data held to ransom and keeps the note', () => {
    const who = persona();
    const [list] = answersOf(ask(who, command('admin', ['listDatabases', 1], ['nameOnly', true])));
    const databases = list?.get('databases');
    const names = (Array.isArray(databases) ? databases : []).map((each: BsonValue) =>
      each instanceof Map ? each.get('name') : null,
    );
    const own = names.find(
      (name) => typeof name === 'string' && !['admin', 'config', 'local'].includes(name),
    );
    if (typeof own !== 'string') throw new Error('no database of an application');
    const outputs = ask(
      who,
      command(own, ['dropDatabase', 1]),
      command(
        'READ__ME_TO_RECOVER_YOUR_DATA',
        ['insert', 'README'],
        ['documents', [document(['content', 'All your data is backed up. Pay 0.01 BTC to recover it.'])]],
      ),
    );
    expect(exploitNames(outputs)).toEqual([
      'mongodb-data-destruction',
      'mongodb-ransom-note',
      'mongodb-ransom-note',
    ]);
    const capture = outputs.find((output) => output.do === 'capture');
    expect(capture?.do === 'capture' && Buffer.from(capture.bytes).toString()).toContain('0.01 BTC');
    expect(
      exploitNames(
        ask(
          persona(),
          command('a', ['find', 'b']),
          command('a', ['insert', 'b'], ['documents', [document(['x', 1])]]),
        ),
      ),
    ).toEqual([]);
  });

  it('refuses what it does not know or let, in the server’s words', () => {
    expect(answersOf(ask(persona(), command('admin', ['nothing', 1])))[0]?.get('errmsg')).toBe(
      "no such command: 'nothing'",
    );
    const [refused] = answersOf(ask(persona('4.4.29', 'enabled'), command('admin', ['listDatabases', 1])));
    expect([refused?.get('code'), refused?.get('errmsg')]).toEqual([
      13,
      'command listDatabases requires authentication',
    ]);
  });

  const login = (who: Persona, password: string): { outputs: DecoyOutput[]; session: DecoySession } => {
    const session = mongodb.open(stillContext(who));
    const first = 'n=admin,r=abc';
    const begin = command(
      'admin',
      ['saslStart', 1],
      ['mechanism', 'SCRAM-SHA-256'],
      ['payload', Buffer.from(`n,,${first}`)],
    );
    const opened = [...session.receive(begin)];
    const payload = answersOf(opened)[0]?.get('payload');
    const server = Buffer.isBuffer(payload) ? payload.toString() : '';
    const [, nonce = '', salt = '', iterations = ''] = /^r=(.*),s=(.*),i=(\d+)$/.exec(server) ?? [];
    const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256');
    const key = createHmac('sha256', salted).update('Client Key').digest();
    const stored = createHash('sha256').update(key).digest();
    const signature = createHmac('sha256', stored).update(`${first},${server},c=biws,r=${nonce}`).digest();
    const proof = Buffer.from(key.map((octet, index) => octet ^ (signature[index] ?? 0))).toString('base64');
    return {
      session,
      outputs: [
        ...session.receive(
          command(
            'admin',
            ['saslContinue', 1],
            ['conversationId', 1],
            ['payload', Buffer.from(`c=biws,r=${nonce},p=${proof}`)],
          ),
        ),
      ],
    };
  };

  it('takes SCRAM-SHA-256 and tells which password the proof gives away', () => {
    const who = persona('4.4.29', 'enabled');
    const right = login(who, 'admin');
    expect(right.outputs[0]).toMatchObject({
      do: 'saw',
      fact: { kind: 'auth', user: 'admin', method: 'password', password: 'admin', accepted: true },
    });
    const thanks = answersOf(right.outputs)[0]?.get('payload');
    expect(Buffer.isBuffer(thanks) && thanks.toString()).toMatch(/^v=/);
    expect(
      answersOf([...right.session.receive(command('admin', ['listDatabases', 1]))])[0]?.has('databases'),
    ).toBe(true);
    const wrong = login(who, 'not on any list');
    expect(wrong.outputs[0]).toMatchObject({
      do: 'saw',
      fact: { kind: 'auth', method: 'other', accepted: false },
    });
    expect(answersOf(wrong.outputs)[0]?.get('codeName')).toBe('AuthenticationFailed');
  });

  it('knows its protocol and no other', () => {
    expect(mongodb.recognise?.(command('a', ['ping', 1]))).toBe(1);
    expect(mongodb.recognise?.(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n'))).toBe(0);
  });

  const value: fc.Arbitrary<BsonValue> = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.string({ maxLength: 8 }),
    fc.integer({ min: -1000, max: 1000 }),
    fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
  );
  const fields = fc.array(
    fc.tuple(
      fc.constantFrom(
        '$db',
        'filter',
        'documents',
        'pipeline',
        'updates',
        'deletes',
        'payload',
        'x',
        '$set',
        'q',
      ),
      fc.oneof(
        value,
        fc.array(
          fc
            .array(fc.tuple(fc.constantFrom('x', '$match', '$in', 'q', 'u'), value), { maxLength: 3 })
            .map((each) => document(...each)),
          { maxLength: 3 },
        ),
      ),
    ),
    { maxLength: 4 },
  );
  const names = fc.constantFrom(
    'find',
    'insert',
    'update',
    'delete',
    'aggregate',
    'count',
    'drop',
    'create',
    'listDatabases',
    'listCollections',
    'hello',
    'buildInfo',
    'saslStart',
    'saslContinue',
    'distinct',
    'dbStats',
    'getLog',
    'dropDatabase',
    'x',
  );
  const request = fc
    .tuple(names, value, fields)
    .map(([name, first, rest]) => message(document([name, first], ...rest)));
  const stream = fc
    .array(
      fc.oneof(
        request,
        request,
        fc.uint8Array({ maxLength: 40 }),
        fc.uint8Array({ maxLength: 40 }).map((bytes) => framed(2013, Buffer.from(bytes))),
        fc.uint8Array({ maxLength: 40 }).map((bytes) => framed(2004, Buffer.from(bytes))),
      ),
      { maxLength: 4 },
    )
    .map((parts) => Buffer.concat(parts));

  it('gives the same for any split of any bytes, and never throws', () => {
    const comparable = (outputs: readonly DecoyOutput[]): string => JSON.stringify(outputs);
    fc.assert(
      fc.property(stream, fc.array(fc.nat(200), { maxLength: 6 }), (bytes, places) => {
        expect(comparable(talk(mongodb, stillContext(persona()), cut(bytes, places)))).toBe(
          comparable(talk(mongodb, stillContext(persona()), [bytes])),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('reads back what it writes, and nothing that is cut short', () => {
    fc.assert(
      fc.property(fields, fc.nat(200), (list, at) => {
        const bytes = writeBson(document(...list));
        const again = readBson(bytes, 0);
        expect(again === null ? null : writeBson(again.document).toString('hex')).toBe(bytes.toString('hex'));
        expect(readBson(bytes.subarray(0, at % bytes.length), 0)).toBe(null);
      }),
    );
  });
});

describe('clients', () => {
  needTools(['nmap'])('tells nmap its version and its databases', async () => {
    await using served = await serveDecoy(mongodb, persona());
    const child = spawn('nmap', [
      '-Pn',
      '-p',
      String(served.port),
      '--script',
      '+mongodb-info,+mongodb-databases',
      '127.0.0.1',
    ]);
    let text = '';
    child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
    await new Promise((resolve) => child.on('close', resolve));
    expect(text).toContain('version = 4.4.29');
    expect(text).toContain('name = admin');
    expect(served.errors).toEqual([]);
  });
});
