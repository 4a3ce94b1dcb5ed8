/** SITE: what a server has of its own. */

import type { DecoyOutput } from '../../core/decoy.ts';
import type { ControlConnection } from './control-connection.ts';

/** RFC 959 §4.1.3: SITE <SP> <string> <CRLF> */
export function* site(control: ControlConnection, argument: string): Iterable<DecoyOutput> {
  const [, word = '', mode = '', path = ''] = /^(\S*)\s*(\S*)\s*(.*)$/s.exec(argument) ?? [];
  const name = word.toUpperCase();
  if (control.isVsftpd && control.isAnonymous && !control.server.anonymousMayWrite && name !== 'EXEC')
    yield* control.say(control.words.denied(argument));
  else if (name === 'HELP')
    yield* control.say(...control.words.siteHelp(control.server.copies, control.context.destination));
  else if (name === 'CHMOD' && /^[0-7]{3,4}$/.test(mode) && path !== '') {
    yield* control.change('CHMOD', path, () => {
      control.files.changeMode(path, Number.parseInt(mode, 8));
      return control.words.changedMode;
    });
  } else if (name === 'UMASK' && control.isVsftpd)
    yield* control.say(mode === '' ? '200 Your current UMASK is 077' : `200 UMASK set to ${mode}`);
  else {
    if (name === 'EXEC') {
      yield control.exploit({
        class: 'rce',
        name: 'ftp-site-exec',
        cves: ['CVE-1999-0080'],
        technique: 'T1059',
        detail: argument,
      });
    }
    yield* control.say(control.words.siteUnknown(argument));
  }
}

/** ProFTPD's mod_copy: SITE CPFR <path>, SITE CPTO <path>; until 1.3.5 before any login (CVE-2015-3306). */
export function* copySite(control: ControlConnection, argument: string): Iterable<DecoyOutput> {
  const path = argument.slice(5).trim();
  const isOpen = control.server.version === '1.3.5';
  yield control.exploit({
    class: 'rce',
    name: 'proftpd-mod-copy',
    cves: ['CVE-2015-3306'],
    technique: 'T1190',
    detail: `SITE ${argument}`,
  });
  if (!control.isLoggedIn && !isOpen) {
    yield* control.say(control.words.loginFirst);
    return;
  }
  yield* control.attempt('RNFR', path, () => {
    if (/^CPFR/i.test(argument)) {
      control.files.get(path);
      control.copying = path;
      return control.words.renameFrom;
    }
    if (control.copying === null) return control.words.renameFirst;
    control.files.copy(control.copying, path);
    control.copying = null;
    return '250 Copy successful';
  });
}
