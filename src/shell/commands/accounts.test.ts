import { describe, expect, it } from 'vitest';
import { runShell } from '../../../test/support/run-shell.ts';

const output = (command: string): string => runShell('linux-gnu', command).output;

describe('su', () => {
  it('runs the shell that /etc/passwd names, by its own name', () => {
    expect(output(`useradd -m -s /bin/sh joe; su joe -c 'echo $0 $SHELL $HOME'`)).toBe(
      'sh /bin/sh /home/joe\n',
    );
    expect(output(`su -c 'echo $0 $SHELL'`)).toBe('bash /bin/bash\n');
    expect(output(`su - root -c pwd`)).toBe('/root\n');
  });

  it('gives the rights of the account, and takes another shell where it is asked to', () => {
    expect(output(`su -s /bin/sh nobody -c 'id -u; echo $0'; id -u`)).toBe('65534\nsh\n0\n');
  });

  it('lets nobody in whose shell is none, nor who is not there', () => {
    expect(output('su nobody -c id')).toBe('This account is currently not available.\n');
    expect(output('su nosuch')).toContain('su: user nosuch does not exist');
  });
});
