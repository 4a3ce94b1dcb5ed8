/** The tables of `mysql`. */

import type { Relation, Value } from '../sql/value.ts';
import { catalogRelation } from './catalog-relation.ts';
import { isAtLeast } from './identity.ts';
import type { MysqlInstance } from './instance.ts';
import type { ConnectionView } from './view.ts';

const privilegeNames =
  'Select_priv Insert_priv Update_priv Delete_priv Create_priv Drop_priv Reload_priv Shutdown_priv Process_priv File_priv Grant_priv References_priv Index_priv Alter_priv Show_db_priv Super_priv Create_tmp_table_priv Lock_tables_priv Execute_priv Repl_slave_priv Repl_client_priv Create_view_priv Show_view_priv Create_routine_priv Alter_routine_priv Create_user_priv Event_priv Trigger_priv Create_tablespace_priv';

function accountRows(instance: MysqlInstance): Value[][] {
  const privileges = privilegeNames.split(' ');
  return [...instance.accounts].map(([account, secret]) => {
    const [, user = '', host = ''] = /^'(.*)'@'(.*)'$/.exec(account) ?? [];
    const all = user === 'root' ? 'Y' : 'N';
    return [host, user].concat(
      privileges.map(() => all),
      [instance.identity.method, 'N', secret],
    );
  });
}

/** A table of `mysql`; null where there is none of the name. */
export function systemTable(view: ConnectionView, name: string): Relation | null {
  const { instance } = view;
  switch (name) {
    case 'user':
    case 'global_priv': {
      return catalogRelation(
        `Host User ${privilegeNames} plugin password_expired authentication_string`,
        accountRows(instance),
      );
    }
    case 'func': {
      const kinds = { string: 0, real: 1, int: 2, decimal: 4 } as const;
      return {
        columns: [
          { name: 'name', type: 'text' },
          { name: 'ret', type: 'integer' },
          { name: 'dl', type: 'text' },
          { name: 'type', type: 'text' },
        ],
        rows: [...instance.functions.values()].map((each) => [
          each.name,
          kinds[each.returns],
          each.library,
          'function',
        ]),
      };
    }
    case 'plugin':
      return catalogRelation('name dl');
    case 'db':
      return catalogRelation(`Host Db User ${privilegeNames}`);
    case 'proc':
      return instance.identity.isMariaDb || !isAtLeast(instance.identity.version, 8)
        ? catalogRelation('db name type specific_name language body definer created')
        : null;
    case 'tables_priv':
    case 'columns_priv':
    case 'procs_priv':
    case 'proxies_priv':
      return catalogRelation('Host Db User Table_name Grantor Timestamp');
    case 'servers':
      return catalogRelation('Server_name Host Db Username Password Port Socket Wrapper Owner');
    case 'event':
      return catalogRelation('db name body definer');
    case 'slow_log':
    case 'general_log':
      return catalogRelation('event_time user_host thread_id server_id command_type argument');
    case 'time_zone_name':
      return catalogRelation('Name Time_zone_id');
    case 'help_topic':
      return catalogRelation('help_topic_id name help_category_id description example url');
    case 'innodb_table_stats':
      return catalogRelation(
        'database_name table_name last_update n_rows clustered_index_size sum_of_other_index_sizes',
      );
    default:
      return null;
  }
}

export const systemTables: Readonly<Record<string, readonly string[]>> = {
  mysql: [
    'columns_priv',
    'db',
    'event',
    'func',
    'general_log',
    'global_priv',
    'help_topic',
    'innodb_table_stats',
    'plugin',
    'proc',
    'procs_priv',
    'proxies_priv',
    'servers',
    'slow_log',
    'tables_priv',
    'time_zone_name',
    'user',
  ],
  information_schema:
    'CHARACTER_SETS COLLATIONS COLUMNS COLUMN_PRIVILEGES ENGINES EVENTS FILES GLOBAL_STATUS GLOBAL_VARIABLES KEY_COLUMN_USAGE PARAMETERS PARTITIONS PLUGINS PROCESSLIST REFERENTIAL_CONSTRAINTS ROUTINES SCHEMATA SCHEMA_PRIVILEGES SESSION_STATUS SESSION_VARIABLES STATISTICS TABLES TABLESPACES TABLE_CONSTRAINTS TABLE_PRIVILEGES TRIGGERS USER_PRIVILEGES VIEWS'.split(
      ' ',
    ),
  performance_schema: [],
  sys: [],
};
