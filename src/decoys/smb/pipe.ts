/** The named pipes behind IPC$: the list of shares, and the service manager that remote execution asks for. */

import { Buffer } from 'node:buffer';
import type { DecoyContext, DecoyOutput } from '../../core/decoy.ts';
import {
  bindAcknowledge,
  putRpcString,
  readRpc,
  readRpcString,
  requestOf,
  rpcFault,
  rpcResponse,
} from '../../wire/dce-rpc.ts';
import { LittleWriter, type LittleReader } from '../../wire/little-endian.ts';
import { commandFact, exploitFact } from './fact.ts';
import type { FileServer, Share } from './server.ts';
import { status } from './status.ts';

const pipeNames: ReadonlySet<string> = new Set([
  'srvsvc',
  'svcctl',
  'wkssvc',
  'lsarpc',
  'samr',
  'spoolss',
  'netlogon',
  'browser',
  'atsvc',
  'winreg',
]);

const mostInput = 65_536;
const unknownOperation = 0x1c010002;
const noSuchService = 1060;
const callNames: Readonly<Record<number, string>> = {
  15: 'NetShareEnumAll',
  16: 'NetShareGetInfo',
  21: 'NetServerGetInfo',
  36: 'NetShareEnum',
};
const noSuchShare = 2310;
const unknownLevel = 124;
const accessDenied = 5;

/** Where a share lies, as its server tells it: Samba puts a drive before the folders of its machine. */
function shownFolder({ name, folder }: Share, isSamba: boolean): string {
  if (isSamba) return `C:${(folder || '/tmp').replaceAll('/', '\\')}`;
  if (name === 'ADMIN$') return 'C:\\Windows';
  if (name === 'C$') return 'C:\\';
  return folder === '' ? '' : `C:\\Shares\\${name}`;
}

/** The name of a pipe as a visitor gives it, with or without `PIPE\\` before it. */
export const pipeNameOf = (path: string): string => path.replace(/^pipe\\/i, '').toLowerCase();

/** Opens a pipe for a visitor who `isKnown` where he has logged in; the code of the refusal where he may not, or there is none. */
export function* openPipe(
  name: string,
  context: DecoyContext,
  server: FileServer,
  isKnown: boolean,
): Generator<DecoyOutput, Pipe | number> {
  // Shared objects loaded over a pipe's name: is_known_pipename of Samba.
  if (/^\/.*\.so$/.test(name)) yield exploitFact('samba-pipe-library', ['CVE-2017-7494'], name.slice(0, 500));
  if (!pipeNames.has(name)) return status.nameNotFound;
  // Windows shows a stranger without a name nothing of itself.
  if (!isKnown && !server.isSamba) return status.accessDenied;
  return new Pipe(name, context, server, isKnown);
}

// SHARE_INFO_2: name (4), type (4), remark (4), permissions (4), uses at most (4), uses now (4), path (4), password (4); 1 is the first three,
// 0 the first; 502 has reserved (4) and a security descriptor (4) behind. The strings follow behind the last of a list.
function putShare(answer: LittleWriter, share: Share, level: number, pointer: number): void {
  answer.uint32(pointer);
  if (level > 0) answer.uint32(share.type).uint32(pointer + 4);
  if (level > 1)
    answer
      .uint32(0)
      .uint32(0xffff_ffff)
      .uint32(1)
      .uint32(pointer + 8)
      .uint32(0);
  if (level === 502) answer.uint32(0).uint32(0);
}

export class Pipe {
  readonly name: string;
  readonly #context: DecoyContext;
  readonly #server: FileServer;
  readonly #isAdministrator: boolean;
  #input: Buffer = Buffer.alloc(0);
  #output: Buffer = Buffer.alloc(0);
  readonly #services = new Set<string>();

  constructor(name: string, context: DecoyContext, server: FileServer, isAdministrator: boolean) {
    this.name = name;
    this.#context = context;
    this.#server = server;
    this.#isAdministrator = isAdministrator;
  }

