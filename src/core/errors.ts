/**
 * Errors that a person may meet. Each carries a code that `docs/errors.md` explains; a test keeps code and page equal
 * both ways. The message is one line: what is wrong, where, and the mend.
 */

export const errorCodes = [
  'PICKET_CONFIG_INVALID',
  'PICKET_CONFIG_UNREADABLE',
  'PICKET_USAGE',
  'PICKET_INPUT_UNREADABLE',
  'PICKET_INPUT_FORMAT',
  'PICKET_RULE_INVALID',
  'PICKET_CREDENTIALS_INVALID',
  'PICKET_OBJECT_STORE_UNREACHABLE',
  'PICKET_OBJECT_STORE_REFUSED',
  'PICKET_PORT_TAKEN',
  'PICKET_RUNNING_ALREADY',
  'PICKET_ENGINE_UNREACHABLE',
  'PICKET_API_REFUSED',
  'PICKET_STATE_UNWRITABLE',
  'PICKET_STORE_UNAVAILABLE',
  'PICKET_SPOOL_FULL',
  'PICKET_NFT_FAILED',
  'PICKET_NFT_MISSING',
  'PICKET_NOT_PRIVILEGED',
  'PICKET_FRAME_INVALID',
  'PICKET_PROTOCOL_VIOLATION',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export class PicketError extends Error {
  override readonly name = 'PicketError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
