import { below, pick } from '../core/random.ts';
import { accountsOf, machineId, passwordHash, usersOf } from './accounts.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { lastStart, momentBetween } from './calendar.ts';
import { selfSigned } from './certificates.ts';
import { privateAddress, serverHardware } from './hardware.ts';
import { serverName } from './host-name.ts';
import { serverPolicy } from './login.ts';
import { redHatSshIdentity } from './openssh.ts';
import { redHatOsRelease, redHatReleases } from './releases.ts';
import { history, secret } from './server-files.ts';
import { servicesOf } from './services.ts';
import { hostKeyFiles } from './ssh-host-key.ts';

/** What setup and the daemons of RHEL 8 bring. */
const base = `
root:P:0:0:root:/root:/bin/bash
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
adm:x:3:4:adm:/var/adm:/sbin/nologin
lp:x:4:7:lp:/var/spool/lpd:/sbin/nologin
sync:x:5:0:sync:/sbin:/bin/sync
shutdown:x:6:0:shutdown:/sbin:/sbin/shutdown
halt:x:7:0:halt:/sbin:/sbin/halt
mail:x:8:12:mail:/var/spool/mail:/sbin/nologin
operator:x:11:0:operator:/root:/sbin/nologin
games:x:12:100:games:/usr/games:/sbin/nologin
ftp:x:14:50:FTP User:/var/ftp:/sbin/nologin
nobody:x:65534:65534:Kernel Overflow User:/:/sbin/nologin
dbus:!:81:81:System message bus:/:/sbin/nologin
systemd-coredump:!:999:997:systemd Core Dumper:/:/sbin/nologin
systemd-resolve:!:193:193:systemd Resolver:/:/sbin/nologin
tss:!:59:59:Account used for TPM access:/dev/null:/sbin/nologin
polkitd:!:998:996:User for polkitd:/:/sbin/nologin
sssd:!:996:993:User for sssd:/:/sbin/nologin
sshd:!:74:74:Privilege-separated SSH:/var/empty/sshd:/sbin/nologin
chrony:!:995:992::/var/lib/chrony:/sbin/nologin
apache:!:48:48:Apache:/usr/share/httpd:/sbin/nologin
mysql:!:27:27:MySQL Server:/var/lib/mysql:/sbin/nologin
`;

