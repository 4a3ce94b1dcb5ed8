/** The line that COM_STATISTICS is answered with. */

import type { MysqlInstance } from './instance.ts';

export function statisticsText(instance: MysqlInstance, now: number): string {
  const uptime = Math.max(1, Math.floor((now - instance.startedAt) / 1000));
  const { questions } = instance;
  return `Uptime: ${uptime}  Threads: 1  Questions: ${questions}  Slow queries: 0  Opens: 58  ${instance.identity.isMariaDb ? 'Open tables: 41' : 'Flush tables: 3  Open tables: 41'}  Queries per second avg: ${(questions / uptime).toFixed(3)}`;
}
