import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import { verifyPackage } from '../../../../dist/lib/archive/evidence/verify-package';
import { unpackZip } from '../../../../dist/lib/archive/evidence/zip-reader';
import { writeZip } from '../../../../dist/lib/archive/evidence/zip-writer';

const at = new Date('2026-11-21T12:00:00Z');

interface Raw {
  name: string;
  data: Buffer;
  method?: number;
  /** Differs from the truth where given. */
  plain?: number;
  crc?: number;
  localName?: string;
  offset?: number;
  mode?: number;
}

/** A ZIP file as an attacker would write it. */
function rawZip(entries: Raw[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const localName = Buffer.from(entry.localName ?? entry.name);
    const packed = entry.method === 8 ? deflateRawSync(entry.data) : entry.data;
    const facts = (head: Buffer, from: number) => {
      head.writeUInt16LE(0x800, from);
      head.writeUInt16LE(entry.method ?? 0, from + 2);
      head.writeUInt32LE(entry.crc ?? crc32(entry.data), from + 8);
      head.writeUInt32LE(packed.length, from + 12);
      head.writeUInt32LE(entry.plain ?? entry.data.length, from + 16);
      return head;
    };
    const local = facts(Buffer.alloc(30), 6);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(localName.length, 26);
    const central = facts(Buffer.alloc(46), 8);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE((3 << 8) | 20, 4);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 38);
    central.writeUInt32LE(entry.offset ?? at, 42);
    directory.push(central, name);
    parts.push(local, localName, packed);
    at += 30 + localName.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, central, end]);
}

describe('ZIP files', () => {
  let folder: string;
  let out: string;
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'zip-'));
  });
  beforeEach(async () => {
    out = await mkdtemp(path.join(folder, 'out-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [title, zip64From] of [
    ['', undefined],
    [' with ZIP64 records', 1],
  ] as const) {
    it(`what is written can be read${title}`, async () => {
      const contents: Record<string, Buffer> = {
        'a/text.json': Buffer.from('x'.repeat(200_000)),
        'a/ü.pdf': Buffer.from('pdf'),
      };
      const items = [];
      for (const [index, [name, bytes]] of Object.entries(contents).entries()) {
        const file = path.join(out, `source-${index}`);
        await writeFile(file, bytes);
        items.push({ name, path: file });
      }
      const zip = path.join(out, 'made.zip');
      await writeZip(zip, items, at, zip64From);
      const bytes = await readFile(zip);
      expect(bytes.length).to.be.lessThan(10_000);
      expect(bytes.includes('PK\x06\x06')).to.equal(zip64From !== undefined);
      await unpackZip(zip, out, 1_000_000);
      for (const [name, content] of Object.entries(contents))
        expect((await readFile(path.join(out, name))).equals(content)).to.equal(true);
    });
  }

  const data = Buffer.from('data');
  const hostile: Record<string, { zip: Buffer; text: RegExp }> = {
    'a name that leaves the folder': { zip: rawZip([{ name: '../up', data }]), text: /leaves its folder/ },
    'an absolute name': { zip: rawZip([{ name: '/tmp/up', data }]), text: /empty part/ },
    'a name with backslashes': { zip: rawZip([{ name: '..\\up', data }]), text: /not allowed/ },
    'a link': { zip: rawZip([{ name: 'a', data: Buffer.from('/etc/passwd'), mode: 0o120777 }]), text: /link/ },
    'another name in the entry': { zip: rawZip([{ name: 'a', localName: 'b', data }]), text: /two names/ },
    'the same name twice': {
      zip: rawZip([
        { name: 'a', data },
        { name: 'A', data },
      ]),
      text: /twice/,
    },
    'entries that overlap': {
      zip: rawZip([
        { name: 'a', data },
        { name: 'a2', localName: 'a2', data, offset: 0 },
      ]),
      text: /two names|overlap/,
    },
    'an entry within another one': {
      zip: rawZip([
        { name: 'a', data: rawZip([{ name: 'b', data }]).subarray(0, 31 + data.length) },
        { name: 'b', data, offset: 31 },
      ]),
      text: /overlap/,
    },
    'the same entry many times': {
      zip: rawZip([
        { name: 'a', data },
        { name: 'a', data, offset: 0 },
      ]),
      text: /twice|overlap/,
    },
    'a size over the limit': {
      zip: rawZip([{ name: 'a', data: Buffer.alloc(2_000_000), method: 8 }]),
      text: /unpacks to more/,
    },
    'more than it says': {
      zip: rawZip([{ name: 'a', data: Buffer.alloc(2_000_000), method: 8, plain: 100 }]),
      text: /larger than it says/,
    },
    'less than it says': {
      zip: rawZip([{ name: 'a', data: Buffer.alloc(100), method: 8, plain: 200 }]),
      text: /damaged/,
    },
    'a wrong checksum': { zip: rawZip([{ name: 'a', data, crc: 1 }]), text: /damaged/ },
    'an unknown compression': { zip: rawZip([{ name: 'a', data, method: 12 }]), text: /unknown compression/ },
    'no ZIP file': { zip: Buffer.from('hello'), text: /not a ZIP file/ },
    nothing: { zip: Buffer.alloc(0), text: /not a ZIP file/ },
    'half a ZIP file': { zip: rawZip([{ name: 'a', data }]).subarray(20), text: /damaged|early/ },
  };
  for (const [title, { zip, text }] of Object.entries(hostile)) {
    it(`${title}: refused, INVALID as a package, nothing outside`, async () => {
      const file = path.join(folder, 'hostile.zip');
      await writeFile(file, zip);
      await unpackZip(file, out, 1_000_000).then(
        () => expect.fail('unpacked'),
        (error) => expect(error.message).to.match(text),
      );
      expect((await readdir(folder)).includes('up')).to.equal(false);
      const verdict = await verifyPackage(file, { at, maxBytes: 1_000_000 });
      expect(verdict.verdict).to.equal('INVALID');
      expect(verdict.problems[0]?.text).to.match(text);
    });
  }
});
