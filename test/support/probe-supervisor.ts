/** For tests: makes rules and sockets as root, and starts a sensor without privileges that inherits them. */

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { installSensorRules, removeSensorRules } from '../../src/sensor/any-port-rules.ts';
import {
  closeAnyPortSockets,
  closeDescriptors,
  makeAnyPortSockets,
} from '../../src/sensor/any-port-sockets.ts';
import { makeProbeSocket } from '../../src/sensor/probe-socket.ts';

const [folder = '', networkInterface = '', uidText = ''] = process.argv.slice(2);
const uid = Number(uidText);
const rules = {
  uid,
  anyPort: { interface: networkInterface, tcpPort: 50_080, udpPort: 50_081, exceptPorts: [9], probes: true },
};
installSensorRules(rules);
const sockets = makeAnyPortSockets({ tcpPort: 50_080, udpPort: 50_081, families: [4, 6], uid });
const probe = makeProbeSocket();
let second = 'made';
try {
  makeProbeSocket();
} catch (error) {
  second = error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
process.stdout.write(`${JSON.stringify({ second })}\n`);
const inherited = [...sockets.tcp, ...sockets.udp.flatMap((udp) => [udp.receive, udp.send]), probe];
const child = spawn(process.execPath, [join(import.meta.dirname, 'probe-sensor.ts'), folder], {
  stdio: ['ignore', 'inherit', 'inherit', ...inherited],
  uid,
  gid: uid,
});
closeAnyPortSockets(sockets);
closeDescriptors([probe]);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', () => removeSensorRules(rules));
