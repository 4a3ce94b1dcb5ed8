/**
 * A real object store: Ceph's radosgw on one monitor and one storage daemon in memory, all on loopback and in a folder of its own. Up in about
 * 5 s; nothing is left of it.
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDaemon } from './real-daemon.ts';
import { freePort } from './free-port.ts';
import { runProgram } from './run-program.ts';

export const radosgwTools: readonly string[] = [
  'ceph',
  'ceph-authtool',
  'ceph-mon',
  'ceph-osd',
  'monmaptool',
  'radosgw',
  'radosgw-admin',
];

export interface Radosgw extends AsyncDisposable {
  readonly port: number;
  readonly key: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const configuration = (folder: string, cluster: string, monitor: number, port: number): string => `[global]
fsid = ${cluster}
mon_host = v1:127.0.0.1:${monitor}/0
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
keyring = ${folder}/keyring
run_dir = ${folder}
admin_socket = ${folder}/$name.$pid.asok
log_file = ${folder}/$name.log
crash_dir = ${folder}
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
# Each pool that radosgw makes is a round of the monitor, by default a second and more.
paxos_propose_interval = 0.02
paxos_min_wait = 0.01
mon_data = ${folder}/mon
mon_allow_pool_size_one = true
osd_data = ${folder}/osd
osd_objectstore = memstore
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_crush_chooseleaf_type = 0
osd_class_update_on_start = false
osd_crush_update_on_start = false
[client.rgw]
rgw_data = ${folder}
rgw_frontends = beast endpoint=127.0.0.1:${port}
rgw_thread_pool_size = 16
rgw_dns_name = s3.test
`;

/** On a busy machine it takes its time. */
async function untilServed(port: number): Promise<void> {
  for (let left = 300; left > 0; left -= 1) {
    const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    if (response?.ok === true) return;
    await sleep(200);
  }
  throw new Error('radosgw does not answer');
}

export async function startRadosgw(): Promise<Radosgw> {
  const folder = mkdtempSync(join(tmpdir(), 'picket-radosgw-'));
  const [monitor, port, cluster, disk] = [await freePort(), await freePort(), randomUUID(), randomUUID()];
  const file = join(folder, 'ceph.conf');
  const keyring = join(folder, 'keyring');
  writeFileSync(file, configuration(folder, cluster, monitor, port));
  for (const part of ['mon', 'osd']) mkdirSync(join(folder, part));
  const daemons: ChildProcess[] = [];
  const daemon = (program: string, ...words: string[]): ChildProcess => {
    const child = spawn(program, ['-c', file, ...words, '-f'], { stdio: 'ignore' });
    daemons.push(child);
    return child;
  };
  const stop = async (): Promise<void> => {
    for (const child of daemons.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    // Nobody is asked for a key; the monitor wants to have one.
    const said = [await runProgram('ceph-authtool', '--create-keyring', keyring, '--gen-key', '-n', 'mon.')];
    const map = join(folder, 'monmap');
    const place = `[v1:127.0.0.1:${monitor}/0]`;
    said.push(
      await runProgram('monmaptool', '--create', '--fsid', cluster, '--addv', 'a', place, map),
      await runProgram('ceph-mon', '-c', file, '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring),
    );
    await startDaemon(daemon('ceph-mon', '-i', 'a'), monitor);
    const ceph = (...words: string[]): Promise<string> => runProgram('ceph', '-c', file, ...words);
    said.push(
      await ceph('osd', 'new', disk, '0'),
      await ceph('osd', 'crush', 'add-bucket', 'here', 'host', 'root=default'),
      await ceph('osd', 'crush', 'add', '0', '1', 'host=here'),
      await runProgram('ceph-osd', '-c', file, '-i', '0', '--mkfs', '--osd-uuid', disk),
    );
    daemon('ceph-osd', '-i', '0');
    daemon('radosgw', '-n', 'client.rgw');
    const key = { accessKeyId: 'PINEOWNER', secretAccessKey: 'a-secret-of-this-test' };
    const user = ['--uid=owner', '--display-name=Owner'];
    const keys = [`--access-key=${key.accessKeyId}`, `--secret-key=${key.secretAccessKey}`];
    const made = await runProgram('radosgw-admin', '-c', file, 'user', 'create', ...user, ...keys);
    if (!made.includes(key.accessKeyId)) throw new Error(`radosgw is not up:\n${said.join('')}${made}`);
    await untilServed(port);
    return { port, key, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
