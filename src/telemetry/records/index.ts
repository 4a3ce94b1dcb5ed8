/** The records that are known, each by its own shape. To add one: write a function of the record's fields and name it here. */

import { objectIn, type Fields } from '../json-object.ts';
import type { LoggedEvent } from '../logged-event.ts';
import { cowrie, openCanary } from './honeypot.ts';
import { asana, box, googleWorkspace, okta, oneLogin, onePassword } from './identity.ts';
import { suricata, zeek } from './network-monitor.ts';
import { cloudTrail, cloudTrailColumns, minioAudit, rgwOperation } from './object-store.ts';
import { awsWaf, kubernetesAudit, windowsEvent } from './platform.ts';

interface RecordForm {
  /** Whether a record is of this form, whatever it tells. */
  readonly has: (record: Fields) => boolean;
  readonly event: (record: Fields, near: number) => LoggedEvent | null;
}

const fields =
  (...names: readonly string[]) =>
  (record: Fields): boolean =>
    names.every((name) => name in record);

const forms: readonly RecordForm[] = [
  { has: fields('eventSource', 'eventName', 'sourceIPAddress'), event: cloudTrail },
  { has: fields('Event Name', 'Source IP', 'User ID'), event: cloudTrailColumns },
  { has: fields('event_type', 'src_ip', 'dest_ip'), event: suricata },
  { has: fields('eventid', 'src_ip', 'session'), event: cowrie },
  { has: fields('logtype', 'node_id', 'src_host'), event: openCanary },
  { has: fields('api', 'remotehost', 'version'), event: minioAudit },
  { has: fields('bucket', 'remote_addr', 'http_status'), event: rgwOperation },
  { has: fields('id.orig_h', 'id.resp_h'), event: zeek },
  { has: (record) => String(record['apiVersion']).startsWith('audit.k8s.io/'), event: kubernetesAudit },
  { has: fields('httpRequest', 'webaclId'), event: awsWaf },
  { has: fields('eventType', 'outcome', 'client', 'actor'), event: okta },
  {
    has: (record) => objectIn(record, 'id')['applicationName'] !== undefined && 'ipAddress' in record,
    event: googleWorkspace,
  },
  { has: fields('event_type_id', 'ipaddr'), event: oneLogin },
  { has: fields('event_type', 'ip_address', 'created_by'), event: box },
  { has: fields('event_type', 'context', 'actor'), event: asana },
  { has: fields('category', 'session_uuid', 'client'), event: onePassword },
  {
    has: (record) => 'winlog' in record || 'Event' in record || ('EventID' in record && 'Channel' in record),
    event: windowsEvent,
  },
];

/** The form of a record, or null where it is of none. */
export function recordForm(record: Fields): RecordForm | null {
  return forms.find(({ has }) => has(record)) ?? null;
}
