/**
 * Passwords worth trying against what a client proves of the one it has: a challenge hides a password that nobody would guess, and
 * shows one that everybody guesses. The list is what attackers' own lists begin with.
 */

import type { LoginPolicy } from '../../core/persona.ts';

const common: readonly string[] =
  '123456 root admin password 12345678 1234 12345 123456789 123 1 111111 000000 123123 654321 666666 888888 1234567890 1qaz2wsx qwerty qwerty123 abc123 abcd1234 a123456 123qwe 1q2w3e4r 1qaz@WSX P@ssw0rd Passw0rd passw0rd Password123 password123 pass pass123 root123 root1234 root@123 toor admin123 admin888 administrator mysql mysql123 mariadb postgres postgres123 pgsql mongo mongodb database db dbadmin sa sa123 test test123 guest guest123 user user123 welcome welcome1 letmein changeme default secret master oracle server web www backup demo dev developer alpine raspberry ubuntu debian centos docker kali linux system manager super supervisor service support temp qazwsx qwe123 asdf asdfgh zxcvbn 112233 121212 159753 987654321 11111111 88888888 00000000 aa123456 admin@123 Admin123 Admin@123 Aa123456 Huawei@123 huawei cisco ftp ftpuser git jenkins hadoop redis tomcat zabbix nagios wordpress joomla drupal magento phpmyadmin pma usbw cacti asterisk freepbx wuhan 5201314 520520 woaini iloveyou monkey dragon football shadow princess sunshine trustno1 bad nopassword'.split(
    ' ',
  );

/** The passwords to try for this user, the likeliest first: those that are let in, those that decoys
 * have `planted`, those made of the name, then the common ones. */
export function candidatePasswords(
  user: string,
  policy: LoginPolicy,
  weak: LoginPolicy['accepted'],
  most: number,
  planted: readonly string[] = [],
): string[] {
  const name = user.slice(0, 64);
  const known = [...weak, ...policy.accepted].filter(
    ([owner, password]) => (owner === '*' || owner === user) && password !== '*',
  );
  return [
    ...new Set([
      ...known.map(([, password]) => password),
      ...planted,
      name,
      `${name}123`,
      `${name}1234`,
      `${name}123456`,
      `${name}@123`,
      ...common,
    ]),
  ].slice(0, most);
}

export interface Guess {
  readonly user: string;
  /** Null where the client proved it without showing it. */
  readonly password: string | null;
  /** How often this source has tried here, this guess included. */
  readonly attempt: number;
}

/** Whether the machine lets this guess in. `weak` are the pairs that this program is known to be left with. */
export function isLetIn(guess: Guess, policy: LoginPolicy, weak: LoginPolicy['accepted']): boolean {
  if (guess.password === '') return weak.some(([user, password]) => user === guess.user && password === '');
  const fits = ([user, password]: readonly [string, string]): boolean =>
    (user === '*' || user === guess.user) && (password === '*' || password === guess.password);
  if (weak.some(fits) || policy.accepted.some(fits)) return true;
  return policy.acceptAfter > 0 && guess.attempt >= policy.acceptAfter;
}
