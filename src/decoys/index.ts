/** The decoys, in the order in which they are asked whether a stranger's first bytes are theirs. */

import type { Decoy } from '../core/decoy.ts';
import { adb } from './adb/adb.ts';
import { any } from './any/any.ts';
import { coap } from './coap/coap.ts';
import { dns } from './dns/dns.ts';
import { docker } from './docker/docker.ts';
import { elasticsearch } from './elasticsearch/elasticsearch.ts';
import { ftp } from './ftp/ftp.ts';
import { http } from './http/http.ts';
import { ike } from './ike/ike.ts';
import { kubernetes } from './kubernetes/kubernetes.ts';
import { mcp } from './mcp/mcp.ts';
import { memcached } from './memcached/memcached.ts';
import { metadata } from './metadata/metadata.ts';
import { modbus } from './modbus/modbus.ts';
import { mongodb } from './mongodb/mongodb.ts';
import { mqtt } from './mqtt/mqtt.ts';
import { mysql } from './mysql/mysql.ts';
import { ntp } from './ntp/ntp.ts';
import { ollama } from './ollama/ollama.ts';
import { postgres } from './postgres/postgres.ts';
import { proxy } from './proxy/proxy.ts';
import { quic } from './quic/quic.ts';
import { rdp } from './rdp/rdp.ts';
import { redis } from './redis/redis.ts';
import { rtsp } from './rtsp/rtsp.ts';
import { s3 } from './s3/s3.ts';
import { s7comm } from './s7comm/s7comm.ts';
import { sip } from './sip/sip.ts';
import { smb } from './smb/smb.ts';
import { smtp } from './smtp/smtp.ts';
import { snmp } from './snmp/snmp.ts';
import { ssdp } from './ssdp/ssdp.ts';
import { ssh } from './ssh/ssh.ts';
import { telnet } from './telnet/telnet.ts';
import { tftp } from './tftp/tftp.ts';
import { tr069 } from './tr069/tr069.ts';
import { vnc } from './vnc/vnc.ts';

export const decoys: readonly Decoy[] = [
  ssh,
  telnet,
  http,
  redis,
  mysql,
  postgres,
  mongodb,
  memcached,
  smtp,
  ftp,
  smb,
  proxy,
  rdp,
  adb,
  vnc,
  docker,
  kubernetes,
  elasticsearch,
  ollama,
  mcp,
  s3,
  metadata,
  mqtt,
  sip,
  rtsp,
  tr069,
  modbus,
  s7comm,
  dns,
  ntp,
  snmp,
  ssdp,
  ike,
  quic,
  tftp,
  coap,
  any,
];
