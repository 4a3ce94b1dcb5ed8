import { expect, it } from 'vitest';
import { parseConfiguration } from './configuration.ts';
import { telemetryFaults } from './telemetry-faults.ts';

const complaint = (entry: string): string => {
  try {
    parseConfiguration(`telemetry:\n  - ${entry}\n`, 'picket.yaml');
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

it('takes every kind of source, and hears this machine alone where no network is named', () => {
  const { telemetry } = parseConfiguration(
    'telemetry: [{ flow: { listen: "127.0.0.1:2055" } }, { file: /var/log/auth.log, format: auto }, { syslog: { tcp: "[::1]:5514", from: [192.0.2.0/24] } }, { journal: true }, { conntrack: true }]',
    'picket.yaml',
  );
  expect(telemetry).toEqual([
    { flow: { listen: '127.0.0.1:2055', from: ['127.0.0.0/8', '::1/128'] } },
    { file: '/var/log/auth.log', format: 'auto' },
    { syslog: { tcp: '[::1]:5514', from: ['192.0.2.0/24'] } },
    { journal: true },
    { conntrack: true },
  ]);
});

it('says what an entry lacks or has too much of', () => {
  expect(complaint('{ journal: true, conntrack: true }')).toContain(
    'has journal and conntrack; an entry is one of',
  );
  expect(complaint('{ format: auto }')).toContain('has none; an entry is one of');
  expect(complaint('{ flow: { listen: "127.0.0.1:514" } }')).toContain('a port from 1024 on');
  expect(complaint('{ flow: { listen: localhost } }')).toContain('telemetry.0.flow.listen');
  expect(complaint('{ syslog: { from: [192.0.2.0/24] } }')).toContain('listens nowhere');
  expect(complaint('{ journal: true, format: auto }')).toContain('goes with file or syslog alone');
  expect(
    complaint(
      '{ file: a }\n  - { flow: { listen: "127.0.0.1:2055" } }\n  - { syslog: { udp: "127.0.0.1:2055" } }',
    ),
  ).toContain('as of another entry');
});

it('knows readers by their names, and folders for what they are', async () => {
  const configuration = parseConfiguration('telemetry: [{ file: /tmp, format: nonsense }]', 'picket.yaml');
  expect((await telemetryFaults(configuration)).map(({ path, what }) => `${path.join('.')} ${what}`)).toEqual(
    [
      expect.stringContaining('telemetry.0.format is "nonsense", which is no reader'),
      'telemetry.0.file is "/tmp", which is no file',
    ],
  );
});
