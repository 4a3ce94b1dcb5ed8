import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ApplyResult, Change, Drops, Rule, StandingRule } from '../../core/enforcer.ts';
import { needRoot } from '../../../test/support/need.ts';
import { transaction, writeOf } from './commands.ts';
import { elementBatch, type ElementWrite } from './element-batch.ts';
import { defaultLayout } from './layout.ts';
import { createNftables } from './nftables.ts';

const itInNamespaces = needRoot(['ip', 'nft', 'ping']);
const fence = `pkt-f-${process.pid}`;
const peer = `pkt-p-${process.pid}`;
const run = (...command: string[]): string =>
  execFileSync(command[0] ?? '', command.slice(1), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
const inFence = (...command: string[]): string => run('ip', 'netns', 'exec', fence, ...command);

class Driver {
  readonly process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(options: object = {}) {
    const script = join(import.meta.dirname, 'exercise.ts');
    const command = ['netns', 'exec', fence, process.execPath, script, JSON.stringify(options)];
    this.process = spawn('ip', command, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.process.stdout ?? process.stdin })[Symbol.asyncIterator]();
  }

  async call<Result>(call: string, argument: unknown = null): Promise<Result> {
    this.process.stdin?.write(`${JSON.stringify({ call, argument })}\n`);
    const line = await this.#lines.next();
    const answer: { result: Result; error?: object } = JSON.parse(String(line.value));
    if (answer.error !== undefined) throw Object.assign(new Error('refused'), answer.error);
    return answer.result;
  }
}

const drivers: Driver[] = [];
async function started(options: object = {}): Promise<Driver> {
  const driver = new Driver(options);
  drivers.push(driver);
  await driver.call('start');
  return driver;
}
const add = (target: string, seconds = 600, action: Rule['action'] = 'block'): Change => ({
  do: 'add',
  rule: { target, action, until: Date.now() + seconds * 1_000 },
});
/** How many of these echo requests are answered. */
function answered(from: string, to: string, count = 2, interval = '0.02'): number {
  const family = to.includes(':') ? '-6' : '-4';
  const command = `ip netns exec ${peer} ping ${family} -q -c ${count} -i ${interval} -W 1 -I ${from} ${to} || true`;
  return Number(/(\d+) received/.exec(run('sh', '-c', command))?.[1]);
}

beforeEach(() => {
  if (process.getuid?.() !== 0) return;
  for (const name of [fence, peer]) {
    run('ip', 'netns', 'add', name);
    run('ip', '-n', name, 'link', 'set', 'lo', 'up');
  }
  run('ip', '-n', fence, 'link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1', 'netns', peer);
  const addresses: [string, string, string[]][] = [
    [fence, 'v0', ['10.77.0.1/16', '2001:db8:77::1/48']],
    [peer, 'v1', ['10.77.0.2/16', '10.77.3.4/16', '2001:db8:77::2/48', '2001:db8:77:5::9/48']],
  ];
  for (const [name, link, list] of addresses) {
    for (const address of list) {
      const flags = address.includes(':') ? ['nodad'] : [];
      run('ip', '-n', name, 'addr', 'add', address, 'dev', link, ...flags);
    }
    run('ip', '-n', name, 'link', 'set', link, 'up');
  }
});

afterEach(() => {
  for (const driver of drivers.splice(0)) driver.process.kill('SIGKILL');
  if (process.getuid?.() !== 0) return;
  for (const name of [fence, peer]) run('ip', 'netns', 'del', name);
});

itInNamespaces('nftables does what every back end must', async () => {
  const driver = new Driver({ ipv4Hosts: 12 });
  drivers.push(driver);
  expect(await driver.call('conformance', 12)).toEqual([]);
});

itInNamespaces('so it does on a kernel that does not renew by adding', async () => {
  const driver = new Driver({ ipv4Hosts: 12, renews: false });
  drivers.push(driver);
  expect(await driver.call('conformance', 12)).toEqual([]);
});

