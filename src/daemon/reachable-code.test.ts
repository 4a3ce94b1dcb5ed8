import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, chmodSync, mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { needRoot } from '../../test/support/need.ts';
import { isReachable, startOf } from './reachable-code.ts';

const checkout = resolve(import.meta.dirname, '../..');
const folders: string[] = [];
let picket: ChildProcess | null = null;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'picket-closed-'));
  folders.push(path);
  return path;
}

afterEach(async () => {
  if (picket !== null && picket.exitCode === null) {
    picket.kill('SIGTERM');
    await once(picket, 'exit');
  }
  picket = null;
  for (const path of folders.splice(0)) rmSync(path, { recursive: true, force: true });
});

describe('code that an unprivileged process can read', () => {
  it('is code in a folder that anybody can enter, all the way down', () => {
    const outer = folder();
    const inner = join(outer, 'inner');
    mkdirSync(inner);
    chmodSync(outer, 0o700);
    expect(isReachable(inner)).toBe(false);
    chmodSync(outer, 0o711);
    expect(isReachable(inner)).toBe(true);
  });

  it('is started directly where it can be reached', () => {
    if (!isReachable(checkout)) return;
    const { program, words } = startOf('main.ts', ['--option'], ['sensor']);
    expect([program, ...words]).toEqual([process.execPath, '--option', 'main.ts', 'sensor']);
  });

  needRoot(['unshare', 'nsenter', 'mount', 'ip', 'nft', 'curl'])(
    'is found from a checkout in a closed folder: all processes start, without root, and the loop runs',
    async () => {
      const closed = folder();
      const state = folder();
      chmodSync(state, 0o711);
      const configuration = join(state, 'picket.yaml');
      writeFileSync(configuration, `state: ${state}/state\nguards:\n  lab: [127.0.0.0/8]\n`);
      // The mount point belongs to root alone, as root's home does. Mounts and network end with the processes.
      const script =
        'mount -t tmpfs -o mode=700 none "$1" && mkdir "$1/main" && mount --bind "$2" "$1/main" && ip link set lo up && ' +
        'cd "$1/main" && exec bin/picket up --json --config "$3"';
      const words = ['--mount', '--net', 'sh', '-c', script, 'test', closed, checkout, configuration];
      picket = spawn('unshare', words, { stdio: ['ignore', 'pipe', 'inherit'] });
      const inside = (...command: string[]): string =>
        execFileSync('nsenter', ['--target', String(picket?.pid), '--mount', '--net', ...command], {
          encoding: 'utf8',
        });
      let output = '';
      const seen = async (text: string): Promise<void> => {
        if (picket?.stdout === null || picket === null) throw new Error('not started');
        for await (const chunk of picket.stdout.iterator({ destroyOnReturn: false })) {
          output += String(chunk);
          if (output.includes(text)) return;
        }
        throw new Error(`ended without ${text}: ${output}`);
      };
      await seen('Picket is up.');
      inside('curl', '-s', '-o', '/dev/null', 'http://127.0.0.1:8080/?x=$(id)');
      await seen('exploit:rce');
      const children = readFileSync(`/proc/${picket.pid}/task/${picket.pid}/children`, 'utf8')
        .trim()
        .split(' ');
      const rights = children.map((pid) => {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        const field = (name: string): string => new RegExp(`^${name}:\\t(\\S+)`, 'm').exec(status)?.[1] ?? '';
        return `${field('Uid')} ${field('CapPrm')} ${field('CapBnd')} ${field('NoNewPrivs')}`;
      });
      // CAP_NET_ADMIN is bit 12, and the fence's alone.
      const [none, networkAdmin] = ['0000000000000000', '0000000000001000'];
      expect(new Set(rights)).toEqual(
        new Set([
          `47001 ${none} ${none} 1`,
          `47002 ${none} ${none} 1`,
          `47003 ${networkAdmin} ${networkAdmin} 1`,
        ]),
      );
      // The event store opens after the others.
      await expect
        .poll(() => inside('curl', '-s', 'http://127.0.0.1:8910/api/v1/health'), { timeout: 20_000 })
        .toContain('"status":"ok"');
    },
  );
});
