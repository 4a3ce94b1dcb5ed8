import { describe, expect, it } from 'vitest';
import { parseConfiguration } from './configuration.ts';

describe('the configuration', () => {
  it('needs no file: every key has a default', () => {
    const configuration = parseConfiguration('', 'picket.yaml');
    expect(configuration.mode).toBe('observe');
    expect(configuration.api).toEqual({ listen: '127.0.0.1', port: 8910 });
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

  it('names the line of broken YAML', () => {
    expect(() => parseConfiguration('mode: observe\napi: [1\n', 'picket.yaml')).toThrow(
      /^picket\.yaml:\d: .*mend the YAML there$/,
    );
  });
});
