/** What a scanner reads a system by before it has said a word: TTL and window, as the decoy's machine would send them. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { needRoot } from '../support/need.ts';
import { Capture } from './capture.ts';
import { hostAddress, LoopNetwork } from './namespaces.ts';
import { LoopPicket } from './picket.ts';

const test = needRoot(['ip', 'nft', 'tcpdump', 'nmap', 'curl']);
const network = new LoopNetwork(1);
let folder = '';
let picket: LoopPicket;
let capture: Capture;

describe('packets of decoys', () => {
  beforeAll(async () => {
    if (process.getuid?.() !== 0) return;
    folder = mkdtempSync(join(tmpdir(), 'picket-stack-'));
    picket = new LoopPicket(network, folder);
    capture = new Capture(network, join(folder, 'bridge.pcap'));
    network.start();
    await capture.start();
    await picket.start({
      sensor: {
        listeners: [
          { decoy: 'smb', port: 445, persona: 'windows-server' },
          { decoy: 'telnet', port: 23, persona: 'dlink-nas' },
          { decoy: 'ssh', port: 22, persona: 'ubuntu-web' },
        ],
      },
      guards: { lab: ['198.18.0.0/15', '2001:db8::/32'] },
    });
    // A half-open scan has no timestamps; a connection of this kernel has.
    await network.run('attacker', 'nmap', ['-n', '-Pn', '-sS', '-p', '22,23,445', hostAddress]);
    for (const port of [22, 23, 445])
      await network.run('attacker', 'curl', ['-s', '-m', '2', `telnet://${hostAddress}:${port}`]);
    await capture.stop();
  }, 120_000);

  afterAll(async () => {
    if (process.getuid?.() !== 0) return;
    await picket.stop();
    await network.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  test('have the TTL and the first window of Windows where the machine is one', async () => {
    expect(await capture.synAcks(445)).toEqual(['ttl 128 win 8192', 'ttl 128 win 8192 ts']);
  });

  test('have the first window of the claimed kernel, by whether there are timestamps', async () => {
    expect(await capture.synAcks(23)).toEqual(['ttl 64 win 5792 ts', 'ttl 64 win 5840']);
  });

  test('are this kernel’s own where it claims no other', async () => {
    const [own = ''] = await capture.synAcks(22);
    expect(own).toMatch(/^ttl 64 win 6\d{4}/);
  });

  test('are checked by the other side: a changed window has its checksum', async () => {
    const said = await network.run('attacker', 'curl', ['-s', '-m', '2', `telnet://${hostAddress}:22`]);
    expect(said.output).toContain('SSH-2.0-');
    expect(
      (await network.run('attacker', 'nmap', ['-n', '-Pn', '-sT', '-p', '23,445', hostAddress])).output,
    ).toMatch(/23\/tcp +open[^]*445\/tcp +open/);
  });
});
