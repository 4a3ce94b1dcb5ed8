/** For tests: makes the any-port sockets and rules as root, and starts a sensor without privileges that inherits them. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { installSensorRules, removeSensorRules } from '../../src/sensor/any-port-rules.ts';
import { closeAnyPortSockets, makeAnyPortSockets } from '../../src/sensor/any-port-sockets.ts';

const [folder = '', networkInterface = '', uidText = '', ...prefixes] = process.argv.slice(2);
const uid = Number(uidText);
const rules = {
  uid,
  anyPort: { interface: networkInterface, tcpPort: 50_080, udpPort: 50_081, exceptPorts: [9], prefixes },
};
installSensorRules(rules);
installSensorRules(rules);
const sockets = makeAnyPortSockets({ tcpPort: 50_080, udpPort: 50_081, families: [4, 6], uid });
const inherited = [...sockets.tcp, ...sockets.udp.flatMap((udp) => [udp.receive, udp.send])];
const child = spawn(process.execPath, [join(import.meta.dirname, 'any-port-sensor.ts'), folder], {
  stdio: ['ignore', 'inherit', 'inherit', ...inherited],
  uid,
  gid: uid,
});
closeAnyPortSockets(sockets);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', () => {
  removeSensorRules(rules);
  removeSensorRules(rules);
});
