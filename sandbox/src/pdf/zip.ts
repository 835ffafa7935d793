import { inflateRawSync } from 'node:zlib';

/**
 * Reads one entry of a ZIP file. Source: PKWARE APPNOTE 6.3, 4.3 (end of central directory, central and local headers).
 *
 * @param zip the file; no ZIP64, no encryption, methods "stored" and "deflated"
 * @param name the entry's full name
 * @param limit largest size in bytes to unpack: a small file may unpack to gigabytes
 * @returns its content, or null when the file is no ZIP, is damaged, too large, or has no such entry
 */
export function readZipEntry(zip: Uint8Array, name: string, limit: number): Uint8Array | null {
  const file = Buffer.from(zip.buffer, zip.byteOffset, zip.length);
  try {
    const end = file.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
    if (end < 0) return null;
    let at = file.readUInt32LE(end + 16);
    for (let left = file.readUInt16LE(end + 10); left > 0 && file.readUInt32LE(at) === 0x02014b50; left--) {
      const nameLength = file.readUInt16LE(at + 28);
      if (file.toString('utf8', at + 46, at + 46 + nameLength) === name) return unpack(file, at, limit);
      at += 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
    }
  } catch {
    return null; // a position outside the file, or a damaged entry
  }
  return null;
}

function unpack(file: Buffer, central: number, limit: number): Uint8Array | null {
  const method = file.readUInt16LE(central + 10);
  const size = file.readUInt32LE(central + 20);
  const local = file.readUInt32LE(central + 42);
  const from = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
  const packed = file.subarray(from, from + size);
  if (method === 0) return packed.length <= limit ? packed : null;
  return method === 8 ? inflateRawSync(packed, { maxOutputLength: limit }) : null;
}
