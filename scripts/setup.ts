/**
 * `node scripts/setup.ts [--test]`: installs the Debian packages that Picket calls, where they are missing and where it may (root, apt).
 *
 * npm runs it ahead of `npm start` and, with `--test`, ahead of `npm test`; `--ignore-scripts` leaves it out. It says nothing
 * where all is there, and never fails: what is missing costs functions (`picket doctor` names them) or skips tests.
 */

import { spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { unpackedFolder, unpackedPackages } from './unpacked.ts';

/** Each package with what it is for. */
const toStart: Readonly<Record<string, string>> = {
  libnftables1: 'the fence writes its sets through it',
  nftables: 'the sensor’s rules',
  iproute2: 'routes of the any-port listener',
};

const toTest: Readonly<Record<string, string>> = {
  adb: 'the client of the Android debug bridge',
  bind9: 'the real name server beside the decoy',
  'bind9-dnsutils': 'dig',
  binutils: 'strings',
  bsdextrautils: 'column',
  bubblewrap: 'the shell is compared with real shells inside it',
  busybox: 'the BusyBox shell',
  'ceph-common': 'ceph, which sets up the store of radosgw',
  'ceph-mon': 'the store of radosgw',
  'ceph-osd': 'the store of radosgw',
  chrony: 'a client of time servers',
  conntrack: 'events of connection tracking',
  curl: 'requests',
  dash: 'the POSIX shell',
  'dropbear-bin': 'SSH server and client of small devices',
  fail2ban: 'the log blocker that benchmarks compare with',
  file: 'what a file is',
  'freerdp2-x11': 'xfreerdp, an RDP client',
  gcc: 'the C servers that benchmarks compare with',
  grep: 'the reference of the benchmark of lines',
  haproxy: 'the real proxy that asks the gate',
  hping3: 'packets without a handshake',
  hydra: 'password guessing',
  'ike-scan': 'a client of VPN gateways',
  'inetutils-inetd': 'comes with inetutils-telnetd',
  'inetutils-syslogd': 'comes with inetutils-inetd',
  'inetutils-telnet': 'a telnet client',
  'inetutils-telnetd': 'the real daemon beside the decoy',
  'iputils-ping': 'ping',
  lftp: 'an FTP client',
  'libc6-dev': 'headers for gcc',
  'libcoap3-bin': 'a CoAP client',
  'libsqlite3-0': 'the database of crowdsec',
  lighttpd: 'the real web server beside the decoy',
  'mariadb-client': 'mariadb, mariadb-dump',
  'mariadb-server': 'the real database beside the decoy',
  masscan: 'port scans with a network stack of their own',
  mbpoll: 'a Modbus client',
  medusa: 'password guessing',
  memcached: 'the real cache beside the decoy',
  mosquitto: 'the real broker beside the decoy',
  'mosquitto-clients': 'mosquitto_pub, mosquitto_sub',
  mount: 'a disk that is full',
  ncrack: 'password guessing',
  'netcat-openbsd': 'bare connections',
  'nghttp2-client': 'nghttp, h2load',
  nginx: 'the real web server beside the decoy',
  'ngtcp2-client': 'a client of QUIC',
  nmap: 'port scans',
  'openssh-client': 'ssh, sftp, ssh-keyscan, ssh-keygen',
  'openssh-server': 'the real daemon beside the decoy',
  openssl: 'certificates',
  'php-cli': 'the evaluator of PHP is compared with it',
  postfix: 'the real mail server beside the decoy',
  postgresql: 'the real database beside the decoy',
  'postgresql-client': 'psql',
  procps: 'ps, pgrep',
  'protobuf-compiler': 'protoc, for the messages of the gRPC client',
  python3: 'clients seen from outside, forged packets',
  'python3-grpcio': 'a gRPC client',
  'python3-protobuf': 'the messages of the gRPC client',
  'python3-pyinotify': 'how fail2ban follows a file',
  radosgw: 'the real object store behind the gate',
  'redis-server': 'the real server beside the decoy',
  'redis-tools': 'redis-cli',
  s3cmd: 'a client of object stores',
  samba: 'the real file server beside the decoy',
  'samba-common-bin': 'net rpc',
  'sip-tester': 'sipp',
  smbclient: 'smbclient, rpcclient',
  snmp: 'snmpget, snmpwalk',
  snmpd: 'the real agent beside the decoy',
  softflowd: 'flow exports of a real exporter',
  sshpass: 'ssh with a password',
  swaks: 'a mail client',
  systemd: 'the journal, with journald',
  tcpdump: 'captures',
  tshark: 'fingerprints of others beside ours',
  'util-linux': 'namespaces',
  vncsnapshot: 'an RFB client without a screen',
  vsftpd: 'the real FTP server beside the decoy',
  'wireshark-common': 'text2pcap',
  xauth: 'xvfb-run wants it',
  xvfb: 'the screen that xfreerdp wants',
  xxd: 'hexadecimal dumps',
};

/** Asked by the packages' scripts before they start a daemon; 101 says no (Debian's invoke-rc.d). */
const policy = '/usr/sbin/policy-rc.d';
const setAside = '/usr/sbin/policy-rc.d.before-picket';

/** Packages that would start a daemon at the machine's next start too, and its unit. */
const daemons: Readonly<Record<string, string>> = {
  bind9: 'named',
  'ceph-mon': 'ceph-mon',
  'ceph-osd': 'ceph-osd.target',
  chrony: 'chrony',
  fail2ban: 'fail2ban',
  haproxy: 'haproxy',
  'inetutils-inetd': 'inetutils-inetd',
  'inetutils-syslogd': 'inetutils-syslogd',
  lighttpd: 'lighttpd',
  'mariadb-server': 'mariadb',
  memcached: 'memcached',
  mosquitto: 'mosquitto',
  nginx: 'nginx',
  'openssh-server': 'ssh',
  postfix: 'postfix',
  postgresql: 'postgresql',
  radosgw: 'ceph-radosgw.target',
  'redis-server': 'redis-server',
  samba: 'smbd',
  snmpd: 'snmpd',
  softflowd: 'softflowd',
  vsftpd: 'vsftpd',
};

const say = (line: string): void => void process.stderr.write(`setup: ${line}\n`);

function missing(packages: readonly string[]): string[] {
  const { stdout } = spawnSync(
    'dpkg-query',
    ['--show', '--showformat=${Package} ${db:Status-Status}\\n', ...packages],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const installed = new Set(
    (stdout ?? '')
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter((name) => !installed.has(name));
}

function isRunnable(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** True where the command ended well; what it printed is shown only where it did not. */
function aptGet(words: readonly string[], folder = '/'): boolean {
  const { status, stdout, stderr, error } = spawnSync(
    'apt-get',
    ['-qq', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::http::Timeout=20', ...words],
    {
      encoding: 'utf8',
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' },
    },
  );
  if (status === 0) return true;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}${error === undefined ? '' : `${error.message}\n`}`);
  return false;
}

/** Installs while no package may start its daemon: a server that a test compares with must not run on this machine. */
function install(packages: readonly string[]): void {
  const restore = (): void => {
    rmSync(policy, { force: true });
    if (existsSync(setAside)) renameSync(setAside, policy);
  };
  const stopped = (): never => {
    restore();
    process.exit(130);
  };
  process.on('SIGINT', stopped).on('SIGTERM', stopped);
  try {
    // Left behind by a run that was killed: then the file at its place is ours.
    if (existsSync(policy) && !existsSync(setAside)) renameSync(policy, setAside);
    writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    const command = ['install', '--yes', '--no-install-recommends', '--no-upgrade'];
    if (!aptGet(['update'])) return;
    // One name that this release does not know must not keep the others away.
    if (!aptGet([...command, ...packages])) for (const name of missing(packages)) aptGet([...command, name]);
  } finally {
    restore();
    process.off('SIGINT', stopped).off('SIGTERM', stopped);
  }
}

/** Unpacks a package beside the system; its scripts are not run. Nothing remains where that fails. */
function unpack(name: string): boolean {
  mkdirSync(unpackedFolder, { recursive: true });
  const work = mkdtempSync(join(unpackedFolder, '.new-'));
  try {
    // As root, and not as apt's own user, who can't write here.
    if (!aptGet(['-o', 'APT::Sandbox::User=root', 'download', name], work)) return false;
    const archive = readdirSync(work).find((file) => file.endsWith('.deb')) ?? '';
    const folder = join(work, name);
    const { status } = spawnSync('dpkg-deb', ['--raw-extract', join(work, archive), folder], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) return false;
    renameSync(folder, join(unpackedFolder, name));
    return true;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const isRoot = process.getuid?.() === 0;
const wanted = { ...toStart, ...(process.argv.includes('--test') ? toTest : {}) };
const isDebian = isRunnable('/usr/bin/dpkg-query') && isRunnable('/usr/bin/apt-get');
const lacking = isDebian ? missing(Object.keys(wanted)) : [];
if (!isDebian) {
  say(`no apt here, so nothing was checked; picket doctor says what is missing`);
} else if (lacking.length > 0) {
  const names = lacking.join(' ');
  if (!isRoot) {
    say(`not installed, and only root can: ${names}; what needs them is left out`);
  } else {
    say(`installing ${names}`);
    install(lacking);
    const units = lacking.map((name) => daemons[name]).filter((unit) => unit !== undefined);
    if (units.length > 0) spawnSync('systemctl', ['disable', ...units], { stdio: 'ignore' });
    const still = missing(lacking);
    if (still.length > 0) say(`could not install ${still.join(' ')}; what needs them is left out`);
  }
}

if (isDebian && process.argv.includes('--test')) {
  const packed = Object.keys(unpackedPackages).filter((name) => !existsSync(join(unpackedFolder, name)));
  if (packed.length > 0 && !isRoot)
    say(`not unpacked, and only root can: ${packed.join(' ')}; what needs them is left out`);
  else
    for (const name of packed) {
      say(`unpacking ${name}`);
      if (!aptGet(['update']) || !unpack(name)) say(`could not unpack ${name}; what needs it is left out`);
    }
}
