/** What the two servers say, in their own words. Tried beside vsftpd 3.0.3 and ProFTPD 1.3.8. */

import type { FileFaultCode } from '../../shell/files/fault.ts';
import { fileFaults } from '../../shell/files/fault.ts';

export interface FtpWords {
  readonly loginFirst: string;
  readonly passwordFor: (isAnonymous: boolean, user: string) => string;
  readonly loggedIn: (isAnonymous: boolean, user: string) => string;
  readonly incorrect: string;
  readonly userFirst: string;
  readonly already: string;
  readonly reauthentication: (isAnonymous: boolean) => string;
  readonly unknown: (verb: string) => string;
  readonly noop: string;
  readonly goodbye: string;
  readonly folder: (path: string) => string;
  readonly changed: (verb: string) => string;
  readonly type: (letter: 'A' | 'I') => string;
  readonly badType: (argument: string) => string;
  readonly mode: (argument: string) => string;
  readonly structure: (argument: string) => string;
  readonly noDataConnection: string;
  readonly opening: (what: string, isBinary: boolean, bytes: number | null) => string;
  readonly sent: (kind: 'list' | 'file' | 'stored') => string;
  readonly denied: (path: string) => string;
  readonly fault: (verb: string, path: string, code: FileFaultCode) => string;
  readonly deleted: (verb: string) => string;
  readonly made: (path: string) => string;
  readonly renameFrom: string;
  readonly renamed: string;
  readonly renameFirst: string;
  readonly restart: (offset: number) => string;
  readonly allocated: string;
  readonly notImplemented: (verb: string) => string;
  readonly features: (withTls: boolean) => readonly string[];
  readonly help: (address: string) => readonly string[];
  readonly utf8: string;
  readonly badOption: (argument: string) => string;
  readonly changedMode: string;
  readonly siteUnknown: (argument: string) => string;
  readonly siteHelp: (copies: boolean, address: string) => readonly string[];
  readonly illegalPort: (verb: string) => string;
  readonly abort: string;
  readonly tlsBegins: (word: string) => string;
  readonly noTls: string;
}

export const vsftpdWords: FtpWords = {
  loginFirst: '530 Please login with USER and PASS.',
  passwordFor: () => '331 Please specify the password.',
  loggedIn: () => '230 Login successful.',
  incorrect: '530 Login incorrect.',
  userFirst: '503 Login with USER first.',
  already: '230 Already logged in.',
  reauthentication: (isAnonymous) =>
    isAnonymous ? "530 Can't change from guest user." : "530 Can't change to another user.",
  unknown: () => '500 Unknown command.',
  noop: '200 NOOP ok.',
  goodbye: '221 Goodbye.',
  folder: (path) => `257 "${path.replaceAll('"', '""')}" is the current directory`,
  changed: () => '250 Directory successfully changed.',
  type: (letter) => (letter === 'I' ? '200 Switching to Binary mode.' : '200 Switching to ASCII mode.'),
  badType: () => '500 Unrecognised TYPE command.',
  mode: (argument) => (argument.toUpperCase() === 'S' ? '200 Mode set to S.' : '504 Bad MODE command.'),
  structure: (argument) =>
    argument.toUpperCase() === 'F' ? '200 Structure set to F.' : '504 Bad STRU command.',
  noDataConnection: '425 Use PORT or PASV first.',
  opening: (what, isBinary, bytes) => {
    if (what === '') return '150 Here comes the directory listing.';
    if (bytes === null) return '150 Ok to send data.';
    return `150 Opening ${isBinary ? 'BINARY' : 'ASCII'} mode data connection for ${what} (${bytes} bytes).`;
  },
  sent: (kind) => (kind === 'list' ? '226 Directory send OK.' : '226 Transfer complete.'),
  denied: () => '550 Permission denied.',
  fault: (verb) =>
    ({
      CWD: '550 Failed to change directory.',
      CDUP: '550 Failed to change directory.',
      RETR: '550 Failed to open file.',
      SIZE: '550 Could not get file size.',
      MDTM: '550 Could not get file modification time.',
      STOR: '553 Could not create file.',
      DELE: '550 Delete operation failed.',
      MKD: '550 Create directory operation failed.',
      RMD: '550 Remove directory operation failed.',
      RNFR: '550 RNFR command failed.',
      RNTO: '550 Rename failed.',
      CHMOD: '550 SITE CHMOD command failed.',
    })[verb] ?? '550 Permission denied.',
  deleted: (verb) =>
    verb === 'RMD' ? '250 Remove directory operation successful.' : '250 Delete operation successful.',
  made: (path) => `257 "${path.replaceAll('"', '""')}" created`,
  renameFrom: '350 Ready for RNTO.',
  renamed: '250 Rename successful.',
  renameFirst: '503 RNFR required first.',
  restart: (offset) => `350 Restart position accepted (${offset}).`,
  allocated: '202 ALLO command ignored.',
  notImplemented: (verb) => `502 ${verb} not implemented.`,
  features: (withTls) => [
    '211-Features:',
    ...(withTls ? [' AUTH TLS'] : []),
    ' EPRT',
    ' EPSV',
    ' MDTM',
    ' PASV',
    ...(withTls ? [' PBSZ', ' PROT'] : []),
    ' REST STREAM',
    ' SIZE',
    ' TVFS',
    '211 End',
  ],
  help: () => [
    '214-The following commands are recognized.',
    ' ABOR ACCT ALLO APPE CDUP CWD  DELE EPRT EPSV FEAT HELP LIST MDTM MKD',
    ' MODE NLST NOOP OPTS PASS PASV PORT PWD  QUIT REIN REST RETR RMD  RNFR',
    ' RNTO SITE SIZE SMNT STAT STOR STOU STRU SYST TYPE USER XCUP XCWD XMKD',
    ' XPWD XRMD',
    '214 Help OK.',
  ],
  utf8: '200 Always in UTF8 mode.',
  badOption: () => '501 Option not understood.',
  changedMode: '200 SITE CHMOD command ok.',
  siteUnknown: () => '500 Unknown SITE command.',
  siteHelp: () => ['214 CHMOD UMASK HELP'],
  illegalPort: (verb) => `500 Illegal ${verb} command.`,
  abort: '225 No transfer to ABOR.',
  tlsBegins: () => '234 Proceed with negotiation.',
  noTls: '500 Unknown command.',
};

