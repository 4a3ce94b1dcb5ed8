import type { DecoyOutput } from '../../core/decoy.ts';
import { FileFault } from '../../shell/files/fault.ts';
import type { ControlConnection } from './control-connection.ts';
import { listing } from './folder-listing.ts';

export function* status(control: ControlConnection, argument: string): Iterable<DecoyOutput> {
  const { source } = control.context;
  if (argument !== '') {
    try {
      const lines = listing(control, argument, false, false).replaceAll('\r\n', '\n').trimEnd().split('\n');
      const head = control.isVsftpd ? '213-Status follows:' : `213-Status of ${argument}:`;
      yield* control.say(
        head,
        ...lines.map((line) => (control.isVsftpd ? line : ` ${line}`)),
        '213 End of status',
      );
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      yield* control.say(
        ...(control.isVsftpd
          ? ['213-Status follows:', '213 End of status']
          : [`450 ${argument}: No such file or directory`]),
      );
    }
    return;
  }
  const kind = control.isBinary ? 'BINARY' : 'ASCII';
  if (control.isVsftpd) {
    yield* control.say(
      '211-FTP server status:',
      `     Connected to ${source}`,
      `     Logged in as ${control.isAnonymous ? 'ftp' : (control.context.persona.users[0]?.name ?? 'user')}`,
      `     TYPE: ${kind}`,
      '     No session bandwidth limit',
      '     Session timeout in seconds is 300',
      `     Control connection is ${control.isSecure ? 'SSL' : 'plain text'}`,
      `     Data connections will be ${control.isPrivate ? 'SSL' : 'plain text'}`,
      '     At session startup, client count was 1',
      `     vsFTPd ${control.server.version} - secure, fast, stable`,
      '211 End of status',
    );
    return;
  }
  yield* control.say(
    `211-Status of '${control.context.persona.hostname}'`,
    ` Connected from ${source} (${source})`,
    ` Logged in as ${control.isAnonymous ? 'ftp' : (control.context.persona.users[0]?.name ?? 'user')}`,
    ` TYPE: ${kind}, STRUcture: File, Mode: Stream`,
    ' No data connection',
    '211 End of status',
  );
}
