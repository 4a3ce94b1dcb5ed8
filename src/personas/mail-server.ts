import { textFile, type PersonaMaker } from './build.ts';
import { linuxServer } from './linux-server.ts';
import { servicesOf } from './services.ts';

export const mailServer: PersonaMaker = {
  name: 'mail-server',
  summary: 'A Debian 11 mail server: Postfix that relays, and an FTP server beside it',
  make: (seed, options) =>
    linuxServer(seed, options, {
      distribution: 'debian',
      roles: ['mail', 'mx', 'smtp', 'relay'],
      accounts: [
        'postfix:x:106:113::/var/spool/postfix:/usr/sbin/nologin',
        'ftp:x:107:115:ftp daemon,,,:/srv/ftp:/usr/sbin/nologin',
      ],
      packages: { postfix: '3.5.25-0+deb11u1', vsftpd: '3.0.3-12+b1' },
      software: {
        smtp: { product: 'Postfix', version: '3.5.25' },
        ftp: { product: 'vsftpd', version: '3.0.3' },
      },
      services: servicesOf('ftp 21, ssh 22, smtp 25, smtp 587'),
      files: {
        '/etc/postfix/master.cf': textFile(
          'smtp      inet  n       -       y       -       -       smtpd\nsubmission inet n       -       y       -       -       smtpd\npickup    unix  n       -       y       60      1       pickup\ncleanup   unix  n       -       y       -       0       cleanup\nqmgr      unix  n       -       n       300     1       qmgr\n',
        ),
      },
      history: [
        'apt install postfix vsftpd',
        'vim /etc/postfix/main.cf',
        'postfix reload',
        'mailq',
        'tail -f /var/log/mail.log',
        'postqueue -f',
        'systemctl restart vsftpd',
        'ss -tlnp',
      ],
    }),
};