export const proftpdWords: FtpWords = {
  loginFirst: '530 Please login with USER and PASS',
  passwordFor: (isAnonymous, user) =>
    isAnonymous
      ? '331 Anonymous login ok, send your complete email address as your password'
      : `331 Password required for ${user}`,
  loggedIn: (isAnonymous, user) =>
    isAnonymous ? '230 Anonymous access granted, restrictions apply' : `230 User ${user} logged in`,
  incorrect: '530 Login incorrect.',
  userFirst: '503 Login with USER first',
  already: '503 You are already logged in',
  reauthentication: () => '501 Reauthentication not supported',
  unknown: (verb) => `500 ${verb} not understood`,
  noop: '200 NOOP command successful',
  goodbye: '221 Goodbye.',
  folder: (path) => `257 "${path.replaceAll('"', '""')}" is the current directory`,
  changed: (verb) => `250 ${verb} command successful`,
  type: (letter) => `200 Type set to ${letter}`,
  badType: (argument) => `504 TYPE not implemented for '${argument}' parameter`,
  mode: (argument) =>
    argument.toUpperCase() === 'S' ? '200 Mode set to S' : `504 'MODE ${argument}' unsupported transfer mode`,
  structure: (argument) =>
    argument.toUpperCase() === 'F'
      ? '200 Structure set to F'
      : `504 'STRU ${argument}' unsupported structure type`,
  noDataConnection: '425 Unable to build data connection: Connection refused',
  opening: (what, isBinary, bytes) => {
    const name = what === '' ? 'file list' : what;
    const size = what === '' || bytes === null ? '' : ` (${bytes} bytes)`;
    const kind = what === '' || !isBinary ? 'ASCII' : 'BINARY';
    return `150 Opening ${kind} mode data connection for ${name}${size}`;
  },
  sent: () => '226 Transfer complete',
  denied: (path) => `550 ${path}: Permission denied`,
  fault: (_verb, path, code) => `550 ${path}: ${fileFaults[code]}`,
  deleted: (verb) => `250 ${verb} command successful`,
  made: (path) => `257 "${path.replaceAll('"', '""')}" - Directory successfully created`,
  renameFrom: '350 File or directory exists, ready for destination name',
  renamed: '250 Rename successful',
  renameFirst: '503 Bad sequence of commands',
  restart: (offset) => `350 Restarting at ${offset}. Send STORE or RETRIEVE to initiate transfer`,
  allocated: '202 No storage allocation necessary',
  notImplemented: (verb) => `502 ${verb} command not implemented`,
  features: (withTls) => [
    '211-Features:',
    ...(withTls ? [' AUTH TLS', ' CCC'] : []),
    ' CLNT',
    ' EPRT',
    ' EPSV',
    ' LANG en-US.UTF-8*',
    ' MDTM',
    ' MFF modify;UNIX.group;UNIX.mode;',
    ' MFMT',
    ...(withTls ? [' PBSZ', ' PROT'] : []),
    ' REST STREAM',
    ' SIZE',
    ' TVFS',
    ' UTF8',
    '211 End',
  ],
  help: (address) => [
    "214-The following commands are recognized (* =>'s unimplemented):",
    ' CWD     XCWD    CDUP    XCUP    SMNT*   QUIT    PORT    PASV    ',
    ' EPRT    EPSV    ALLO    RNFR    RNTO    DELE    MDTM    RMD     ',
    ' XRMD    MKD     XMKD    PWD     XPWD    SIZE    SYST    HELP    ',
    ' NOOP    FEAT    OPTS    HOST    CLNT    AUTH*   CCC*    CONF*   ',
    ' ENC*    MIC*    PBSZ*   PROT*   TYPE    STRU    MODE    RETR    ',
    ' STOR    STOU    APPE    REST    ABOR    RANG    USER    PASS    ',
    ' ACCT*   REIN*   LIST    NLST    STAT    SITE    MLSD    MLST    ',
    `214 Direct comments to root@${address}`,
  ],
  utf8: '200 UTF8 set to on',
  badOption: (argument) =>
    argument === '' ? '501 Invalid number of parameters' : `500 OPTS ${argument} not understood`,
  changedMode: '200 SITE CHMOD command successful',
  siteUnknown: (argument) =>
    argument === '' ? "500 'SITE' requires parameters" : `500 'SITE ${argument}' not understood`,
  siteHelp: (copies, address) => [
    "214-The following SITE commands are recognized (* =>'s unimplemented)",
    ...(copies ? [' CPFR <sp> pathname', ' CPTO <sp> pathname'] : []),
    ' HELP',
    ' CHGRP',
    ' CHMOD',
    `214 Direct comments to root@${address}`,
  ],
  illegalPort: (verb) => `500 Illegal ${verb} command`,
  abort: '226 Abort successful',
  tlsBegins: (word) => `234 AUTH ${word} successful`,
  noTls: '500 AUTH not understood',
};
