import { failure, type RespValue } from '../../wire/resp-value.ts';
import { word, type Call } from './call.ts';

/** The error for a name that is in no table: quotes and separators changed with version 7.0. */
export function unknownCommand(call: Call, seven: boolean): RespValue {
  const name = word(call, 0).slice(0, 128);
  let given = '';
  for (let index = 1; index < call.words.length && given.length < 128; index += 1) {
    const piece = word(call, index).slice(0, 128 - given.length);
    given += seven ? `'${piece}' ` : `\`${piece}\`, `;
  }
  return failure(
    seven
      ? `ERR unknown command '${name}', with args beginning with: ${given}`
      : `ERR unknown command \`${name}\`, with args beginning with: ${given}`,
  );
}
