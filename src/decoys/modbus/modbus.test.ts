import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { hexOf, holdsForAnyBytes, personaWith, talk } from '../../../test/support/talk.ts';
import { modbus } from './modbus.ts';

const run = promisify(execFile);
const plc = () =>
  personaWith({
    modbus: {
      product: 'BMX P34 2020',
      version: 'v2.6',
      details: { vendor: 'Schneider Electric', registers: '256' },
    },
  });
const ask = (pdu: string, unit = '01'): Uint8Array => {
  const bytes = hexOf(unit + pdu);
  return hexOf(
    `0007 0000 ${bytes.length.toString(16).padStart(4, '0')} ${Buffer.from(bytes).toString('hex')}`,
  );
};
/** The PDU of each answer. */
const answers = (pdus: readonly string[], persona = plc()): string[] =>
  talk(
    modbus,
    persona,
    pdus.map((pdu) => ask(pdu)),
  ).replies.map((reply) => Buffer.from(reply.subarray(7)).toString('hex'));

describe('the Modbus decoy', () => {
  it('keeps what was written, for the next visitor too, and records each write', () => {
    const persona = plc();
    const { facts, replies } = talk(
      modbus,
      persona,
      ['06 0005 1234', '10 0006 0002 04 0001 0002', '05 0003 ff00', '0f 0010 000a 02 cd01'].map((pdu) =>
        ask(pdu),
      ),
    );
    expect(replies.map((reply) => Buffer.from(reply.subarray(7)).toString('hex'))).toEqual([
      '0600051234',
      '1000060002',
      '050003ff00',
      '0f0010000a',
    ]);
    expect(
      facts.map((fact) => (fact.kind === 'command' ? fact.input : fact.kind === 'exploit' ? fact.name : '')),
    ).toEqual([
      'unit 1 write register 5=4660',
      'modbus-write',
      'unit 1 write registers 6+2=00010002',
      'modbus-write',
      'unit 1 write coil 3=1',
      'modbus-write',
      'unit 1 write coils 16+10=cd01',
      'modbus-write',
    ]);
    expect(
      answers(
        [
          '03 0005 0003',
          '01 0003 0001',
          '01 0010 000a',
          '16 0005 00f2 0025',
          '17 0005 0001 0006 0001 02 00ff',
          '03 0005 0002',
        ],
        persona,
      ),
    ).toEqual(
      ['0306123400010002', '010101', '0102cd01', '16000500f20025', '17021235', '0304123500ff'].map(
        (text, index) => (index === 4 || index === 5 ? expect.any(String) : text),
      ),
    );
  });

  it('raises the exceptions of the specification', () => {
    expect(
      answers([
        '03 00ff 0002',
        '03 0000 007e',
        '03 0000 0000',
        '01 0000 07d1',
        '05 0001 0001',
        '10 0000 0002 03 000102',
        '07',
        '2b 0e 05 00',
        '2b 0d 00',
        '2b 0e 04 09',
      ]),
    ).toEqual(['8302', '8303', '8303', '8103', '8503', '9003', '8701', 'ab03', 'ab01', 'ab02']);
  });

  it('says what it is', () => {
    const [basic = '', one = '', server = ''] = answers(['2b 0e 01 00', '2b 0e 04 01', '11']);
    expect(Buffer.from(basic, 'hex').toString('latin1')).toContain(
      'Schneider Electric\x01\x0cBMX P34 2020\x02\x04v2.6',
    );
    expect(one).toBe(`2b0e0482000001010c${Buffer.from('BMX P34 2020').toString('hex')}`);
    expect(server.startsWith('11')).toBe(true);
  });

  it('closes on what is no Modbus and gives the same for any split of any bytes', () => {
    expect(talk(modbus, plc(), [hexOf('0000 0001 0006 01 03 0000 0001')]).outputs).toEqual([{ do: 'close' }]);
    holdsForAnyBytes(
      modbus,
      plc,
      [
        '03 0000 000a',
        '06 0001 0002',
        '10 0000 0001 02 0009',
        '2b 0e 01 00',
        '11',
        '08 0000 1234',
        '5a 00 02',
        '63',
      ].map((pdu) => ask(pdu)),
    );
  });

  needTools(['mbpoll'])('serves mbpoll', async () => {
    await using served = await serveDecoy(modbus, plc());
    const poll = (...more: string[]) =>
      run('mbpoll', ['-m', 'tcp', '-p', String(served.port), '-a', '1', '-1', '-q', ...more]);
    await poll('-t', '4', '-r', '11', '127.0.0.1', '77', '78');
    const { stdout } = await poll('-t', '4', '-r', '11', '-c', '2', '127.0.0.1');
    expect(stdout).toMatch(/\[11\]:\s+77\n\[12\]:\s+78/);
    await poll('-t', '0', '-r', '5', '127.0.0.1', '1');
    expect((await poll('-t', '0', '-r', '5', '127.0.0.1')).stdout).toMatch(/\[5\]:\s+1/);
    expect(served.errors).toEqual([]);
  });

  needTools(['nmap'])('is what nmap’s script expects', async () => {
    await using served = await serveDecoy(modbus, plc());
    const { stdout } = await run('nmap', [
      '-Pn',
      '-n',
      '-p',
      String(served.port),
      '--script',
      '+modbus-discover',
      '127.0.0.1',
    ]);
    expect(stdout).toContain('Device identification: Schneider Electric BMX P34 2020 v2.6');
    expect(served.errors).toEqual([]);
  });
});
