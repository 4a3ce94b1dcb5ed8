/** PostgreSQL's errors in its own words. */

import { Buffer } from 'node:buffer';
import { StatementFailure } from '../sql/failure.ts';
import { postgresMessage, zeroText } from '../../wire/postgres-message.ts';

/** Byte1 field, String value, …, 0: severity, its name untranslated, SQLSTATE, text, and where and why. */
export function errorMessage(failure: StatementFailure, statement: string, severity = 'ERROR'): Buffer {
  const fields: (readonly [string, string])[] = [
    ['S', severity],
    ['V', severity],
    ['C', failure.state],
    ['M', failure.message],
  ];
  if (failure.detail !== '') fields.push(['D', failure.detail]);
  if (failure.hint !== '') fields.push(['H', failure.hint]);
  // Positions count characters from 1; the text here is octets.
  if (failure.at >= 0)
    fields.push([
      'P',
      String(Buffer.from(statement.slice(0, failure.at), 'latin1').toString('utf8').length + 1),
    ]);
  const [file, line, routine] = places[failure.state] ?? ['postgres.c', '1340', 'exec_simple_query'];
  fields.push(['F', file], ['L', line], ['R', routine]);
  return postgresMessage('E', ...fields.map(([name, value]) => zeroText(name + value)), Buffer.of(0));
}

type Place = readonly [file: string, line: string, routine: string];

/** Where in its source the server raises them (version 15; the lines move by a few with each). */
const places: Readonly<Record<string, Place>> = {
  '42601': ['scan.l', '1180', 'scanner_yyerror'],
  '42P01': ['parse_relation.c', '1392', 'parserOpenTable'],
  '42703': ['parse_relation.c', '3651', 'errorMissingColumn'],
  '42883': ['parse_func.c', '629', 'ParseFuncOrColumn'],
  '28P01': ['auth.c', '326', 'auth_failed'],
  '28000': ['auth.c', '537', 'ClientAuthentication'],
  '3D000': ['postinit.c', '941', 'InitPostgres'],
  '08P01': ['postmaster.c', '2106', 'ProcessStartupPacket'],
  '22012': ['int.c', '846', 'int4div'],
};

const at = (position: number): { readonly at: number } => ({ at: position });

export const unknownRelation = (name: string, position: number): StatementFailure =>
  new StatementFailure(0, '42P01', `relation "${name}" does not exist`, at(position));

export const unknownColumn = (name: string, position: number): StatementFailure =>
  new StatementFailure(
    0,
    '42703',
    `column ${name.includes('.') ? name : `"${name}"`} does not exist`,
    at(position),
  );

export const unknownFunction = (signature: string, position: number): StatementFailure =>
  new StatementFailure(0, '42883', `function ${signature} does not exist`, {
    at: position,
    hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
  });

export const failureOf = (state: string, text: string, position = -1): StatementFailure =>
  new StatementFailure(0, state, text, { at: position });

export const cancelled = (): StatementFailure =>
  failureOf('57014', 'canceling statement due to statement timeout');
