/** Answers to QUERY_DIRECTORY and QUERY_INFO ([MS-FSCC] §2.4, §2.5). */

import type { Buffer } from 'node:buffer';
import { fileTime, LittleWriter } from '../../wire/little-endian.ts';
import { sizeOf, type Node } from '../../shell/files/node.ts';

export function attributesOf(node: Node): number {
  // FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_ARCHIVE
  return node.kind === 'directory' ? 0x10 : 0x20;
}

export function lengthOf(node: Node): number {
  return node.kind === 'directory' ? 0 : sizeOf(node);
}

/** CreationTime, LastAccessTime, LastWriteTime, ChangeTime (8 each). */
export function putTimes(writer: LittleWriter, node: Node): LittleWriter {
  const time = fileTime(node.modified);
  return writer.uint64(time).uint64(time).uint64(time).uint64(time);
}

export function putSizes(writer: LittleWriter, length: number): LittleWriter {
  const blocks = BigInt(Math.ceil(length / 4_096)) * 4_096n;
  return writer.uint64(blocks).uint64(BigInt(length));
}

/**
 * One entry, its NextEntryOffset left at zero; null for a class that is not known.
 *
 *     NextEntryOffset (4), FileIndex (4), four times (8 each), EndOfFile (8), AllocationSize (8), FileAttributes (4), FileNameLength (4),
 *     EaSize (4) in 2, 3, 37, 38; ShortNameLength (1), reserved (1), ShortName (24) in 3, 37; FileId in 37, 38; FileName
 */
export function directoryEntry(informationClass: number, name: string, node: Node): Buffer | null {
  const writer = new LittleWriter().uint32(0).uint32(0);
  const bytes = name.length * 2;
  if (informationClass === 12) return writer.uint32(bytes).wide(name).finish();
  if (![1, 2, 3, 37, 38].includes(informationClass)) return null;
  const length = BigInt(lengthOf(node));
  putTimes(writer, node)
    .uint64(length)
    .uint64(((length + 4_095n) / 4_096n) * 4_096n);
  writer.uint32(attributesOf(node)).uint32(bytes);
  if (informationClass !== 1) writer.uint32(0);
  if (informationClass === 3 || informationClass === 37) writer.zeros(26);
  if (informationClass === 37) writer.zeros(2).uint64(0n);
  if (informationClass === 38) writer.zeros(4).uint64(0n);
  return writer.wide(name).finish();
}

/** FileInformationClass of QUERY_INFO; null for one that is not known. */
export function fileInformation(
  informationClass: number,
  name: string,
  node: Node,
  isDeleted: boolean,
): Buffer | null {
  const writer = new LittleWriter();
  const isFolder = node.kind === 'directory' ? 1 : 0;
  const basic = (): LittleWriter => putTimes(writer, node).uint32(attributesOf(node)).uint32(0);
  const standard = (): LittleWriter =>
    putSizes(writer, lengthOf(node))
      .uint32(1)
      .uint8(isDeleted ? 1 : 0)
      .uint8(isFolder)
      .uint16(0);
  const named = `\\${name}`;
  switch (informationClass) {
    case 4:
      return basic().finish();
    case 5:
      return standard().finish();
    case 6:
      return writer.uint64(0n).finish();
    case 7:
    case 16:
    case 17:
      return writer.uint32(0).finish();
    case 8:
      return writer.uint32(0x1f01ff).finish();
    case 14:
      return writer.uint64(0n).finish();
    case 18:
      basic();
      standard();
      // Internal (8), EA (4), access (4), position (8), mode (4), alignment (4), name
      writer.uint64(0n).uint32(0).uint32(0x1f01ff).uint64(0n).uint32(0).uint32(0);
      return writer
        .uint32(named.length * 2)
        .wide(named)
        .finish();
    case 22: {
      if (isFolder === 1) return writer.finish();
      const stream = '::$DATA';
      writer
        .uint32(0)
        .uint32(stream.length * 2)
        .uint64(BigInt(lengthOf(node)));
      return writer
        .uint64(BigInt(Math.ceil(lengthOf(node) / 4_096)) * 4_096n)
        .wide(stream)
        .finish();
    }
    case 34:
      return putSizes(putTimes(writer, node), lengthOf(node)).uint32(attributesOf(node)).uint32(0).finish();
    case 35:
      return writer.uint32(attributesOf(node)).uint32(0).finish();
    default:
      return null;
  }
}

/** FsInformationClass of QUERY_INFO. `units` are of 4096 octets. */
export function volumeInformation(
  informationClass: number,
  volume: {
    readonly label: string;
    readonly serial: number;
    readonly madeAt: number;
    readonly units: bigint;
  },
): Buffer | null {
  const writer = new LittleWriter();
  const free = (volume.units * 3n) / 5n;
  switch (informationClass) {
    case 1:
      writer
        .uint64(fileTime(volume.madeAt))
        .uint32(volume.serial)
        .uint32(volume.label.length * 2);
      return writer.uint16(0).wide(volume.label).finish();
    case 3:
      return writer.uint64(volume.units).uint64(free).uint32(8).uint32(512).finish();
    case 4:
      // FILE_DEVICE_DISK, FILE_DEVICE_IS_MOUNTED
      return writer.uint32(7).uint32(0x20).finish();
    case 5:
      return writer.uint32(0x0005_00ff).uint32(255).uint32(8).wide('NTFS').finish();
    case 7:
      return writer.uint64(volume.units).uint64(free).uint64(free).uint32(8).uint32(512).finish();
    case 11:
      return writer.uint32(512).uint32(4096).uint32(4096).uint32(512).uint32(3).uint32(0).uint32(0).finish();
    default:
      return null;
  }
}
