/**
 * Unpacks a ZIP file of unknown origin. Before a byte is written, the directory is checked: names that leave the folder,
 * links, entries that overlap, and sizes over the limit are refused; while unpacking, no entry may exceed what it said.
 */
import { createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { keyOf, shown, unsafePath } from './names';
import { beyond16, beyond32, deflated, encryptedFlag, signature, size, stored, zip64Extra } from './zip-format';

/** The ZIP file cannot be unpacked safely; the message is for people. */
export class ZipProblem extends Error {}

interface Entry {
  name: string;
  method: number;
  crc: number;
  packed: number;
  plain: number;
  offset: number;
}

const mostEntries = 10_000;
const largestDirectory = 16 * 1024 * 1024;

/**
 * @param file path of the ZIP file
 * @param target existing empty folder
 * @param maxBytes largest sum of unpacked sizes
 * @throws ZipProblem; the folder may then hold a part
 */
export async function unpackZip(file: string, target: string, maxBytes: number): Promise<void> {
  const handle = await open(file, 'r');
  try {
    const { size: length } = await handle.stat();
    const { entries, start } = await readDirectory(handle, length);
    checkEntries(entries, maxBytes);
    let free = 0;
    for (const entry of [...entries].sort((a, b) => a.offset - b.offset)) {
      const data = await dataOf(handle, entry);
      if (entry.offset < free || data + entry.packed > start)
        throw new ZipProblem('The entries of the ZIP file overlap.');
      free = data + entry.packed;
      if (!entry.name.endsWith('/')) await unpackEntry(handle, entry, data, target);
    }
  } catch (thrown) {
    throw thrown instanceof RangeError ? new ZipProblem('The ZIP file is damaged.') : thrown;
  } finally {
    await handle.close();
  }
}

async function bytesAt(file: FileHandle, from: number, length: number): Promise<Buffer> {
  if (from < 0) throw new ZipProblem('The ZIP file is damaged.');
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, from);
  if (bytesRead < length) throw new ZipProblem('The ZIP file ends too early.');
  return buffer;
}

async function readDirectory(file: FileHandle, length: number): Promise<{ entries: Entry[]; start: number }> {
  const tailLength = Math.min(length, size.end + beyond16);
  const tail = await bytesAt(file, length - tailLength, tailLength);
  const at = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (at < 0 || at + size.end > tail.length) throw new ZipProblem('The file is not a ZIP file, or its end is missing.');
  let count = tail.readUInt16LE(at + 10);
  let directory = tail.readUInt32LE(at + 12);
  let start = tail.readUInt32LE(at + 16);
  if (start === beyond32 || count === beyond16 || directory === beyond32) {
    const locator = await bytesAt(file, length - tailLength + at - size.locator64, size.locator64);
    if (locator.readUInt32LE(0) !== signature.locator64) throw new ZipProblem('The ZIP64 record is missing.');
    const record = await bytesAt(file, wide(locator, 8), size.end64);
    if (record.readUInt32LE(0) !== signature.end64) throw new ZipProblem('The ZIP64 record is missing.');
    [count, directory, start] = [wide(record, 32), wide(record, 40), wide(record, 48)];
  }
  if (count > mostEntries) throw new ZipProblem(`The ZIP file has more than ${mostEntries} entries.`);
  if (directory > largestDirectory) throw new ZipProblem('The directory of the ZIP file is too large.');
  return { entries: parseDirectory(await bytesAt(file, start, directory), count), start };
}

function wide(bytes: Buffer, at: number): number {
  const value = Number(bytes.readBigUInt64LE(at));
  if (!Number.isSafeInteger(value)) throw new ZipProblem('The ZIP file is damaged.');
  return value;
}

function parseDirectory(bytes: Buffer, count: number): Entry[] {
  const entries: Entry[] = [];
  let at = 0;
  for (let left = count; left > 0; left -= 1) {
    if (bytes.readUInt32LE(at) !== signature.central) throw new ZipProblem('The directory of the ZIP file is damaged.');
    const [nameLength, extraLength, noteLength] = [
      bytes.readUInt16LE(at + 28),
      bytes.readUInt16LE(at + 30),
      bytes.readUInt16LE(at + 32),
    ];
    const name = bytes.toString('utf8', at + size.central, at + size.central + nameLength);
    if ((bytes.readUInt16LE(at + 8) & encryptedFlag) !== 0) throw new ZipProblem('The ZIP file is encrypted.');
    const made = bytes.readUInt16LE(at + 4) >> 8;
    const kind = (bytes.readUInt32LE(at + 38) >>> 28) & 0xf;
    if (made === 3 && kind !== 0 && kind !== 4 && kind !== 8)
      throw new ZipProblem(`The entry "${shown(name)}" is a link or device.`);
    const from = at + size.central + nameLength;
    entries.push({
      name,
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      ...sizes(bytes, at, bytes.subarray(from, from + extraLength)),
    });
    at = from + extraLength + noteLength;
  }
  return entries;
}

