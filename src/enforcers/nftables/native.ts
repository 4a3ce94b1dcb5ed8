/** Functions of native libraries, called in-process through koffi. Loaded when first needed, so that a machine without them can run the rest. */

import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';
import { PicketError } from '../../core/errors.ts';

const require = createRequire(import.meta.url);

function koffi(): typeof Koffi {
  try {
    const loaded: typeof Koffi = require('koffi');
    return loaded;
  } catch (error) {
    throw new PicketError(
      'PICKET_NFT_MISSING',
      'the package "koffi" cannot be loaded, and nftables is reached through it; run "npm install" again, or configure the fence with dry-run alone',
      { cause: error },
    );
  }
}

/** What of libnftables(3) is used. A context is an opaque pointer. */
export interface NftablesLibrary {
  contextNew(flags: number): unknown;
  contextFree(context: unknown): void;
  bufferError(context: unknown): number;
  /** Runs commands as one transaction: 0, or -1 with the reason in the error buffer. */
  run(context: unknown, commands: string): number;
  errorText(context: unknown): string;
}

/** Loads libnftables. Throws `PICKET_NFT_MISSING` where it is not installed. */
export function loadNftables(name = 'libnftables.so.1'): NftablesLibrary {
  const native = koffi();
  try {
    const library = native.load(name);
    return {
      contextNew: library.func('void* nft_ctx_new(uint32_t)'),
      contextFree: library.func('void nft_ctx_free(void*)'),
      bufferError: library.func('int nft_ctx_buffer_error(void*)'),
      run: library.func('int nft_run_cmd_from_buffer(void*, const char*)'),
      errorText: library.func('const char* nft_ctx_get_error_buffer(void*)'),
    };
  } catch (error) {
    throw new PicketError(
      'PICKET_NFT_MISSING',
      `${name} cannot be loaded; install it (Debian: apt-get install libnftables1), or configure the fence with dry-run alone`,
      { cause: error },
    );
  }
}

/** What of socket(2) is used; buffers are passed by address. */
export interface SocketLibrary {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(descriptor: number, level: number, option: number, value: Uint8Array, length: number): number;
  send(descriptor: number, bytes: Uint8Array, length: number, flags: number): number;
  recv(descriptor: number, bytes: Uint8Array, length: number, flags: number): number;
  close(descriptor: number): number;
  errno(): number;
}

export function loadSockets(): SocketLibrary {
  const native = koffi();
  const library = native.load('libc.so.6');
  return {
    socket: library.func('int socket(int, int, int)'),
    setsockopt: library.func('int setsockopt(int, int, int, void*, uint32_t)'),
    send: library.func('long send(int, void*, size_t, int)'),
    recv: library.func('long recv(int, void*, size_t, int)'),
    close: library.func('int close(int)'),
    errno: () => native.errno(),
  };
}
