/** What a statement can ask of its own session and of the server that runs it. */

import { Buffer } from 'node:buffer';
import { hexDigits } from '../../../core/random.ts';
import type { FunctionFamily } from './family.ts';

export const sessionFunction: FunctionFamily = ({ view, connection }, call) => {
  const { instance } = view;
  switch (call.name) {
    case 'version':
      return instance.identity.version;
    case 'user':
    case 'session_user':
    case 'system_user':
      return `${connection.user}@${connection.host}`;
    case 'current_user':
      return `${connection.user}@%`;
    case 'database':
    case 'schema':
      return connection.database === '' ? null : connection.database;
    case 'connection_id':
      return connection.thread;
    case 'last_insert_id':
      return connection.lastId;
    case 'row_count':
      return connection.affected;
    case 'found_rows':
      return connection.found;
    case 'rand':
      return (
        (connection.context.randomBytes(4)[0] ?? 0) / 256 +
        (connection.context.randomBytes(4)[1] ?? 0) / 65_536
      );
    case 'uuid': {
      const random = Buffer.from(connection.context.randomBytes(8)).toString('hex');
      return `${random.slice(0, 8)}-${random.slice(8, 12)}-11ee-${hexDigits(instance.persona.random('mysql uuid'), 4)}-${instance.persona.mac.replaceAll(':', '').toLowerCase()}`;
    }
    case 'charset':
      return 'utf8mb4';
    case 'collation':
      return 'utf8mb4_general_ci';
    default:
      return undefined;
  }
};
