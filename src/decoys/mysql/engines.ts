/** The storage engines. */

import type { Value } from '../sql/value.ts';

export const engineRows = (isMariaDb: boolean): Value[][] => [
  ['CSV', 'YES', isMariaDb ? 'Stores tables as CSV files' : 'CSV storage engine', 'NO', 'NO', 'NO'],
  ['MRG_MyISAM', 'YES', 'Collection of identical MyISAM tables', 'NO', 'NO', 'NO'],
  ['MEMORY', 'YES', 'Hash based, stored in memory, useful for temporary tables', 'NO', 'NO', 'NO'],
  ...(isMariaDb
    ? [
        [
          'Aria',
          'YES',
          'Crash-safe tables with MyISAM heritage. Used for internal temporary tables and privilege tables',
          'NO',
          'NO',
          'NO',
        ],
      ]
    : [
        [
          'BLACKHOLE',
          'YES',
          '/dev/null storage engine (anything you write to it disappears)',
          'NO',
          'NO',
          'NO',
        ],
      ]),
  [
    'MyISAM',
    'YES',
    isMariaDb
      ? 'Non-transactional engine with good performance and small data footprint'
      : 'MyISAM storage engine',
    'NO',
    'NO',
    'NO',
  ],
  [
    'InnoDB',
    'DEFAULT',
    isMariaDb
      ? 'Supports transactions, row-level locking, foreign keys and encryption for tables'
      : 'Supports transactions, row-level locking, and foreign keys',
    'YES',
    'YES',
    'YES',
  ],
  ['PERFORMANCE_SCHEMA', 'YES', 'Performance Schema', 'NO', 'NO', 'NO'],
];
