import { describe, expect, it } from 'vitest';
import { configurationWarnings } from './configuration-warnings.ts';
import { parseConfiguration } from './configuration.ts';

const warned = (yaml: string): string[] =>
  configurationWarnings(parseConfiguration(yaml, 'picket.yaml')).map(({ path }) => path.join('.'));

describe('the doctor warns of', () => {
  it('files and folders that are waited for: their names may be wrong', () => {
    expect(warned(`telemetry: [{ file: ${import.meta.filename} }, { file: /absent/auth.log }]\n`)).toEqual([
      'telemetry.1.file',
    ]);
    expect(warned(`sensor: { lures: [${import.meta.dirname}, /absent/lures] }\n`)).toEqual([
      'sensor.lures.1',
    ]);
  });

  it.each(['own', 'allow', 'lab'])('networks as wide as the world under guards.%s', (key) => {
    const wide = ['0.0.0.0/0', '127.0.0.0/7', '"::/0"', '"2000::/3"'];
    expect(warned(`guards: { ${key}: [${wide.join(', ')}] }\n`)).toEqual(
      wide.map((_, index) => `guards.${key}.${index}`),
    );
    expect(warned(`guards: { ${key}: [10.0.0.0/8, 127.0.0.0/8, "fc00::/7", "fe80::/10"] }\n`)).toEqual([]);
  });

  it('senders of telemetry from anywhere', () => {
    expect(warned('telemetry: [{ flow: { listen: "127.0.0.1:2055", from: [0.0.0.0/0] } }]\n')).toEqual([
      'telemetry.0.flow.from.0',
    ]);
    expect(
      warned('telemetry: [{ syslog: { udp: "127.0.0.1:5514", from: [10.0.0.0/8, "::/0"] } }]\n'),
    ).toEqual(['telemetry.0.syslog.from.1']);
  });

  it('nothing where nothing is configured', () => {
    expect(warned('')).toEqual([]);
  });
});
