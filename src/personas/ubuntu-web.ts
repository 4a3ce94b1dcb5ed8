import { below, pick } from '../core/random.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { linuxServer, personLine } from './linux-server.ts';
import type { PackageList } from './package-files.ts';
import { focalReleases } from './releases.ts';
import { history, secret } from './server-files.ts';
import { servicesOf } from './services.ts';

interface Stack {
  readonly server: string;
  readonly title: string;
  readonly products: readonly string[];
  readonly configuration: string;
  readonly packages: PackageList;
}

/** Two servers that Ubuntu 20.04 carries, with what people run behind each. */
const stacks: readonly [Stack, ...Stack[]] = [
  {
    server: 'nginx/1.18.0 (Ubuntu)',
    title: 'Welcome to nginx!',
    products: ['phpunit', 'php-fpm', 'laravel', 'wordpress', 'thinkphp', 'drupal', 'craft-cms', 'nextjs'],
    configuration: '/etc/nginx/sites-enabled/default',
    packages: {
      nginx: '1.18.0-0ubuntu1.7',
      'nginx-core': '1.18.0-0ubuntu1.7',
      'php7.4-fpm': '7.4.3-4ubuntu2.29',
    },
  },
  {
    server: 'Apache/2.4.41 (Ubuntu)',
    title: 'Apache2 Ubuntu Default Page: It works',
    products: [
      'phpunit',
      'php-cgi',
      'cgi-bash',
      'wordpress',
      'laravel',
      'phpmyadmin',
      'joomla',
      'roundcube',
      'magento',
    ],
    configuration: '/etc/apache2/sites-enabled/000-default.conf',
    packages: {
      apache2: '2.4.41-4ubuntu3.23',
      'apache2-bin': '2.4.41-4ubuntu3.23',
      'libapache2-mod-php7.4': '7.4.3-4ubuntu2.29',
    },
  },
];

export const ubuntuWeb: PersonaMaker = {
  name: 'ubuntu-web',
  summary: 'An Ubuntu 20.04 web server with PHP and careless passwords',
  make(seed, options) {
    const random = seed.random('web');
    const stack = pick(random, stacks);
    const isNginx = stack.server.startsWith('nginx');
    const release = pick(random, focalReleases);
    const person = pick(random, ['ubuntu', 'deploy', 'admin', 'test'] as const);
    const site = pick(random, ['shop', 'portal', 'intranet', 'blog', 'crm', 'tickets', 'wiki'] as const);
    const database = `${site}_${pick(random, ['prod', 'live', 'db', String(below(random, 90) + 10)])}`;
    const password = secret(seed, 'database');
    const root = `/var/www/${pick(random, ['html', site])}`;
    // Whoever turned TLS on has often turned this on too.
    const speaksHttp2 = isNginx && below(seed.random('http2'), 3) > 0;
    return linuxServer(seed, options, {
      distribution: 'ubuntu',
      release,
      installedBetween: ['2020-05-01', '2023-06-01'],
      tellsDebianVersion: false,
      roles: ['web', 'www', 'app', 'lamp'],
      people: [personLine(person, person === 'ubuntu' ? 'Ubuntu' : ',,,')],
      packages: stack.packages,
      http: { server: stack.server, products: stack.products, title: stack.title, speaksHttp2 },
      services: servicesOf('ssh 22, http 80, http 443 tls'),
      files: {
        [stack.configuration]: textFile(
          isNginx
            ? `server {\n\tlisten 80 default_server;\n\tlisten 443 ssl${speaksHttp2 ? ' http2' : ''} default_server;\n\tinclude snippets/snakeoil.conf;\n\troot ${root};\n\tindex index.php index.html;\n\tserver_name _;\n\tlocation ~ \\.php$ {\n\t\tinclude snippets/fastcgi-php.conf;\n\t\tfastcgi_pass unix:/var/run/php/php7.4-fpm.sock;\n\t}\n}\n`
            : `<VirtualHost *:80>\n\tServerAdmin webmaster@localhost\n\tDocumentRoot ${root}\n\tErrorLog \${APACHE_LOG_DIR}/error.log\n\tCustomLog \${APACHE_LOG_DIR}/access.log combined\n</VirtualHost>\n`,
        ),
        [`${root}/.env`]: textFile(
          `APP_NAME=${site}\nAPP_ENV=production\nAPP_DEBUG=false\nAPP_KEY=base64:${Buffer.from(seed.bytes('app key', 32)).toString('base64')}\nDB_CONNECTION=mysql\nDB_HOST=127.0.0.1\nDB_PORT=3306\nDB_DATABASE=${database}\nDB_USERNAME=${site}\nDB_PASSWORD=${password}\n`,
          0o640,
          'www-data',
        ),
        [`${root}/config.php`]: textFile(
          `<?php\n$db_host = 'localhost';\n$db_name = '${database}';\n$db_user = '${site}';\n$db_pass = '${password}';\n`,
          0o640,
          'www-data',
        ),
        [`/home/${person}/.bash_history`]: textFile(
          history(seed, person, [
            'sudo -i',
            `cd ${root}`,
            'git pull',
            'composer install --no-dev',
            'php artisan migrate',
            'vim .env',
            'sudo systemctl reload php7.4-fpm',
          ]),
          0o600,
          person,
        ),
      },
      history: [
        'apt update && apt upgrade -y',
        isNginx ? 'systemctl restart nginx' : 'systemctl restart apache2',
        `cd ${root}`,
        `mysqldump -u root ${database} > /root/${database}.sql`,
        `tail -f /var/log/${isNginx ? 'nginx' : 'apache2'}/error.log`,
        `chown -R www-data:www-data ${root}`,
        `nano ${root}/.env`,
        'systemctl restart php7.4-fpm',
        'crontab -l',
        `su - ${person}`,
        'ufw status',
        'reboot',
      ],
    });
  },
};