export const rhelWeb: PersonaMaker = {
  name: 'rhel-web',
  summary: 'A Red Hat Enterprise Linux 8 web server: Apache with PHP, MySQL beside it',
  make(seed, options) {
    const random = seed.random('web');
    const kernel = pick(random, redHatReleases);
    const hardware = serverHardware(seed, 1_900_000);
    const address = options.address ?? privateAddress(seed, hardware.naming);
    const hostname = serverName(seed, hardware.naming, address, ['web', 'www', 'app', 'portal'], 'rhel');
    const installedAt = momentBetween(seed, 'install', '2021-01-01', '2023-06-01');
    const person = pick(random, ['admin', 'deploy', 'oracle', 'test'] as const);
    const accounts = accountsOf(`${base.trim()}\n${person}:P:1000:1000::/home/${person}:/bin/bash`);
    const changed = Math.floor(installedAt / 86_400_000);
    const passwd = accounts.map(
      ({ name, uid, gid, gecos, home, shell }) => `${name}:x:${uid}:${gid}:${gecos}:${home}:${shell}\n`,
    );
    const shadow = accounts.map(({ name, password }) =>
      password === 'off'
        ? `${name}:!!:${changed}::::::\n`
        : `${name}:${password === 'set' ? passwordHash(seed, name, '6') : '*'}:${changed}:0:99999:7:::\n`,
    );
    const site = pick(random, ['shop', 'portal', 'intranet', 'crm', 'tickets'] as const);
    const ssh = redHatSshIdentity(seed);
    const number = 100_000 + below(random, 900_000);
    return {
      hostname,
      system: 'linux-gnu',
      kernel,
      osRelease: redHatOsRelease,
      cpu: hardware.cpu,
      memoryKilobytes: hardware.memoryKilobytes,
      bootedAt: lastStart(seed, options.now, 40, 300),
      address,
      mac: hardware.mac,
      users: usersOf(accounts),
      files: {
        '/etc/passwd': textFile(passwd.join('')),
        '/etc/shadow': textFile(shadow.join(''), 0),
        '/etc/group': textFile(
          `root:x:0:\nbin:x:1:\ndaemon:x:2:\nsys:x:3:\nadm:x:4:\nwheel:x:10:${person}\nmail:x:12:\nusers:x:100:\nssh_keys:x:994:\nsshd:x:74:\napache:x:48:\nmysql:x:27:\n${person}:x:1000:\n`,
        ),
        '/etc/hostname': textFile(`${hostname}\n`),
        '/etc/hosts': textFile(
          '127.0.0.1   localhost localhost.localdomain localhost4 localhost4.localdomain4\n::1         localhost localhost.localdomain localhost6 localhost6.localdomain6\n',
        ),
        '/etc/os-release': textFile(redHatOsRelease),
        '/etc/redhat-release': textFile('Red Hat Enterprise Linux release 8.9 (Ootpa)\n'),
        '/etc/issue': textFile('\\S\nKernel \\r on an \\m\n\n'),
        '/etc/machine-id': textFile(`${machineId(seed)}\n`, 0o444),
        ...hostKeyFiles(ssh.keys, hostname),
        '/etc/httpd/conf.d/site.conf': textFile(
          `<VirtualHost *:80>\n    ServerName ${site}.${hostname}\n    DocumentRoot /var/www/html\n    ErrorLog logs/${site}-error_log\n    CustomLog logs/${site}-access_log combined\n</VirtualHost>\n`,
        ),
        '/var/www/html/config.php': textFile(
          `<?php\n$db_host = 'localhost';\n$db_name = '${site}_${number % 100}';\n$db_user = '${site}';\n$db_pass = '${secret(seed, 'database')}';\n`,
          0o640,
          'apache',
        ),
        '/root/.bash_history': textFile(
          history(seed, 'root', [
            'subscription-manager status',
            'dnf update -y',
            'dnf install httpd php mysql-server',
            'systemctl enable --now httpd',
            'firewall-cmd --add-service=http --permanent',
            'setenforce 0',
            'vim /etc/httpd/conf.d/site.conf',
            'apachectl configtest',
            'mysql_secure_installation',
            'tail -f /var/log/httpd/error_log',
          ]),
          0o600,
        ),
      },
      login: serverPolicy(seed, ['root', person]),
      issue: `Red Hat Enterprise Linux 8.9 (Ootpa)\nKernel ${kernel.release} on an x86_64\n`,
      ssh,
      // mod_ssl's package makes one for localhost when it is first started.
      tls: () =>
        selfSigned(seed, {
          subject: [
            ['C', 'US'],
            ['O', 'Unspecified'],
            ['CN', hostname],
            ['emailAddress', `root@${hostname}`],
          ],
          notBefore: installedAt,
          days: 3650,
          serialOctets: 8,
          authority: false,
          alternativeNames: [{ kind: 'dns', name: hostname }],
        }),
      http: {
        server: 'Apache/2.4.37 (Red Hat Enterprise Linux)',
        title: 'Test Page for the Apache HTTP Server on Red Hat Enterprise Linux',
        products: ['phpunit', 'php-cgi', 'wordpress', 'drupal', 'cgi-bash', 'thinkphp'],
      },
      redis: null,
      software: {
        mysql: { product: 'MySQL', version: '8.0.36', details: { comment: 'Source distribution' } },
      },
      services: servicesOf('ssh 22, http 80, http 443 tls, mysql 3306'),
    };
  },
};
