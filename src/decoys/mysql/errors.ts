/** The server's errors: number, SQLSTATE, and the words that both products share. */

import { StatementFailure } from '../sql/failure.ts';

type Maker = (...names: string[]) => StatementFailure;

const make =
  (code: number, state: string, text: (...names: string[]) => string): Maker =>
  (...names) =>
    new StatementFailure(code, state, text(...names).slice(0, 512));

type ErrorName =
  | 'databaseExists'
  | 'noDatabaseToDrop'
  | 'deniedDatabase'
  | 'denied'
  | 'noDatabase'
  | 'unknownCommand'
  | 'unknownDatabase'
  | 'tableExists'
  | 'unknownTableToDrop'
  | 'ambiguousColumn'
  | 'unknownColumn'
  | 'emptyQuery'
  | 'fileExists'
  | 'unknownThread'
  | 'noTables'
  | 'unknownError'
  | 'unknownInformation'
  | 'tableFull'
  | 'cannotOpenLibrary'
  | 'noSuchUser'
  | 'columnCount'
  | 'noSuchGrant'
  | 'unknownTable'
  | 'packetTooLarge'
  | 'unknownVariable'
  | 'readOnlyVariable'
  | 'differentColumns'
  | 'unknownStatement'
  | 'secureFile'
  | 'unknownFunction'
  | 'unknownProcedure'
  | 'interrupted'
  | 'noBinaryLog'
  | 'userOperation'
  | 'argumentCount';

export const mysqlError: Readonly<Record<ErrorName, Maker>> = {
  databaseExists: make(1007, 'HY000', (name) => `Can't create database '${name}'; database exists`),
  noDatabaseToDrop: make(1008, 'HY000', (name) => `Can't drop database '${name}'; database doesn't exist`),
  deniedDatabase: make(
    1044,
    '42000',
    (user, host, name) => `Access denied for user '${user}'@'${host}' to database '${name}'`,
  ),
  denied: make(
    1045,
    '28000',
    (user, host, how) => `Access denied for user '${user}'@'${host}' (using password: ${how})`,
  ),
  noDatabase: make(1046, '3D000', () => 'No database selected'),
  unknownCommand: make(1047, '08S01', () => 'Unknown command'),
  unknownDatabase: make(1049, '42000', (name) => `Unknown database '${name}'`),
  tableExists: make(1050, '42S01', (name) => `Table '${name}' already exists`),
  unknownTableToDrop: make(1051, '42S02', (name) => `Unknown table '${name}'`),
  ambiguousColumn: make(1052, '23000', (name, place) => `Column '${name}' in ${place} is ambiguous`),
  unknownColumn: make(1054, '42S22', (name, place) => `Unknown column '${name}' in '${place}'`),
  emptyQuery: make(1065, '42000', () => 'Query was empty'),
  fileExists: make(1086, 'HY000', (name) => `File '${name}' already exists`),
  unknownThread: make(1094, 'HY000', (id) => `Unknown thread id: ${id}`),
  noTables: make(1096, 'HY000', () => 'No tables used'),
  unknownError: make(1105, 'HY000', (text) => text ?? 'Unknown error'),
  unknownInformation: make(1109, '42S02', (name) => `Unknown table '${name}' in information_schema`),
  tableFull: make(1114, 'HY000', (name) => `The table '${name}' is full`),
  cannotOpenLibrary: make(
    1126,
    'HY000',
    (name) =>
      `Can't open shared library '${name}' (errno: 2, cannot open shared object file: No such file or directory)`,
  ),
  noSuchUser: make(1133, '28000', () => "Can't find any matching row in the user table"),
  columnCount: make(1136, '21S01', (row) => `Column count doesn't match value count at row ${row}`),
  noSuchGrant: make(
    1141,
    '42000',
    (user, host) => `There is no such grant defined for user '${user}' on host '${host}'`,
  ),
  unknownTable: make(1146, '42S02', (name) => `Table '${name}' doesn't exist`),
  packetTooLarge: make(1153, '08S01', () => "Got a packet bigger than 'max_allowed_packet' bytes"),
  unknownVariable: make(1193, 'HY000', (name) => `Unknown system variable '${name}'`),
  readOnlyVariable: make(1238, 'HY000', (name) => `Variable '${name}' is a read only variable`),
  differentColumns: make(
    1222,
    '21000',
    () => 'The used SELECT statements have a different number of columns',
  ),
  unknownStatement: make(
    1243,
    'HY000',
    (name, where) => `Unknown prepared statement handler (${name}) given to ${where}`,
  ),
  secureFile: make(
    1290,
    'HY000',
    (product) =>
      `The ${product} server is running with the --secure-file-priv option so it cannot execute this statement`,
  ),
  unknownFunction: make(1305, '42000', (name) => `FUNCTION ${name} does not exist`),
  unknownProcedure: make(1305, '42000', (name) => `PROCEDURE ${name} does not exist`),
  interrupted: make(1317, '70100', () => 'Query execution was interrupted'),
  noBinaryLog: make(1381, 'HY000', () => 'You are not using binary logging'),
  userOperation: make(1396, 'HY000', (operation, who) => `Operation ${operation} failed for ${who}`),
  argumentCount: make(
    1582,
    '42000',
    (name) => `Incorrect parameter count in the call to native function '${name}'`,
  ),
};