  *write(bytes: Uint8Array): Iterable<DecoyOutput> {
    if (this.#input.length + bytes.length > mostInput) this.#input = Buffer.alloc(0);
    this.#input = Buffer.concat([this.#input, bytes.subarray(0, mostInput)]);
    for (let rpc = readRpc(this.#input); rpc !== null; rpc = readRpc(this.#input)) {
      this.#input = this.#input.subarray(rpc.length);
      if (rpc.type === 11 || rpc.type === 14) this.#answer(bindAcknowledge(rpc, this.name));
      else if (rpc.type === 0) {
        const { operation, stub } = requestOf(rpc);
        yield* this.#record(operation, stub);
        const answer =
          this.name === 'srvsvc'
            ? this.#shares(operation, stub)
            : this.name === 'lsarpc'
              ? this.#authority(operation, stub)
              : this.#service(operation, stub);
        this.#answer(
          answer === null ? rpcFault(rpc.callId, unknownOperation) : rpcResponse(rpc.callId, answer),
        );
      }
    }
  }

  read(count: number): Buffer {
    const bytes = this.#output.subarray(0, count);
    this.#output = this.#output.subarray(count);
    return bytes;
  }

  get waiting(): number {
    return this.#output.length;
  }

  #answer(bytes: Buffer): void {
    if (this.#output.length < mostInput) this.#output = Buffer.concat([this.#output, bytes]);
  }

  *#record(operation: number, stub: LittleReader): Iterable<DecoyOutput> {
    if (this.name === 'srvsvc')
      yield commandFact(`srvsvc ${callNames[operation] ?? `operation ${operation}`}`);
    else if (this.name === 'svcctl' && operation === 12) {
      const { name, path } = createService(stub);
      yield commandFact(`CreateService ${name} ${path}`);
      yield exploitFact('remote-service', [], `${name}: ${path}`.slice(0, 500), 'T1569.002');
    } else yield commandFact(`${this.name} operation ${operation}`);
  }

