/** What an application left in its database: a few tables whose rows come from the persona. */

import type { Persona } from '../../core/persona.ts';
import { below, hexDigits, pick, type Random } from '../../core/random.ts';
import { dateTime } from './functions.ts';
import { column, tableOf, type Table, type TableColumn } from './store.ts';

const firstNames = [
  'james',
  'maria',
  'david',
  'anna',
  'peter',
  'julia',
  'thomas',
  'laura',
  'martin',
  'sofia',
  'daniel',
  'emma',
  'lucas',
  'nina',
  'paul',
  'clara',
] as const;
const lastNames = [
  'smith',
  'garcia',
  'miller',
  'novak',
  'rossi',
  'martin',
  'weber',
  'silva',
  'jensen',
  'kowalski',
  'dubois',
  'brown',
  'wilson',
  'moreau',
  'fischer',
  'lopez',
] as const;
const mailHosts = ['gmail.com', 'outlook.com', 'yahoo.com', 'gmx.net', 'hotmail.com', 'icloud.com'] as const;
const products = [
  'Desk lamp',
  'USB-C cable',
  'Notebook A5',
  'Coffee grinder',
  'Backpack',
  'Water bottle',
  'Keyboard',
  'Phone case',
  'Headphones',
  'Monitor arm',
] as const;

export interface ApplicationData {
  readonly name: string;
  readonly tables: readonly Table[];
}

interface Types {
  readonly id: TableColumn;
  text(name: string, length: number): TableColumn;
  number(name: string): TableColumn;
  amount(name: string): TableColumn;
  moment(name: string): TableColumn;
}

const mysqlTypes: Types = {
  id: column('id', 'integer', 'int(11)', { isNullable: false, key: 'PRI', isCounter: true }),
  text: (name, length) => column(name, 'text', `varchar(${length})`, { isNullable: false }),
  number: (name) => column(name, 'integer', 'int(11)', { isNullable: false }),
  amount: (name) => column(name, 'numeric', 'decimal(10,2)', { isNullable: false }),
  moment: (name) => column(name, 'timestamp', 'datetime'),
};

const postgresTypes: Types = {
  id: column('id', 'integer', 'integer', { isNullable: false, key: 'PRI', isCounter: true }),
  text: (name, length) => column(name, 'text', `character varying(${length})`, { isNullable: false }),
  number: (name) => column(name, 'integer', 'integer', { isNullable: false }),
  amount: (name) => column(name, 'numeric', 'numeric(10,2)', { isNullable: false }),
  moment: (name) => column(name, 'timestamp', 'timestamp without time zone'),
};

/** The same for the same persona; `now` only keeps dates out of the future. */
export function applicationData(
  persona: Persona,
  dialect: 'mysql' | 'postgres',
  now: number,
): ApplicationData {
  const random = persona.random(`${dialect} rows`);
  const types = dialect === 'mysql' ? mysqlTypes : postgresTypes;
  const name = pick(random, [
    'shop',
    'app',
    'store',
    'crm',
    'portal',
    'billing',
    'production',
    'webapp',
  ] as const);
  const start = Math.min(now, persona.bootedAt) - 200 * 86_400_000;
  const moment = (): string =>
    dateTime(start + below(random, 199) * 86_400_000 + below(random, 86_400) * 1000);
  const users = Array.from({ length: 9 + below(random, 24) }, (_, index) =>
    person(random, index + 1, moment()),
  );
  const orders = Array.from({ length: 12 + below(random, 40) }, (_, index) => [
    index + 1,
    1 + below(random, users.length),
    pick(random, products),
    (5 + below(random, 20_000) / 100).toFixed(2),
    pick(random, ['paid', 'shipped', 'open', 'cancelled'] as const),
    moment(),
  ]);
  const settings = [
    [1, 'site_name', persona.hostname],
    [2, 'mail_from', `noreply@${persona.hostname}`],
    [3, 'api_key', hexDigits(random, 32)],
  ];
  return {
    name,
    tables: [
      tableOf(
        pick(random, ['users', 'customers', 'accounts'] as const),
        [
          types.id,
          types.text('username', 64),
          types.text('email', 128),
          types.text('password', 64),
          types.moment('created_at'),
        ],
        users,
      ),
      tableOf(
        'orders',
        [
          types.id,
          types.number('user_id'),
          types.text('product', 128),
          types.amount('total'),
          types.text('status', 16),
          types.moment('created_at'),
        ],
        orders,
      ),
      tableOf('settings', [types.id, types.text('name', 64), types.text('value', 255)], settings),
    ],
  };
}

function person(random: Random, id: number, created: string): (string | number)[] {
  const [first, last] = [pick(random, firstNames), pick(random, lastNames)];
  const mail = `${first}.${last}${below(random, 3) === 0 ? below(random, 99) : ''}@${pick(random, mailHosts)}`;
  return [id, `${first}${last.slice(0, 1 + below(random, 4))}${id}`, mail, hexDigits(random, 32), created];
}
