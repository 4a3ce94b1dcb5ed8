import type { Decoy } from '../../core/decoy.ts';
import { ShellSession } from '../../shell/session.ts';
import type { OpenShell } from './channel.ts';
import { SshSession } from './session.ts';

/** The SSH decoy with this shell behind the login. */
export function sshWith(openShell: OpenShell): Decoy {
  return {
    name: 'ssh',
    summary:
      'SSH 2: login attempts with passwords and key fingerprints, HASSH, a shell with everything typed into it',
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

/**
 * SSH 2 as the persona's own daemon speaks it (RFC 4251 to 4254 and OpenSSH's PROTOCOL): its algorithms in its order, its
 * answers to mistakes. Records every login attempt, lets in by the persona's policy, and leads to the visitor's shell.
 * A persona without SSH hangs up at once.
 */
export const ssh: Decoy = sshWith((options) => new ShellSession(options));
