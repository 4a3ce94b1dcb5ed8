import type { Decoy } from '../../core/decoy.ts';
import { ShellSession } from '../../shell/session.ts';
import { sshWith } from './decoy.ts';

/**
 * SSH 2 as the persona's own daemon speaks it (RFC 4251 to 4254 and OpenSSH's PROTOCOL): its algorithms in its order, its
 * answers to mistakes. Records every login attempt, lets in by the persona's policy, and leads to the visitor's shell.
 * A persona without SSH hangs up at once.
 */
export const ssh: Decoy = sshWith((options) => new ShellSession(options));
