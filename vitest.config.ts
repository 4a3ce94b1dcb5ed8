import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Tests with namespaces, captures and whole installations: one after another, so that none takes the processors from another. */
const whole = [
  'test/loop/**/*.test.ts',
  'test/faults/**/*.test.ts',
  'test/life/**/*.test.ts',
  'test/up/**/*.test.ts',
  'test/telemetry/**/*.test.ts',
  'test/personas/**/*.test.ts',
  'test/object-store.test.ts',
  'src/sensor/any-port.test.ts',
  'src/sensor/probe-watch.test.ts',
  'src/enforcers/nftables/nftables.test.ts',
  'src/daemon/reachable-code.test.ts',
];

const config: ViteUserConfig = defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: whole,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: whole,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});

export default config;
