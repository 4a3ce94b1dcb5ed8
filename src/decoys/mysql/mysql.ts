import type { Decoy } from '../../core/decoy.ts';
import { MysqlSession } from './session.ts';

/** A MariaDB or MySQL server of the persona's version. The server speaks first, so no first bytes are its. */
export const mysql: Decoy = {
  name: 'mysql',
  summary:
    'MySQL and MariaDB server: logins, queries, and the ways by which it is taken over or held to ransom',
  fidelity: 'MariaDB 10.11: greeting, 135 statements, refused logins and malformed packets equal',
  transport: 'tcp',
  ports: [3306],
  open: (context) => new MysqlSession(context),
};