itInNamespaces(
  'a blocked host, /64 and /24 get no answer, others do, and the drops are counted',
  async () => {
    const driver = await started();
    const pairs: [string, string, string][] = [
      ['10.77.0.2', '10.77.0.1', '10.77.0.2'],
      ['10.77.3.4', '10.77.0.1', '10.77.3.0/24'],
      ['2001:db8:77::2', '2001:db8:77::1', '2001:db8:77::/64'],
      ['2001:db8:77:5::9', '2001:db8:77::1', '2001:db8:77:5::/64'],
    ];
    // The link takes a moment to come up.
    for (const [from, to] of pairs) await expect.poll(() => answered(from, to), { timeout: 20_000 }).toBe(2);
    await driver.call('drops');
    for (const [index, [from, to, target]] of pairs.entries()) {
      expect((await driver.call<ApplyResult>('apply', [add(target)])).failed).toEqual([]);
      expect(answered(from, to), `${target} is blocked`).toBe(0);
      const next = pairs[index + 1];
      if (next !== undefined) expect(answered(next[0], next[1]), `${next[0]} is not yet`).toBe(2);
    }
    const drops = await driver.call<Drops[]>('drops');
    for (const [, , target] of pairs) {
      expect(drops.find((drop) => drop.target === target)?.packets, target).toBeGreaterThanOrEqual(2);
    }
    expect(await driver.call('drops')).toEqual([]);
    await driver.call('apply', [{ do: 'remove', target: '10.77.0.2' }]);
    expect(answered('10.77.0.2', '10.77.0.1')).toBe(2);
  },
);

itInNamespaces('a rate-limited source gets through at its rate', async () => {
  const driver = await started({ packetsPerSecond: 5 });
  await driver.call('apply', [add('10.77.0.2', 600, 'rate-limit')]);
  const through = answered('10.77.0.2', '10.77.0.1', 100, '0.005');
  expect(through).toBeGreaterThanOrEqual(5);
  expect(through).toBeLessThan(60);
});

itInNamespaces(
  'a block dies by its own timeout after the process was killed, and stands until then',
  async () => {
    const driver = await started();
    await driver.call('apply', [add('10.77.0.2', 3), add('10.77.3.4', 600)]);
    driver.process.kill('SIGKILL');
    expect(answered('10.77.0.2', '10.77.0.1')).toBe(0);
    await expect.poll(() => answered('10.77.0.2', '10.77.0.1'), { timeout: 20_000 }).toBe(2);
    expect(answered('10.77.3.4', '10.77.0.1')).toBe(0);
    const next = await started();
    const rules = await next.call<StandingRule[]>('observe');
    expect(rules.map((rule) => rule.target)).toEqual(['10.77.3.4']);
  },
);

itInNamespaces('a flush by another is seen, and what is applied next builds the table again', async () => {
  const driver = await started();
  await driver.call('apply', [add('10.77.0.2')]);
  expect(await driver.call('intact')).toBe('intact');
  inFence('nft', 'add', 'table', 'inet', 'other');
  expect(await driver.call('intact')).toBe('doubtful');
  expect(await driver.call('observe')).toHaveLength(1);
  expect(await driver.call('intact')).toBe('intact');
  inFence('nft', 'flush', 'ruleset');
  expect(await driver.call('intact')).toBe('broken');
  expect((await driver.call<ApplyResult>('apply', [add('10.77.3.4')])).failed).toEqual([]);
  expect(answered('10.77.3.4', '10.77.0.1')).toBe(0);
  expect(await driver.call('intact')).toBe('doubtful');
  expect(await driver.call('observe')).toHaveLength(1);
});

