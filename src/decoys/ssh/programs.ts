/** Which program a session channel runs: the visitor's shell, or one of those that move files. */

import { encodeText } from '../../shell/byte-text.ts';
import { layerOf } from '../../shell/files/visit.ts';
import type { ShellOptions } from '../../shell/options.ts';
import type { OpenShell, Program } from './program.ts';
import type { SshDaemon } from './daemon.ts';
import { parseScpCommand } from './scp-command.ts';
import { ScpSink } from './scp-sink.ts';
import { ScpSource } from './scp-source.ts';
import { SftpServer } from './sftp-server.ts';
import { Visitor } from './visitor.ts';

export type Request =
  | { readonly kind: 'shell' }
  | { readonly kind: 'exec'; readonly command: string }
  | { readonly kind: 'sftp' };

/** Where Dropbear looks for the program of the subsystem; a device has none there, which its shell says. */
const dropbearSftp = '/usr/libexec/sftp-server';

export function openProgram(
  request: Request,
  given: ShellOptions,
  daemon: SshDaemon,
  openShell: OpenShell,
): Program {
  // Not spread: the sizes of the terminal are read when asked.
  const options: ShellOptions = Object.create(given, {
    layer: { value: layerOf(given.persona, given.source) },
  });
  if (request.kind === 'sftp') {
    if (daemon.product === 'openssh') return new SftpServer(new Visitor(options), daemon.version);
    return started(openShell(options), dropbearSftp);
  }
  if (request.kind === 'shell') return openShell(options);
  const { command } = request;
  const scp = parseScpCommand(encodeText(command));
  if (scp === null) return started(openShell(options), command);
  const visitor = new Visitor(options);
  const program = scp.mode === 'take' ? new ScpSink(visitor, scp) : new ScpSource(visitor, scp);
  return {
    *start() {
      yield { say: 'command', input: command, urls: [] };
      yield* program.start();
    },
    receive: (bytes) => program.receive(bytes),
    end: () => program.end(),
  };
}

/** A shell whose start is to run this command. */
function started(shell: ReturnType<OpenShell>, command: string): Program {
  return {
    start: () => shell.run(command),
    receive: (bytes) => shell.receive(bytes),
    end: () => shell.end(),
  };
}
