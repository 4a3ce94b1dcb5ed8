/** What a statement can ask of its own session and of the server that runs it. */

import { Buffer } from 'node:buffer';
import { numberOf, textOf } from '../../sql/value.ts';
import { timestamp } from '../timestamp.ts';
import { failureOf } from '../errors.ts';
import type { FunctionFamily } from './family.ts';

export const sessionFunction: FunctionFamily = ({ view, context, machine, set }, name, items) => {
  const { instance } = view;
  const [first = null, second = null] = items;
  switch (name) {
    case 'version':
      return instance.banner;
    case 'current_database':
    case 'current_catalog':
      return view.database;
    case 'current_user':
    case 'session_user':
    case 'user':
      return view.user;
    case 'current_schema':
      return 'public';
    case 'current_schemas':
      return first === true ? ['pg_catalog', 'public'] : ['public'];
    case 'pg_backend_pid':
      return view.process;
    case 'inet_server_addr':
      return context.destination;
    case 'inet_server_port':
      return context.destinationPort;
    case 'inet_client_addr':
      return context.source;
    case 'inet_client_port':
      return context.sourcePort;
    case 'now':
    case 'current_timestamp':
    case 'clock_timestamp':
    case 'statement_timestamp':
    case 'transaction_timestamp':
    case 'localtimestamp':
      return timestamp(context.now());
    case 'current_date':
      return timestamp(context.now()).slice(0, 10);
    case 'pg_postmaster_start_time':
      return timestamp(instance.startedAt);
    case 'pg_sleep':
      machine.outputs.push({
        do: 'pause',
        milliseconds: Math.min(5000, Math.max(0, numberOf(first) * 1000)),
      });
      return '';
    case 'current_setting': {
      const setting = textOf(first).toLowerCase();
      const value = view.settings().get(setting);
      if (value === undefined && second !== true)
        throw failureOf('42704', `unrecognized configuration parameter "${setting}"`);
      return value ?? null;
    }
    case 'set_config':
      set(textOf(first).toLowerCase(), textOf(second));
      return textOf(second);
    case 'pg_is_in_recovery':
      return false;
    case 'pg_reload_conf':
    case 'pg_cancel_backend':
    case 'pg_terminate_backend':
      return name === 'pg_reload_conf';
    case 'txid_current':
      return 740 + instance.nextOid;
    case 'random':
      return Buffer.from(context.randomBytes(4)).readUInt32BE() / 4_294_967_296;
    default:
      return undefined;
  }
};
