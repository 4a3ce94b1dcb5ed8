import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { hexOf, holdsForAnyBytes, personaWith, talk } from '../../../test/support/talk.ts';
import { octets, uint16 } from '../../wire/big-endian.ts';
import { s7comm } from './s7comm.ts';
import { stationOf } from './station.ts';

const run = promisify(execFile);
const plc = () =>
  personaWith({
    s7comm: {
      product: '6ES7 315-2EH14-0AB0',
      version: '3.2.14',
      details: { system: 'Pumpwerk', module: 'CPU 315', plant: 'Nord' },
    },
  });
const framed = (...parts: readonly (number | string | Uint8Array)[]): Uint8Array => {
  const body = octets(...parts);
  return octets(3, 0, uint16(body.length + 4), body);
};
const connect = hexOf('03000016 11e00000001400 c0010a c1020100 c2020102');
const job = (parameters: string, data = '', kind = 1): Uint8Array => {
  const [p, d] = [hexOf(parameters), hexOf(data)];
  return framed(
    2,
    0xf0,
    0x80,
    0x32,
    kind,
    uint16(0),
    uint16(0x0203),
    uint16(p.length),
    uint16(d.length),
    p,
    d,
  );
};
const setup = job('f000 0001 0001 01e0');
const stop = job('29 0000000000 09 505f50524f4752414d');
const start = job('28 000000000000fd 0000 09 505f50524f4752414d');
const flags = '12 0a 10 02 0002 0000 83 000050';
const szl = (id: string): Uint8Array => job('000112 04 11 44 01 00', `ff09 0004 ${id} 0000`, 7);

/** Behind TPKT, COTP and the head's first ten octets: error, parameters, data. */
const answers = (outputs: ReturnType<typeof talk>): string[] =>
  outputs.replies.map((reply) => Buffer.from(reply.subarray(17)).toString('hex'));

describe('the S7 decoy', () => {
  it('connects to its slot, agrees on a length, and refuses another slot', () => {
    const { replies } = talk(s7comm, plc(), [connect, setup]);
    expect(Buffer.from(replies[0] ?? []).toString('hex')).toBe(
      '0300001611d00014443100c0010ac1020100c2020102',
    );
    expect(answers(talk(s7comm, plc(), [connect, setup]))[1]).toBe('0000f0000001000100f0');
    const other = talk(s7comm, plc(), [hexOf('03000016 11e00000001400 c0010a c1020100 c2020105')]);
    expect(other.replies[0]?.[5]).toBe(0x80);
    expect(other.outputs.at(-1)).toEqual({ do: 'close' });
  });

  it('reads what was written, and names what is not there', () => {
    const persona = plc();
    const written = talk(s7comm, persona, [
      connect,
      setup,
      job(`05 01 ${flags}`, '00 04 0010 cafe'),
      job(`04 01 ${flags}`),
    ]);
    expect(answers(written).slice(2)).toEqual(['00000501ff', '00000401ff040010cafe']);
    expect(written.facts).toContainEqual(
      expect.objectContaining({ kind: 'exploit', name: 's7-write', technique: 'T0855' }),
    );
    const missing = [
      job('04 01 12 0a 10 02 0002 7fff 84 000000'),
      job('04 01 12 0a 10 02 0002 0000 83 00ffff'),
    ];
    expect(answers(talk(s7comm, persona, [connect, setup, ...missing])).slice(2)).toEqual([
      '000004010a000000',
      '0000040105000000',
    ]);
  });

  it('stops and starts once, and says so the second time', () => {
    const persona = plc();
    const { facts } = talk(s7comm, persona, [connect, setup, stop]);
    expect(stationOf(persona).running).toBe(false);
    expect(facts.at(-1)).toMatchObject({ kind: 'exploit', name: 's7-cpu-stop', technique: 'T0816' });
    expect(answers(talk(s7comm, persona, [connect, setup, stop, start, start])).slice(2)).toEqual([
      '00002907',
      '000028',
      '00002802',
    ]);
  });

  it('records a password that was tried', () => {
    const sealed = Array.from('geheim  ', (letter) => letter.charCodeAt(0));
    const octetsSent: number[] = [];
    for (const [index, octet] of sealed.entries())
      octetsSent.push(octet ^ 0x55 ^ (index > 1 ? (octetsSent[index - 2] ?? 0) : 0));
    const { facts } = talk(s7comm, plc(), [
      connect,
      setup,
      job('000112 04 11 45 01 00', `ff09 0008 ${Buffer.from(octetsSent).toString('hex')}`, 7),
    ]);
    expect(facts).toContainEqual({
      kind: 'auth',
      service: 's7comm',
      user: '',
      method: 'password',
      password: 'geheim',
      accepted: false,
    });
  });

  it('sends a long status list in parts, and errors for unknown ones', () => {
    const next = job('000112 08 12 44 01 01 00 00 0000', '0a 00 0000', 7);
    const { replies } = talk(s7comm, plc(), [connect, setup, szl('001c'), next]);
    expect([replies[2]?.[26], replies[3]?.[26]]).toEqual([1, 0]);
    expect(replies.every((reply) => reply.length <= 247)).toBe(true);
    expect(Buffer.from(replies[3] ?? []).toString('latin1')).toContain('MMC ');
    expect(
      Buffer.from(talk(s7comm, plc(), [connect, setup, szl('7777')]).replies[2] ?? []).toString('hex'),
    ).toContain('0000d4010a000000');
  });

  it('gives the same for any split of any bytes', () => {
    const parts = [
      connect,
      setup,
      stop,
      start,
      szl('0011'),
      szl('001c'),
      szl('0424'),
      job(`04 01 ${flags}`),
      job(`05 01 ${flags}`, '00 04 0010 cafe'),
      job('000112 04 11 43 01 00', '0a00 0000', 7),
      job('000112 04 11 43 02 00', 'ff09 0002 3041', 7),
      job('000112 04 11 47 01 00', '0a00 0000', 7),
      job('1d 00'),
    ];
    holdsForAnyBytes(s7comm, plc, [...parts, octets(connect, setup)]);
  });

  needTools(['nmap'])('is what nmap’s script expects', async () => {
    await using served = await serveDecoy(s7comm, plc());
    const { stdout } = await run('nmap', [
      '-Pn',
      '-n',
      '-p',
      String(served.port),
      '--script',
      '+s7-info',
      '127.0.0.1',
    ]);
    expect(stdout).toContain('Module: 6ES7 315-2EH14-0AB0');
    expect(stdout).toContain('Basic Hardware: 6ES7 315-2EH14-0AB0');
    expect(stdout).toContain('Version: 3.2.14');
    expect(stdout).toContain('System Name: Pumpwerk');
    expect(stdout).toContain('Plant Identification: Nord');
    expect(served.errors).toEqual([]);
  });
});
