import { pick } from '../core/random.ts';
import { textFile, type PersonaMaker } from './build.ts';
import { selfSigned, type SelfSigned } from './certificates.ts';
import { linuxServer, personLine } from './linux-server.ts';
import { focalReleases } from './releases.ts';
import { secret } from './server-files.ts';
import { servicesOf } from './services.ts';

interface JavaServer {
  readonly user: string;
  readonly home: string;
  readonly roles: readonly [string, ...string[]];
  readonly server: string;
  readonly port: number;
  readonly title: string;
  readonly products: readonly string[];
  readonly unit: string;
  readonly subject: (hostname: string) => SelfSigned['subject'];
}

/** keytool asks for six parts of a name and writes `Unknown` for each that is passed over. */
const keytoolName = (hostname: string): SelfSigned['subject'] => [
  ['C', 'Unknown'],
  ['ST', 'Unknown'],
  ['L', 'Unknown'],
  ['O', 'Unknown'],
  ['OU', 'Unknown'],
  ['CN', hostname],
];

const servers: readonly [JavaServer, ...JavaServer[]] = [
  {
    user: 'confluence',
    home: '/opt/atlassian/confluence',
    roles: ['wiki', 'confluence', 'docs'],
    server: '',
    port: 8090,
    title: 'Log In - Confluence',
    products: ['confluence', 'log4j'],
    unit: 'confluence',
    subject: keytoolName,
  },
  {
    user: 'oracle',
    home: '/u01/oracle/middleware',
    roles: ['wls', 'weblogic', 'app'],
    server: '',
    port: 7001,
    title: 'Oracle WebLogic Server Administration Console',
    products: ['weblogic', 'log4j'],
    unit: 'weblogic',
    // The demonstration identity that WebLogic makes for a domain.
    subject: (hostname) => [
      ['C', 'US'],
      ['ST', 'MyState'],
      ['L', 'MyTown'],
      ['O', 'MyOrganization'],
      ['OU', 'FOR TESTING ONLY'],
      ['CN', hostname],
    ],
  },
  {
    user: 'tomcat',
    home: '/opt/tomcat',
    roles: ['app', 'java', 'api', 'tomcat'],
    server: '',
    port: 8080,
    title: 'Apache Tomcat/9.0.37',
    products: ['tomcat', 'spring', 'spring-cloud-gateway', 'struts', 'log4j', 'geoserver', 'xwiki'],
    unit: 'tomcat',
    subject: keytoolName,
  },
];

export const javaApp: PersonaMaker = {
  name: 'java-app',
  summary: 'A Java application server on Ubuntu 20.04: Confluence, WebLogic or Tomcat with Spring',
  make(seed, options) {
    const random = seed.random('java');
    const java = pick(random, servers);
    const release = pick(random, focalReleases);
    return linuxServer(seed, options, {
      distribution: 'ubuntu',
      release,
      leastMemoryKilobytes: 3_900_000,
      installedBetween: ['2020-05-01', '2022-06-01'],
      daysBetweenStarts: [20, 250],
      tellsDebianVersion: false,
      roles: java.roles,
      people: [personLine('ubuntu', 'Ubuntu'), `${java.user}:P:1001:1001::${java.home}:/bin/bash`],
      packages: { 'openjdk-8-jdk': '8u412-ga-1~20.04.1' },
      http: { server: java.server, products: java.products, title: java.title },
      services: servicesOf(`ssh 22, http ${java.port}`),
      files: {
        [`/etc/systemd/system/${java.unit}.service`]: textFile(
          `[Unit]\nDescription=${java.unit}\nAfter=network.target\n\n[Service]\nType=forking\nUser=${java.user}\nEnvironment=JAVA_HOME=/usr/lib/jvm/java-8-openjdk-amd64\nExecStart=${java.home}/bin/startup.sh\n\n[Install]\nWantedBy=multi-user.target\n`,
        ),
        [`${java.home}/conf/database.properties`]: textFile(
          `jdbc.url=jdbc:postgresql://127.0.0.1:5432/${java.unit}\njdbc.username=${java.user}\njdbc.password=${secret(seed, 'database')}\n`,
          0o640,
          java.user,
        ),
      },
      history: [
        'apt install openjdk-8-jdk',
        `systemctl status ${java.unit}`,
        `systemctl restart ${java.unit}`,
        `journalctl -u ${java.unit} -n 200`,
        `tail -f ${java.home}/logs/catalina.out`,
        `vim ${java.home}/conf/database.properties`,
        `su - ${java.user}`,
        'java -version',
        'ss -tlnp',
      ],
      certificate: ({ hostname, installedAt }) =>
        selfSigned(seed, {
          subject: java.subject(hostname),
          notBefore: installedAt,
          days: 3650,
          serialOctets: 4,
          keyIdentifiers: true,
        }),
    });
  },
};
