/**
 * What a scanner makes of the machines: nmap with version probes and its default scripts, against every persona on its real
 * ports, in a network namespace of the test's own. Where nmap 7.93 has no name for the real product either (Ollama, MinIO, the
 * web pages of cameras and routers), the expectation is what its scripts say.
 */

import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, expect } from 'vitest';
import { needRoot } from '../support/need.ts';

const run = promisify(execFile);
const space = `picket-p-${process.pid}`;
const seed = 'seed-one';

interface OpenPort {
  readonly address: string;
  readonly port: number;
  readonly transport: string;
  readonly persona: string;
  readonly hostname: string;
}

/** Lines of nmap's report, in any order; spaces stand for any number of them. */
const expected: Readonly<Record<string, readonly RegExp[]>> = {
  'ubuntu-web': [
    /22\/tcp open ssh OpenSSH 8\.2p1 Ubuntu 4ubuntu0\.\d+ \(Ubuntu Linux; protocol 2\.0\)/,
    /80\/tcp open http Apache httpd 2\.4\.41 \(\(Ubuntu\)\)/,
    /443\/tcp open ssl\/http Apache httpd 2\.4\.41 \(\(Ubuntu\)\)/,
    /http-title: Apache2 Ubuntu Default Page: It works/,
    /ssl-cert: Subject: commonName=HOST/,
  ],
  'debian-db': [
    /22\/tcp open ssh OpenSSH 8\.4p1 Debian 5\+deb11u3 \(protocol 2\.0\)/,
    /3306\/tcp open mysql MySQL 5\.5\.5-10\.5\.23-MariaDB-0\+deb11u1/,
    /5432\/tcp open postgresql PostgreSQL DB 9\.6\.0 or later/,
    /6379\/tcp open redis Redis key-value store 6\.0\.16/,
  ],
  'tplink-router': [
    /22\/tcp open ssh Dropbear sshd 2019\.78 \(protocol 2\.0\)/,
    /http-title: Archer AX/,
    /commonName=tplinkwifi\.net/,
  ],
  'ip-camera': [/80\/tcp open http/, /554\/tcp open rtsp/],
  'edge-appliance': [/443\/tcp open ssl\/http/],
  'java-app': [/22\/tcp open ssh OpenSSH 8\.2p1 Ubuntu/, /7001\/tcp open/],
  'rhel-web': [
    /22\/tcp open ssh OpenSSH 8\.0 \(protocol 2\.0\)/,
    /80\/tcp open http Apache httpd 2\.4\.37 \(\(Red Hat Enterprise Linux\)\)/,
    /443\/tcp open ssl\/http Apache httpd 2\.4\.37 \(\(Red Hat Enterprise Linux\)\)/,
    /3306\/tcp open mysql MySQL 8\.0\.36/,
    /http-title: Test Page for the Apache HTTP Server on Red Hat Enterprise Linux/,
  ],
  'windows-server': [
    /80\/tcp open http Microsoft IIS httpd 10\.0/,
    /445\/tcp open microsoft-ds .*Windows Server 20/,
    /3389\/tcp open ms-wbt-server Microsoft Terminal Services/,
    /Product_Version: 10\.0\.14393/,
    /NetBIOS_Computer_Name: HOST/,
    /OS: Windows Server 2016 Standard 14393/,
    /Service Info: .*OS: Windows/,
  ],
  'mikrotik-router': [
    /21\/tcp open ftp MikroTik router ftpd 6\.4\d\.\d+/,
    /22\/tcp open ssh MikroTik RouterOS sshd \(protocol 2\.0\)/,
    /http-title: RouterOS router configuration page/,
    /Device: router/,
  ],
  'dlink-nas': [
    /21\/tcp open ftp vsftpd 3\.0\.2/,
    /80\/tcp open http lighttpd 1\.4\.28/,
    /http-title: DNS-\w+ - NAS/,
    /445\/tcp open netbios-ssn Samba smbd 3\.5\.15 \(workgroup: WORKGROUP\)/,
  ],
  'hikvision-camera': [/Server: App-webs\//, /554\/tcp open rtsp/],
  fortigate: [
    /443\/tcp open ssl\/http Fortinet security device httpd/,
    /commonName=FortiGate\/organizationName=Fortinet Ltd\./,
  ],
  'ivanti-vpn': [/443\/tcp open ssl\/http/, /http-title: Ivanti Connect Secure/],
  'docker-host': [/22\/tcp open ssh OpenSSH 8\.2p1 Ubuntu/, /2375\/tcp open docker/],
  'kubernetes-node': [
    /22\/tcp open ssh OpenSSH 8\.2p1 Ubuntu/,
    /10250\/tcp open (?:ssl\/)?http Golang net\/http server/,
    /commonName=kube-apiserver/,
    /DNS:kubernetes\.default\.svc\.cluster\.local/,
  ],
  'gpu-host': [/22\/tcp open ssh OpenSSH 8\.2p1 Ubuntu/, /11434\/tcp open/],
  'siemens-plc': [/80\/tcp open http/, /102\/tcp open iso-tsap/, /http-title: CPU31\S+ PN\/DP/],
  's3-gateway': [/22\/tcp open ssh OpenSSH 8\.4p1 Debian 5\+deb11u3/, /9000\/tcp open/],
  'mail-server': [
    /21\/tcp open ftp vsftpd 3\.0\.3/,
    /25\/tcp open smtp Postfix smtpd/,
    /587\/tcp open smtp Postfix smtpd/,
    /Service Info: Hosts?: HOST\.localdomain/,
  ],
};

let folder = '';
let sensor: ChildProcess | null = null;

async function startMachines(): Promise<readonly OpenPort[]> {
  folder = mkdtempSync(join(tmpdir(), 'picket-machines-'));
  execFileSync('ip', ['netns', 'add', space]);
  execFileSync('ip', ['-n', space, 'link', 'set', 'lo', 'up']);
  const program = join(import.meta.dirname, '../support/persona-sensor.ts');
  sensor = spawn('ip', ['netns', 'exec', space, process.execPath, program, folder, seed], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (sensor.stdout === null) throw new Error('the machines say nothing');
  for await (const line of createInterface({ input: sensor.stdout })) return JSON.parse(line);
  throw new Error('the machines ended');
}

afterAll(async () => {
  if (sensor !== null) {
    const ended = new Promise<void>((resolve) => sensor?.once('exit', () => resolve()));
    sensor.kill('SIGTERM');
    await ended;
    execFileSync('ip', ['netns', 'del', space]);
  }
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

async function scan(ports: readonly OpenPort[]): Promise<string> {
  const address = ports[0]?.address ?? '';
  // The login of a telnet server takes nmap a minute and a half, and gives no name for any router's.
  const list = ports
    .filter(({ port, transport }) => transport === 'tcp' && port !== 23)
    .map(({ port }) => port);
  const words = ['-n', '-Pn', '-sS', '-sV', '--version-intensity', '5', '--script', 'default'];
  const { stdout } = await run(
    'ip',
    ['netns', 'exec', space, 'nmap', ...words, '-p', list.join(','), address],
    { timeout: 170_000, maxBuffer: 8 * 1024 * 1024 },
  );
  return stdout.replaceAll(/ +/g, ' ');
}

needRoot(['ip', 'nmap'])(
  'nmap names the products and versions that the personas are made of',
  async () => {
    const open = await startMachines();
    const names = [...new Set(open.map(({ persona }) => persona))];
    expect(names.toSorted()).toEqual(Object.keys(expected).toSorted());
    const reports = await Promise.all(
      names.map(async (name) => ({
        name,
        report: await scan(open.filter(({ persona }) => persona === name)),
      })),
    );
    const missed = reports.flatMap(({ name, report }) => {
      const hostname = open.find(({ persona }) => persona === name)?.hostname ?? '';
      const seen = report.replaceAll(hostname, 'HOST');
      const missing = (expected[name] ?? []).filter((line) => !line.test(seen));
      return missing.length === 0 ? [] : [{ name, missing, report }];
    });
    expect(missed).toEqual([]);
  },
  240_000,
);
