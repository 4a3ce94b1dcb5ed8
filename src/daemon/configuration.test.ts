import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { examineConfiguration, loadWholeConfiguration, parseConfiguration } from './configuration.ts';
import type { Configuration } from './configuration-type.ts';

describe('the configuration', () => {
  it('needs no file: every key has a default', () => {
    const configuration = parseConfiguration('', 'picket.yaml');
    expect(configuration.mode).toBe('observe');
    expect(configuration.api).toEqual({ listen: '127.0.0.1', port: 8910, tls: { certificate: '', key: '' } });
    expect(configuration.sensor.listeners.map((listener) => listener.decoy)).toEqual([
      'ssh',
      'telnet',
      'http',
      'http',
      'redis',
    ]);
    expect(configuration.sensor.listeners.every((listener) => listener.transport === 'tcp')).toBe(true);
    expect(configuration.state).not.toBe('');
  });

  it('does not let one read change the defaults of the next', () => {
    const first = parseConfiguration('', 'a.yaml');
    Object.assign(first.guards.own, ['203.0.113.0/24']);
    expect(parseConfiguration('', 'b.yaml').guards.own).toEqual([]);
  });

  it.each([
    ['mode: observe\nmod: x\n', 'picket.yaml:2: mod is no known key; did you mean mode?'],
    ['api:\n  listen: 127.0.0.1\n  prot: 1\n', 'picket.yaml:3: api.prot is no known key; did you mean port?'],
    ['mode: fast\n', 'picket.yaml:1: mode is "fast"; one of observe, enforce is allowed'],
    [
      'guards:\n  own:\n    - 10.0.0.0/8\n    - ten\n',
      'picket.yaml:4: guards.own.1 is "ten"; write a network such as 192.0.2.0/24',
    ],
    [
      'sensor:\n  listeners:\n    - decoy: ssh\n      port: 99999\n',
      'picket.yaml:4: sensor.listeners.0.port must be <= 65535, and is 99999',
    ],
    [
      'sensor:\n  listeners:\n    - decoy: ssh\n',
      'picket.yaml:3: sensor.listeners.0 lacks the key port; add it',
    ],
    [
      'store:\n  engine: clickhouse\n',
      'picket.yaml:1: store.url must be the address of the server with engine clickhouse',
    ],
    [
      'sensor:\n  listeners:\n    - {decoy: ssh, port: 22}\n    - {decoy: http, port: 22}\n',
      'picket.yaml:4: sensor.listeners.1.port is 22, as of another entry',
    ],
    ['- a\n', 'picket.yaml:1: a configuration is a map of keys such as "mode: observe"'],
  ])('names file, line, key and mend: %j', (text, message) => {
    expect(() => parseConfiguration(text, 'picket.yaml')).toThrow(message);
  });
});

describe('the whole configuration', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'picket-configuration-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const whole = (text: string): Promise<Configuration> => {
    writeFileSync(join(folder, 'p.yaml'), text);
    return loadWholeConfiguration(join(folder, 'p.yaml'));
  };

  it('of the defaults names nothing that is not there', async () => {
    expect((await whole('')).mode).toBe('observe');
    expect((await loadWholeConfiguration(null)).mode).toBe('observe');
  });

  it.each([
    [
      'sensor:\n  listeners:\n    - { decoy: ssh, port: 22 }\n    - decoy: reddis\n      port: 1\n',
      'p.yaml:4: sensor.listeners.1.decoy is "reddis", which is no decoy; did you mean redis?; there are ',
    ],
    [
      'sensor:\n  listeners:\n    - decoy: ssh\n      persona: nope\n      port: 1\n',
      'p.yaml:4: sensor.listeners.0.persona is "nope", which is no persona; there are ubuntu-web, debian-db',
    ],
    ['sensor:\n  anyPort:\n    persona: nope\n', 'p.yaml:3: sensor.anyPort.persona is "nope"'],
    [
      'sensor:\n  listeners:\n    - decoy: ssh\n      transport: udp\n      port: 1\n',
      'p.yaml:4: sensor.listeners.0.transport is udp, and the decoy ssh speaks over tcp',
    ],
    [
      'sensor:\n  anyPort:\n    interface: nope0\n',
      'p.yaml:3: sensor.anyPort.interface is "nope0", which this machine does not have',
    ],
    [
      'guards:\n  benignLists:\n    - /nonexistent/list.json\n',
      'p.yaml:3: guards.benignLists.0 names /nonexistent/list.json, which is not there; check the name',
    ],
    [
      'api:\n  tls:\n    certificate: /nonexistent/c.pem\n',
      'p.yaml:2: api.tls.key is empty while certificate names a file; name both',
    ],
    [
      'api:\n  tls:\n    certificate: /nonexistent/c.pem\n    key: /nonexistent/k.pem\n',
      'p.yaml:3: api.tls.certificate is /nonexistent/c.pem, which is not there; check the name',
    ],
  ])('names file, line, key and mend of what is not there: %j', async (text, message) => {
    await expect(whole(text)).rejects.toThrow(message);
  });

  it('names the line of a benign list that is none', async () => {
    const list = join(folder, 'list.txt');
    writeFileSync(list, '10.0.0.0/8\nten\n');
    await expect(whole(`guards: { benignLists: [${list}] }\n`)).rejects.toThrow(
      `${list}:2: ten is no network; write one CIDR a line`,
    );
    writeFileSync(list, '{"list": [');
    await expect(whole(`guards: { benignLists: [${list}] }\n`)).rejects.toThrow(
      'begins like JSON and is none',
    );
  });

  it('tells the doctor all at once', async () => {
    writeFileSync(
      join(folder, 'p.yaml'),
      'sensor:\n  listeners:\n    - { decoy: x, port: 22, persona: y }\n    - { decoy: ssh, port: 22 }\n',
    );
    const { faults } = await examineConfiguration(join(folder, 'p.yaml'));
    expect(faults.map((fault) => fault.replace(/^.*p\.yaml:/, '').slice(0, 45))).toEqual(
      [
        '4: sensor.listeners.1.port is 22, as of another',
        '3: sensor.listeners.0.decoy is "x", which is no',
        '3: sensor.listeners.0.persona is "y", which is ',
      ].map((text) => text.slice(0, 45)),
    );
  });
});
