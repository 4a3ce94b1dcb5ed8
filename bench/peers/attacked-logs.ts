/** The two logs of a host that is used and attacked: one of sshd, one of a web server, line for line at the same times. */

import { below, seededRandom } from '../../src/core/random.ts';
import { attackerAddress } from '../../test/loop/namespaces.ts';

/** Of each so many lines the first fifth is one attacker's every second one: ten failures a second for two and a half seconds. */
export const linesPerAttacker = 500;
const burst = 100;
const begin = Date.UTC(2023, 10, 14, 6);
const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0';

/** When the logs end, for who wants to know their year. */
export const near = '2023-11-15T00:00:00Z';

export interface AttackedLogs {
  readonly auth: string;
  readonly access: string;
  /** Who attacks in both. */
  readonly attackers: ReadonlySet<string>;
}

const authLine = (clock: string, address: string, fails: boolean, process: number): string =>
  `${clock} host sshd[${process}]: ${
    fails
      ? `Failed password for root from ${address} port ${30_000 + (process % 20_000)} ssh2`
      : `Accepted publickey for deploy from ${address} port ${30_000 + (process % 20_000)} ssh2: ED25519 SHA256:abcdef`
  }\n`;

const accessLine = (clock: string, address: string, path: string, status: number): string =>
  `${address} - - [${clock} +0000] "GET ${path} HTTP/1.1" ${status} ${status === 404 ? 162 : 8120} "-" "${agent}"\n`;

/** `Nov 14 06:00:00`, and `14/Nov/2023:06:00:00`. */
function clocks(milliseconds: number): { syslog: string; web: string } {
  const at = new Date(milliseconds);
  const [, month = '', day = '', year = ''] =
    /(\w+) (\d+) (\d+)/.exec(at.toUTCString().replace(/, (\d+) (\w+)/, ', $2 $1')) ?? [];
  const time = at.toISOString().slice(11, 19);
  return {
    syslog: `${month} ${day.padStart(2)} ${time}`,
    web: `${day.padStart(2, '0')}/${month}/${year}:${time}`,
  };
}

/** Of 16,000 addresses most lines are good; one in twenty is a password mistyped or a link that leads nowhere. */
export function attackedLogs(lines: number): AttackedLogs {
  const random = seededRandom('blockers');
  const attackers = new Set<string>();
  let auth = '';
  let access = '';
  for (let index = 0; index < lines; index += 1) {
    const attacker = attackerAddress(Math.floor(index / linesPerAttacker));
    const attacks = index % linesPerAttacker < burst && index % 2 === 0;
    if (attacks) attackers.add(attacker);
    const user = `203.${below(random, 4)}.${below(random, 16)}.${below(random, 250)}`;
    const { syslog, web } = clocks(begin + index * 50);
    const address = attacks ? attacker : user;
    const fails = attacks || below(random, 20) === 0;
    auth += authLine(syslog, address, fails, 10_000 + below(random, 50_000));
    access += accessLine(
      web,
      address,
      attacks ? probedPath(index) : `/page/${below(random, 900)}`,
      fails ? 404 : 200,
    );
  }
  return { auth, access, attackers };
}

/** What a search for an administration page asks for; each number gives another path. */
const probedPath = (index: number): string => `/phpmyadmin/index-${index}.php`;

/** So many failures of one address now, as sshd and as the web server would write them. */
export function attackNow(address: string, failures: number): { auth: string; access: string } {
  const { syslog, web } = clocks(Date.now());
  const each = Array.from({ length: failures }, (_, index) => index);
  return {
    auth: each.map((index) => authLine(syslog, address, true, 10_000 + index)).join(''),
    access: each.map((index) => accessLine(web, address, probedPath(index), 404)).join(''),
  };
}
