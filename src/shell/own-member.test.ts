import { describe, expect, it } from 'vitest';
import { runShell } from '../../test/support/run-shell.ts';

const commands = [
  'getent NAME y',
  'wc --NAME',
  'find / -maxdepth 1 -type NAME',
  'ps --sort NAME',
  'ps -eo NAME',
  'sort --NAME',
  'sysctl NAME',
  'tar --NAME',
  'docker NAME',
  'docker NAME ls',
  'od --NAME /etc/hostname',
  'iptables NAME',
  'iptables -A INPUT --NAME 1',
  'systemctl status NAME',
  'set -o NAME; sh -o NAME -c :',
  'declare -A a; a[NAME]=1; echo ${a[NAME]}; NAME=1; echo $NAME; NAME',
];

describe('a name that every object has', () => {
  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
    'is as unknown to the commands as any other: %s',
    (name) => {
      for (const system of ['linux-gnu', 'linux-busybox'] as const)
        for (const command of commands) {
          const { fault, output } = runShell(system, command.replaceAll('NAME', name));
          expect(fault, command).toBeNull();
          expect(output, command).not.toMatch(/native code|\[object|undefined/);
        }
    },
  );
});
