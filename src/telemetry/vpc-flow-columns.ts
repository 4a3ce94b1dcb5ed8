/** The columns of a VPC flow log and what each is read as. https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */

/** What a column is read as. `skip` stands for all that no detector looks at. */
export const role = {
  skip: 0,
  source: 1,
  destination: 2,
  sourcePort: 3,
  destinationPort: 4,
  protocol: 5,
  packets: 6,
  bytes: 7,
  start: 8,
  end: 9,
  action: 10,
  status: 11,
  flags: 12,
  packetSource: 13,
  packetDestination: 14,
} as const;

export type Role = (typeof role)[keyof typeof role];

const roleOf: Readonly<Record<string, Role>> = {
  srcaddr: role.source,
  dstaddr: role.destination,
  srcport: role.sourcePort,
  dstport: role.destinationPort,
  protocol: role.protocol,
  packets: role.packets,
  bytes: role.bytes,
  start: role.start,
  end: role.end,
  action: role.action,
  'log-status': role.status,
  'tcp-flags': role.flags,
  'pkt-srcaddr': role.packetSource,
  'pkt-dstaddr': role.packetDestination,
};

const versionTwo =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';

/** The order in which the documentation adds columns after those of version 2; logs without a header keep to it. */
const added: readonly (readonly [version: number, columns: string])[] = [
  [3, 'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr'],
  [4, 'region az-id sublocation-type sublocation-id'],
  [5, 'pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path'],
  [
    7,
    'ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id',
  ],
  [7, 'ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id'],
  [8, 'reject-reason'],
];

const rolesOf = (columns: string): Uint8Array =>
  Uint8Array.from(columns.split(' '), (column) => roleOf[column] ?? role.skip);

/** The roles of the documented order, as long as the record: a record of version 5 may stop after any column. */
export const defaultRoles: Uint8Array = rolesOf(
  [versionTwo, ...added.map(([, columns]) => columns)].join(' '),
);

/** The roles of a header line (names with `-` or `_`), or null where the line is none: a header names addresses and holds no number. */
export function headerRoles(line: string): Uint8Array | null {
  if (!/[a-z]addr/.test(line) || line.length > 2_000) return null;
  const columns = line
    .trim()
    .replace(/^\$\{|\}$/g, '')
    .replaceAll(/\}\s+\$\{/g, ' ')
    .replaceAll('_', '-')
    .split(/\s+/);
  const roles = rolesOf(columns.join(' '));
  const named = new Set(roles);
  const hasSource = named.has(role.source) || named.has(role.packetSource);
  const hasDestination = named.has(role.destination) || named.has(role.packetDestination);
  return hasSource && hasDestination && columns.every((column) => /^[a-z][a-z0-9-]*$/.test(column))
    ? roles
    : null;
}
