/** Writes a ZIP file from files on disk, in pieces; with ZIP64 records where sizes ask for them. */
import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import { beyond16, beyond32, deflated, dosTime, signature, size, stored, utf8Flag, zip64Extra } from './zip-format';

export interface ZipItem {
  /** With `/` between folders. */
  name: string;
  path: string;
}

interface Entry {
  name: Buffer;
  method: number;
  crc: number;
  packed: number;
  plain: number;
  offset: number;
  /** Whether the local header has a ZIP64 record. */
  large: boolean;
}

/** Deflate must not need more room than 32 bits can say. */
const largestDeflated = 1024 ** 3;
const compressed = /\.(?:pdf|zip|png|jpe?g|gif|webp|docx|xlsx|pptx|tsr)$/i;

/**
 * Writes a ZIP file and syncs it to disk.
 *
 * @param target path of a file that does not exist yet
 * @param at modification time of all entries
 * @param zip64From sizes and offsets from which ZIP64 records are used; lower than the format's limit only in tests
 */
export async function writeZip(
  target: string,
  items: readonly ZipItem[],
  at: Date,
  zip64From = beyond32,
): Promise<void> {
  const file = await open(target, 'wx');
  try {
    const entries: Entry[] = [];
    let position = 0;
    for (const item of items) {
      const { entry, end } = await writeEntry(file, item, position, at, zip64From);
      entries.push(entry);
      position = end;
    }
    await writeDirectory(file, entries, position, at, zip64From);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeEntry(
  file: FileHandle,
  item: ZipItem,
  offset: number,
  at: Date,
  zip64From: number,
): Promise<{ entry: Entry; end: number }> {
  const name = Buffer.from(item.name);
  const expected = (await stat(item.path)).size;
  const method = compressed.test(item.name) || expected > largestDeflated ? stored : deflated;
  const large = expected >= zip64From;
  const start = offset + size.local + name.length + (large ? 20 : 0);
  let crc = 0;
  let plain = 0;
  let position = start;
  const measured = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      crc = crc32(chunk, crc);
      plain += chunk.length;
      yield chunk;
    }
  };
  const written = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      await file.write(chunk, 0, chunk.length, position);
      position += chunk.length;
    }
  };
  const from = createReadStream(item.path);
  if (method === stored) await pipeline(from, measured, written);
  else await pipeline(from, measured, createDeflateRaw(), written);
  if (plain !== expected) throw new Error(`The file for "${item.name}" changed while it was packed.`);
  const entry = { name, method, crc, packed: position - start, plain, offset, large };
  const header = localHeader(entry, at);
  await file.write(header, 0, header.length, offset);
  return { entry, end: position };
}

function localHeader({ name, method, crc, packed, plain, large }: Entry, at: Date): Buffer {
  const { date, time } = dosTime(at);
  const header = Buffer.alloc(size.local);
  header.writeUInt32LE(signature.local, 0);
  header.writeUInt16LE(large ? 45 : 20, 4);
  header.writeUInt16LE(utf8Flag, 6);
  header.writeUInt16LE(method, 8);
  header.writeUInt16LE(time, 10);
  header.writeUInt16LE(date, 12);
  header.writeUInt32LE(crc, 14);
  header.writeUInt32LE(large ? beyond32 : packed, 18);
  header.writeUInt32LE(large ? beyond32 : plain, 22);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(large ? 20 : 0, 28);
  return Buffer.concat([header, name, large ? extra64([plain, packed]) : Buffer.alloc(0)]);
}

function extra64(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + values.length * 8);
  extra.writeUInt16LE(zip64Extra, 0);
  extra.writeUInt16LE(values.length * 8, 2);
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + index * 8);
  return extra;
}

async function writeDirectory(
  file: FileHandle,
  entries: readonly Entry[],
  start: number,
  at: Date,
  zip64From: number,
): Promise<void> {
  let position = start;
  for (const entry of entries) {
    const record = centralRecord(entry, at, zip64From);
    await file.write(record, 0, record.length, position);
    position += record.length;
  }
  const length = position - start;
  const large = start >= zip64From || entries.length >= beyond16;
  const end = Buffer.alloc(size.end);
  end.writeUInt32LE(signature.end, 0);
  end.writeUInt16LE(Math.min(beyond16, entries.length), 8);
  end.writeUInt16LE(Math.min(beyond16, entries.length), 10);
  end.writeUInt32LE(Math.min(beyond32, length), 12);
  end.writeUInt32LE(large ? beyond32 : start, 16);
  const tail = Buffer.concat([large ? end64(entries.length, length, start) : Buffer.alloc(0), end]);
  await file.write(tail, 0, tail.length, position);
}

function centralRecord(entry: Entry, at: Date, zip64From: number): Buffer {
  const { name, method, crc, packed, plain, offset, large } = entry;
  const { date, time } = dosTime(at);
  const far = offset >= zip64From;
  const extra = large || far ? extra64([...(large ? [plain, packed] : []), ...(far ? [offset] : [])]) : Buffer.alloc(0);
  const record = Buffer.alloc(size.central);
  record.writeUInt32LE(signature.central, 0);
  record.writeUInt16LE(large || far ? 45 : 20, 4);
  record.writeUInt16LE(large || far ? 45 : 20, 6);
  record.writeUInt16LE(utf8Flag, 8);
  record.writeUInt16LE(method, 10);
  record.writeUInt16LE(time, 12);
  record.writeUInt16LE(date, 14);
  record.writeUInt32LE(crc, 16);
  record.writeUInt32LE(large ? beyond32 : packed, 20);
  record.writeUInt32LE(large ? beyond32 : plain, 24);
  record.writeUInt16LE(name.length, 28);
  record.writeUInt16LE(extra.length, 30);
  record.writeUInt32LE(far ? beyond32 : offset, 42);
  return Buffer.concat([record, name, extra]);
}

/** ZIP64 end record and its locator. */
function end64(count: number, length: number, start: number): Buffer {
  const record = Buffer.alloc(size.end64 + size.locator64);
  record.writeUInt32LE(signature.end64, 0);
  record.writeBigUInt64LE(BigInt(size.end64 - 12), 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(length), 40);
  record.writeBigUInt64LE(BigInt(start), 48);
  record.writeUInt32LE(signature.locator64, size.end64);
  record.writeBigUInt64LE(BigInt(start + length), size.end64 + 8);
  record.writeUInt32LE(1, size.end64 + 16);
  return record;
}
