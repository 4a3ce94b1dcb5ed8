import { Buffer } from 'node:buffer';
import type { Decoy, DecoyContext, DecoyOutput, DecoySession } from '../../core/decoy.ts';
import { octets, uint16 } from '../../wire/big-endian.ts';
import { confidenceIn } from '../../wire/protocol-name.ts';

/** Octets that an upload may have. */
const uploadLimit = 4 * 1024 * 1024;
const largestBlock = 65_464;
const requestsPerConversation = 200;

const opcode = { read: 1, write: 2, data: 3, acknowledge: 4, error: 5, options: 6 } as const;

interface Upload {
  readonly name: string;
  readonly blockSize: number;
  readonly pieces: Uint8Array[];
  octets: number;
  /** Number of the last block that was taken. */
  block: number;
}

const printable = (text: string, limit: number): string =>
  text.replaceAll(/[^\x20-\x7e]/g, '.').slice(0, limit);

class TftpSession implements DecoySession {
  #upload: Upload | null = null;
  #requests = 0;
  readonly #accepts: boolean;

  constructor(context: DecoyContext) {
    // tftpd-hpa with --create takes what comes; most machines that are found on the internet do.
    this.#accepts = context.persona.software['tftp']?.details?.['create'] !== 'no';
  }

  /** RFC 1350 §5: uint16 opcode first. */
  *receive(bytes: Uint8Array): Iterable<DecoyOutput> {
    const code = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0);
    if (bytes.length < 4) return;
    let replies: Uint8Array[] = [];
    if (code === opcode.read || code === opcode.write) {
      this.#requests += 1;
      if (this.#requests > requestsPerConversation) return;
      replies = yield* this.#request(code, bytes);
    } else if (code === opcode.data) replies = yield* this.#data(bytes);
    else if (code === opcode.error) yield* this.end();
    else if (code !== opcode.acknowledge) replies = [failure(4, 'Illegal TFTP operation')];
    for (const reply of replies) if (reply.length <= bytes.length) yield { do: 'reply', bytes: reply };
  }

  /** An upload that broke off is kept as far as it came. */
  *end(): Iterable<DecoyOutput> {
    const upload = this.#upload;
    this.#upload = null;
    if (upload === null || upload.octets === 0) return;
    yield {
      do: 'capture',
      bytes: new Uint8Array(Buffer.concat(upload.pieces)),
      how: 'tftp-put',
      name: printable(upload.name, 255),
    };
  }

  /** uint16 1 or 2, name, 0, mode, 0, and since RFC 2347 { option, 0, value, 0 } … */
  *#request(code: number, bytes: Uint8Array): Generator<DecoyOutput, Uint8Array[], undefined> {
    const fields = Buffer.from(bytes.subarray(2, 1_026)).toString('latin1').split('\0');
    const [name = '', mode = '', ...pairs] = fields;
    const isRead = code === opcode.read;
    yield {
      do: 'saw',
      fact: {
        kind: 'command',
        service: 'tftp',
        input: printable(`${isRead ? 'get' : 'put'} ${name} ${mode}`, 600),
      },
    };
    yield* this.end();
    if (fields.length < 3 || !/^(?:octet|netascii|mail)$/i.test(mode) || name === '')
      return [failure(4, 'Illegal TFTP operation')];
    const steps = name.split(/[\\/]/).filter((part) => part === '..').length;
    if (steps > 0) {
      yield {
        do: 'saw',
        fact: {
          kind: 'exploit',
          service: 'tftp',
          class: 'lfi',
          name: 'tftp-traversal',
          cves: [],
          technique: 'T1190',
          detail: printable(name, 300),
        },
      };
    }
    // What there is to read does not fit an answer: no file is there. Shorter words where even that does not fit.
    if (isRead) return shorter(1, ['File not found', 'Not found', ''], bytes.length);
    if (steps > 0 || !this.#accepts) return shorter(2, ['Access violation', 'Denied', ''], bytes.length);
    const wanted = new Map<string, string>();
    for (let index = 0; index + 1 < pairs.length && index < 16; index += 2)
      wanted.set((pairs[index] ?? '').toLowerCase(), pairs[index + 1] ?? '');
    const asked = /^\d{1,5}$/.test(wanted.get('blksize') ?? '') ? Number(wanted.get('blksize')) : 512;
    const blockSize = Math.min(Math.max(asked, 8), largestBlock);
    this.#upload = { name, blockSize, pieces: [], octets: 0, block: 0 };
    // RFC 2347: the options that were understood come back in place of the first acknowledgement.
    const agreed = [
      ...(wanted.has('tsize') && /^\d{1,15}$/.test(wanted.get('tsize') ?? '')
        ? [`tsize\0${wanted.get('tsize')}\0`]
        : []),
      ...(wanted.has('blksize') ? [`blksize\0${blockSize}\0`] : []),
      ...(/^\d{1,3}$/.test(wanted.get('timeout') ?? '') ? [`timeout\0${wanted.get('timeout')}\0`] : []),
    ];
    return [
      agreed.length > 0
        ? octets(uint16(opcode.options), agreed.join(''))
        : octets(uint16(opcode.acknowledge), uint16(0)),
    ];
  }

  /** uint16 3, uint16 block, data: a short block is the last. */
  *#data(bytes: Uint8Array): Generator<DecoyOutput, Uint8Array[], undefined> {
    const upload = this.#upload;
    const block = (bytes[2] ?? 0) * 256 + (bytes[3] ?? 0);
    if (upload === null) return [shorter(5, ['Unknown transfer ID', ''], bytes.length)[0] ?? failure(5, '')];
    const acknowledge = octets(uint16(opcode.acknowledge), uint16(block));
    // Sent again because our answer was lost.
    if (block === upload.block && upload.block > 0) return [acknowledge];
    if (block !== ((upload.block + 1) & 0xffff)) return [];
    const data = Uint8Array.from(bytes.subarray(4));
    if (data.length > upload.blockSize) return [failure(4, 'Illegal TFTP operation')];
    if (upload.octets + data.length > uploadLimit) {
      yield* this.end();
      return [failure(3, 'Disk full or allocation exceeded')];
    }
    upload.pieces.push(data);
    upload.octets += data.length;
    upload.block = block;
    if (data.length < upload.blockSize) yield* this.end();
    return [acknowledge];
  }
}

/** uint16 5, uint16 code, text, 0. */
function failure(code: number, text: string): Uint8Array {
  return octets(uint16(opcode.error), uint16(code), text, 0);
}

/** The first of these texts that fits. */
function shorter(code: number, texts: readonly string[], limit: number): Uint8Array[] {
  return texts
    .map((text) => failure(code, text))
    .filter((reply) => reply.length <= limit)
    .slice(0, 1);
}

/** Reads of `persona.software.tftp` the detail `create` (`no` where uploads are refused). Reading finds no file: a file would not fit an answer. */
export const tftp: Decoy = {
  name: 'tftp',
  summary: 'Trivial file transfer: takes uploads, has nothing to read (TFTP)',
  transport: 'udp',
  ports: [69],
  recognise: (firstBytes) => confidenceIn('tftp', firstBytes, 'udp'),
  open: (context) => new TftpSession(context),
};