/** Sizes and offset, from the ZIP64 record where 32 bits were not enough. */
function sizes(bytes: Buffer, at: number, extra: Buffer): Pick<Entry, 'packed' | 'plain' | 'offset'> {
  const values = {
    plain: bytes.readUInt32LE(at + 24),
    packed: bytes.readUInt32LE(at + 20),
    offset: bytes.readUInt32LE(at + 42),
  };
  for (let i = 0; i + 4 <= extra.length; i += 4 + extra.readUInt16LE(i + 2)) {
    if (extra.readUInt16LE(i) !== zip64Extra) continue;
    let next = i + 4;
    for (const key of ['plain', 'packed', 'offset'] as const) {
      if (values[key] !== beyond32) continue;
      values[key] = wide(extra, next);
      next += 8;
    }
  }
  return values;
}

function checkEntries(entries: readonly Entry[], maxBytes: number): void {
  const seen = new Set<string>();
  let sum = 0;
  for (const { name, method, plain, packed } of entries) {
    const wrong = unsafePath(name.replace(/\/$/, ''));
    if (wrong !== undefined) throw new ZipProblem(`The entry "${shown(name)}" ${wrong}.`);
    if (seen.has(keyOf(name))) throw new ZipProblem(`The entry "${shown(name)}" is there twice.`);
    seen.add(keyOf(name));
    if (method !== stored && method !== deflated)
      throw new ZipProblem(`The entry "${shown(name)}" uses an unknown compression.`);
    if (method === stored && plain !== packed) throw new ZipProblem(`The entry "${shown(name)}" is damaged.`);
    sum += plain;
    if (sum > maxBytes) throw new ZipProblem(`The ZIP file unpacks to more than ${maxBytes} bytes.`);
  }
}

/** Offset of an entry's data; its own header has to agree with the directory about the name. */
async function dataOf(file: FileHandle, entry: Entry): Promise<number> {
  const header = await bytesAt(file, entry.offset, size.local);
  const nameLength = header.readUInt16LE(26);
  if (header.readUInt32LE(0) !== signature.local) throw new ZipProblem(`The entry "${shown(entry.name)}" is damaged.`);
  const name = await bytesAt(file, entry.offset + size.local, nameLength);
  if (name.toString('utf8') !== entry.name) throw new ZipProblem(`The entry "${shown(entry.name)}" has two names.`);
  return entry.offset + size.local + nameLength + header.readUInt16LE(28);
}

async function unpackEntry(file: FileHandle, entry: Entry, from: number, target: string): Promise<void> {
  const to = path.join(target, ...entry.name.split('/'));
  await mkdir(path.dirname(to), { recursive: true });
  let crc = 0;
  let length = 0;
  const measured = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      length += chunk.length;
      if (length > entry.plain) throw new ZipProblem(`The entry "${shown(entry.name)}" is larger than it says.`);
      crc = crc32(chunk, crc);
      yield chunk;
    }
  };
  const sink = createWriteStream(to, { flags: 'wx' });
  try {
    if (entry.method === stored) await pipeline(pieces(file, from, entry.packed), measured, sink);
    else await pipeline(pieces(file, from, entry.packed), createInflateRaw(), measured, sink);
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('Z_')) {
      throw new ZipProblem(`The entry "${shown(entry.name)}" is damaged.`);
    }
    throw thrown;
  }
  if (length !== entry.plain || crc !== entry.crc) throw new ZipProblem(`The entry "${shown(entry.name)}" is damaged.`);
}

async function* pieces(file: FileHandle, from: number, length: number): AsyncGenerator<Buffer> {
  const most = 256 * 1024;
  for (let at = from; at < from + length; at += most) yield await bytesAt(file, at, Math.min(most, from + length - at));
}
