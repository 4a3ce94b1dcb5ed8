import type { Decoy } from '../../core/decoy.ts';
import type { OpenShell } from './program.ts';
import { SshSession } from './session.ts';

/** The SSH decoy with this shell behind the login. */
export function sshWith(openShell: OpenShell): Decoy {
  return {
    name: 'ssh',
    summary:
      'SSH 2: login attempts with passwords and key fingerprints, HASSH, a shell with everything typed into it',
    fidelity:
      'OpenSSH 9.2: algorithm lists, order and refusals equal; its sftp-server: 88 of 88 answers; Dropbear 2022.83: algorithm lists equal',
    transport: 'tcp',
    ports: [22, 2222],
    open(context) {
      const identity = context.persona.ssh;
      if (identity !== null) return new SshSession(context, identity, openShell);
      return {
        *start() {
          yield { do: 'close' };
        },
        *receive() {},
      };
    },
  };
}