itInNamespaces('the tables of others stay byte for byte as they are', async () => {
  inFence(
    'nft',
    'add table ip mine; add chain ip mine c { type filter hook input priority 0; }; add rule ip mine c tcp dport 22 counter accept; add set ip mine s { type ipv4_addr; }; add element ip mine s { 192.0.2.1 }',
  );
  const before = inFence('nft', '-a', 'list', 'table', 'ip', 'mine');
  const driver = await started();
  await driver.call('apply', [add('10.77.0.2'), add('10.99.0.0/16'), add('2001:db8::/48')]);
  await driver.call('clear');
  expect(inFence('nft', '-a', 'list', 'table', 'ip', 'mine')).toBe(before);
  expect(inFence('nft', 'list', 'tables')).toBe('table ip mine\n');
});

it('a missing library is named with its mend', () => {
  const enforcer = createNftables({ library: 'libnftables-of-nobody.so' });
  expect(() => enforcer.start()).toThrow(
    expect.objectContaining({
      code: 'PICKET_NFT_MISSING',
      message: expect.stringContaining('apt-get install'),
    }),
  );
});

it('writes what a person would type', () => {
  const rule = (target: string, action: Rule['action'] = 'block'): Rule => ({
    target,
    action,
    until: 901_000,
  });
  const orders = (changes: Change[], renews = true): readonly ElementWrite[] =>
    transaction(
      changes.map((change) => writeOf(change, 1_000, defaultLayout) ?? expect.unreachable()),
      new Set(['block_ipv4_32']),
      renews,
    );
  const key = Buffer.from([203, 0, 113, 9]);
  const placed = { do: 'add', set: 'block_ipv4_32', elements: [{ key, timeout: 900_000 }] };
  // nft add element inet picket block_ipv4_32 '{ 203.0.113.9 timeout 900s }'
  expect(orders([{ do: 'add', rule: rule('203.0.113.9') }])).toEqual([placed]);
  // nft add element inet picket limit_ipv6_64 '{ 2001:db8:: timeout 900s }'
  expect(orders([{ do: 'add', rule: rule('2001:db8::/64', 'rate-limit') }])).toEqual([
    {
      do: 'add',
      set: 'limit_ipv6_64',
      elements: [{ key: Buffer.from('20010db8000000000000000000000000', 'hex'), timeout: 900_000 }],
    },
  ]);
  // nft delete element inet picket block_ipv4_32 '{ 203.0.113.9 }'
  const removed = [{ key, timeout: 1_000 }];
  expect(orders([{ do: 'remove', target: '203.0.113.9' }])).toEqual([
    { do: 'add', set: 'block_ipv4_32', elements: removed },
    { do: 'delete', set: 'block_ipv4_32', elements: removed },
  ]);
  expect(orders([{ do: 'renew', rule: rule('203.0.113.9') }], false)).toEqual([
    { do: 'add', set: 'block_ipv4_32', elements: removed },
    { do: 'delete', set: 'block_ipv4_32', elements: removed },
    placed,
  ]);
});

it('puts them into the bytes of one netlink transaction', () => {
  // nft add element inet t s '{ 203.0.113.9 timeout 900s }'
  const elements = [{ key: Buffer.from([203, 0, 113, 9]), timeout: 900_000 }];
  const { bytes, first, last } = elementBatch('t', [{ do: 'add', set: 's', elements }], 7);
  expect({ first, last }).toEqual({ first: 7, last: 8 });
  expect(bytes.toString('hex').match(/.{8}/g)?.join(' ')).toBe(
    [
      '14000000 10000100 07000000 00000000 0000000a', // NFNL_MSG_BATCH_BEGIN
      '44000000 0c0a0504 08000000 00000000 01000000', // NFT_MSG_NEWSETELEM
      '06000100 74000000', // table
      '06000200 73000000', // set
      '20000380 1c000180', // list, element
      '0c000180 08000100 cb007109', // key
      '0c000400 00000000 000dbba0', // timeout
      '14000000 11000100 09000000 00000000 0000000a', // NFNL_MSG_BATCH_END
    ].join(' '),
  );
});
