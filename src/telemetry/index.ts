/** The list of readers. To add one: write its file, a test beside it, and a line here. */

import type { Reader } from '../core/reader.ts';
import { columns } from './columns.ts';
import { conntrack } from './conntrack.ts';
import { eventRecords } from './event-records.ts';
import { honeypotCsv } from './honeypot-csv.ts';
import { httpJsonl } from './http-jsonl.ts';
import { systemLog, webError } from './login-log.ts';
import { netflow } from './netflow.ts';
import { openssh } from './openssh.ts';
import { pcap } from './pcap.ts';
import { picketJsonl } from './picket-jsonl.ts';
import { s3Access } from './s3-access.ts';
import { vpcFlow } from './vpc-flow.ts';
import { webAccess } from './web-access.ts';

export const readers: readonly Reader[] = [
  picketJsonl,
  httpJsonl,
  honeypotCsv,
  vpcFlow,
  netflow,
  pcap,
  conntrack,
  columns,
  eventRecords,
  s3Access,
  webAccess,
  webError,
  openssh,
  systemLog,
];