  /** [MS-SRVS] §3.1.4: 15 NetrShareEnum, 16 NetrShareGetInfo, 21 NetrServerGetInfo, 36 NetrShareEnumSticky. Null where there is no such call. */
  #shares(operation: number, stub: LittleReader): Buffer | null {
    if (operation === 15 || operation === 36) return this.#shareList(stub);
    if (operation === 16) return this.#shareInformation(stub);
    if (operation !== 21) return null;
    const { computer, version, isSamba } = this.#server;
    // InfoStruct: level 101, pointer; platform 500 (NT), name, version, type, comment.
    const answer = new LittleWriter().uint32(101).uint32(0x20004).uint32(500).uint32(0x20008);
    answer
      .uint32(version[0])
      .uint32(version[1])
      .uint32(isSamba ? 0x809a03 : 0x9003)
      .uint32(0x2000c);
    putRpcString(answer, computer);
    putRpcString(answer, '');
    return answer.uint32(0).finish();
  }

  // ServerName: unique pointer and string; Level (4), switch (4), pointer (4), EntriesRead (4), pointer (4); PreferedMaximumLength (4);
  // ResumeHandle: unique pointer.
  #shareList(stub: LittleReader): Buffer {
    const start = stub.uint32(0) === 0 ? 4 : readRpcString(stub, 4).end;
    const level = stub.uint32(start);
    const { shares } = this.#server;
    const answer = new LittleWriter().uint32(level).uint32(level).uint32(0x20004);
    const refusal = this.#refusalOf(level);
    // No entries, no list of them; TotalEntries, ResumeHandle (null), return value.
    if (refusal !== 0) return answer.uint32(0).uint32(0).uint32(0).uint32(0).uint32(refusal).finish();
    answer.uint32(shares.length).uint32(0x20008).uint32(shares.length);
    for (const [index, share] of shares.entries()) putShare(answer, share, level, 0x20010 + index * 16);
    for (const share of shares) this.#putStrings(answer, share, level);
    return answer.uint32(shares.length).uint32(0).uint32(0).finish();
  }

  /** Where a share's folder lies is told to administrators alone. */
  #refusalOf(level: number): number {
    if (![0, 1, 2, 502].includes(level)) return unknownLevel;
    return level > 1 && !this.#isAdministrator ? accessDenied : 0;
  }

  #putStrings(answer: LittleWriter, share: Share, level: number): void {
    putRpcString(answer, share.name);
    if (level > 0) putRpcString(answer, share.comment);
    if (level < 2) return;
    putRpcString(answer, shownFolder(share, this.#server.isSamba));
  }

  // ServerName: unique pointer and string; NetName: string; Level (4)
  // the answer: switch (4), pointer (4), SHARE_INFO_0, 1 or 2 and its strings; return value (4)
  #shareInformation(stub: LittleReader): Buffer {
    const start = stub.uint32(0) === 0 ? 4 : readRpcString(stub, 4).end;
    const { text, end } = readRpcString(stub, start);
    const level = stub.uint32(end);
    const { shares } = this.#server;
    const share = shares.find((each) => each.name.toUpperCase() === text.toUpperCase());
    const refusal = share === undefined ? noSuchShare : this.#refusalOf(level);
    const answer = new LittleWriter().uint32(level);
    if (share === undefined || refusal !== 0) return answer.uint32(0).uint32(refusal).finish();
    answer.uint32(0x20000);
    putShare(answer, share, level, 0x20004);
    this.#putStrings(answer, share, level);
    return answer.uint32(0).finish();
  }

  /** [MS-LSAD] §3.1.4: 0 LsarClose, 6 and 44 LsarOpenPolicy, 7 and 46 LsarQueryInformationPolicy (3 and 5: a domain's name and identifier). */
  #authority(operation: number, stub: LittleReader): Buffer | null {
    if (operation === 0) return Buffer.alloc(24);
    if (operation === 6 || operation === 44)
      return Buffer.concat([Buffer.alloc(4), Buffer.from(this.#context.randomBytes(16)), Buffer.alloc(4)]);
    if (operation !== 7 && operation !== 46) return null;
    const level = stub.uint16(20);
    // STATUS_INVALID_PARAMETER
    if (level !== 3 && level !== 5) return new LittleWriter().uint32(0).uint32(0xc000000d).finish();
    const name = level === 3 ? this.#server.workgroup : this.#server.computer;
    // Pointer, level, then Length (2), MaximumLength (2), pointer, pointer to the SID.
    const answer = new LittleWriter().uint32(0x20000).uint16(level).uint16(0);
    answer
      .uint16(name.length * 2)
      .uint16(name.length * 2 + 2)
      .uint32(0x20004)
      .uint32(0x20008);
    answer
      .uint32(name.length + 1)
      .uint32(0)
      .uint32(name.length)
      .wide(name)
      .align(4);
    // S-1-5-21 and three numbers of this machine's own.
    const random = this.#context.persona.random('smb:identifier');
    answer
      .uint32(4)
      .uint8(1)
      .uint8(4)
      .octets(Uint8Array.of(0, 0, 0, 0, 0, 5))
      .uint32(21);
    return answer.uint32(random.next()).uint32(random.next()).uint32(random.next()).uint32(0).finish();
  }

  /** [MS-SCMR] §3.1.4: 0 CloseServiceHandle, 2 DeleteService, 6 QueryServiceStatus, 12 CreateServiceW, 15 OpenSCManagerW, 16 OpenServiceW, 19 StartServiceW. */
  #service(operation: number, stub: LittleReader): Buffer | null {
    if (this.name !== 'svcctl') return null;
    const handle = Buffer.concat([Buffer.alloc(4), Buffer.from(this.#context.randomBytes(16))]);
    const refused = Buffer.concat([Buffer.alloc(20), Buffer.of(5, 0, 0, 0)]);
    switch (operation) {
      case 0:
        return Buffer.alloc(24);
      case 15:
        return this.#isAdministrator ? Buffer.concat([handle, Buffer.alloc(4)]) : refused;
      case 12: {
        const { name } = createService(stub);
        if (this.#services.size < 16) this.#services.add(name.toLowerCase());
        return Buffer.concat([Buffer.alloc(4), handle, Buffer.alloc(4)]);
      }
      case 16: {
        const { text } = readRpcString(stub, 20);
        if (this.#services.has(text.toLowerCase())) return Buffer.concat([handle, Buffer.alloc(4)]);
        return new LittleWriter().zeros(20).uint32(noSuchService).finish();
      }
      case 6:
        // SERVICE_WIN32_OWN_PROCESS, SERVICE_RUNNING, SERVICE_ACCEPT_STOP
        return new LittleWriter().uint32(0x10).uint32(4).uint32(1).zeros(16).uint32(0).finish();
      case 1:
        return new LittleWriter().uint32(0x10).uint32(1).uint32(0).zeros(16).uint32(0).finish();
      case 2:
      case 19:
        return Buffer.alloc(4);
      default:
        return null;
    }
  }
}

// hSCManager (20), lpServiceName: string; lpDisplayName: unique pointer, string; dwDesiredAccess, dwServiceType, dwStartType,
// dwErrorControl (4 each); lpBinaryPathName: string
function createService(stub: LittleReader): { name: string; path: string } {
  const { text: name, end } = readRpcString(stub, 20);
  const shown = stub.uint32(end) === 0 ? end + 4 : readRpcString(stub, end + 4).end;
  return { name, path: readRpcString(stub, shown + 16).text };
}
