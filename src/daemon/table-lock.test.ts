import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { TableLock } from './table-lock.ts';

it('lets one process of a network namespace have a table, until it ends in whatever way', async () => {
  const table = `test_${process.pid}`;
  const module = JSON.stringify(join(import.meta.dirname, 'table-lock.ts'));
  const script = `import(${module}).then(async ({ TableLock }) => {
    await new TableLock('${table}').take(); console.log('taken'); setInterval(() => {}, 1000); })`;
  const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(other.stdout, 'data');
  await expect(new TableLock(table).take()).rejects.toThrow(
    `fence.table is ${table}, and another Picket (process ${other.pid}) enforces with that table already`,
  );
  await new TableLock(`${table}_b`).take();
  const ended = once(other, 'exit');
  other.kill('SIGKILL');
  await ended;
  const lock = new TableLock(table);
  await lock.take();
  await lock.release();
  await new TableLock(table).take();
});
