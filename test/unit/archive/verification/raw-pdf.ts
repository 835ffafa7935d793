/** PDFs written byte by byte, so that a test can break every rule: base document, revisions and signatures. */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

export type Objects = Record<number, string | Buffer | undefined>;

const gapBytes = 6000;

export interface SignOptions {
  /** Makes the CMS from the SHA-256 of the covered bytes. */
  cms: (digest: Buffer) => Promise<Buffer>;
  subFilter?: string;
  /** More of the signature dictionary. */
  more?: string;
  /** More objects of the same revision. */
  objects?: Objects;
  /** Widget rectangle and appearance. */
  widget?: string;
  /** Changes the byte range before it is written. */
  range?: (range: number[]) => number[];
  /** Without the field in the page's annotations. */
  hidden?: boolean;
}

export const stream = (content: Buffer | string, dict = ''): Buffer => {
  const bytes = Buffer.from(content);
  return Buffer.concat([
    Buffer.from(`<< ${dict} /Length ${bytes.length} >>\nstream\n`),
    bytes,
    Buffer.from('\nendstream'),
  ]);
};

/** Objects: 1 catalog, 2 pages, 3 page, 4 its content, 5 form; signatures take two numbers each from 10 on. */
export class RawPdf {
  bytes: Buffer = Buffer.from('%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n', 'latin1');
  #start = 0;
  #next = 10;
  #container = 800;
  #crossReference = 900;
  readonly fields: number[] = [];
  readonly widgets: number[] = [];
  catalogMore = '';

  constructor(
    text = 'PAY 100 EUR',
    private readonly options: { xrefStreams?: boolean; packed?: boolean; page?: string; objects?: Objects } = {},
  ) {
    this.append({
      1: this.#catalog(),
      2: '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
      3: this.#page(),
      4: stream(`BT /F1 24 Tf 72 700 Td (${text}) Tj ET`),
      5: this.#form(),
      ...options.objects,
    });
  }

  #catalog = (): string => `<< /Type /Catalog /Pages 2 0 R /AcroForm 5 0 R ${this.catalogMore}>>`;
  #form = (): string => `<< /Fields [${this.fields.map((num) => `${num} 0 R`).join(' ')}] /SigFlags 3 >>`;
  #page = (): string =>
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> ${this.options.page ?? ''} /Annots [${this.widgets.map((num) => `${num} 0 R`).join(' ')}] >>`;

  /** A new revision with these objects. @param free object numbers that are no longer in use */
  append(objects: Objects, { free = [], trailer = '' }: { free?: number[]; trailer?: string } = {}): this {
    const offsets = new Map<number, number>();
    const parts = [this.bytes];
    let at = this.bytes.length;
    const all = this.options.packed ? this.#pack(objects) : { objects, index: new Map<number, number>() };
    for (const [num, body] of Object.entries(all.objects)) {
      if (body === undefined) continue;
      const part = Buffer.concat([Buffer.from(`${num} 0 obj\n`), Buffer.from(body), Buffer.from('\nendobj\n')]);
      offsets.set(Number(num), at);
      parts.push(part);
      at += part.length;
    }
    const more = `${trailer.includes('/Root') ? '' : '/Root 1 0 R'} ${this.#start > 0 ? `/Prev ${this.#start}` : ''} ${trailer}`;
    this.#start = at;
    parts.push(
      this.options.xrefStreams ? this.#xrefStream(offsets, all.index, at, more) : this.#table(offsets, free, more),
      Buffer.from(`startxref\n${at}\n%%EOF\n`),
    );
    this.bytes = Buffer.concat(parts);
    return this;
  }

  #table(offsets: Map<number, number>, free: number[], more: string): Buffer {
    const rows = [
      ...[...offsets].map(([num, offset]) => [num, `${String(offset).padStart(10, '0')} 00000 n \n`] as const),
      ...free.map((num) => [num, '0000000000 00001 f \n'] as const),
    ];
    const sections = rows.map(([num, row]) => `${num} 1\n${row}`).join('');
    return Buffer.from(`xref\n${sections}trailer\n<< /Size 1000 ${more} >>\n`);
  }

  /** Puts what is no stream and no signature into an object stream. */
  #pack(objects: Objects): { objects: Objects; index: Map<number, number> } {
    const small = Object.entries(objects).filter(
      ([, body]) => typeof body === 'string' && !body.includes('/ByteRange'),
    );
    const index = new Map(small.map(([num], place) => [Number(num), place]));
    const others = Object.fromEntries(Object.entries(objects).filter(([num]) => !index.has(Number(num))));
    if (small.length === 0) return { objects: others, index };
    this.#container += 1;
    let at = 0;
    const head = small.map(([num, body]) => {
      const pair = `${num} ${at}`;
      at += String(body).length + 1;
      return pair;
    });
    const first = head.join(' ').length + 1;
    const content = `${head.join(' ')} ${small.map(([, body]) => body).join(' ')} `;
    const dict = `/Type /ObjStm /N ${small.length} /First ${first} /Filter /FlateDecode`;
    return {
      objects: { ...others, [this.#container]: stream(deflateSync(Buffer.from(content, 'latin1')), dict) },
      index,
    };
  }

  #xrefStream(offsets: Map<number, number>, packed: Map<number, number>, at: number, more: string): Buffer {
    this.#crossReference += 1;
    const num = this.#crossReference;
    const row = (kind: number, second: number, third: number): Buffer => {
      const bytes = Buffer.alloc(6);
      bytes.writeUInt8(kind, 0);
      bytes.writeUInt32BE(second, 1);
      bytes.writeUInt8(third, 5);
      return bytes;
    };
    const rows = [
      ...[...offsets, [num, at] as const].map(([n, offset]) => [n, row(1, offset, 0)] as const),
      ...[...packed].map(([n, index]) => [n, row(2, this.#container, index)] as const),
    ];
    // With the PNG predictor "up", as most products write it.
    let above = Buffer.alloc(6);
    const predicted = rows.map(([, bytes]) => {
      const line = Buffer.from([2, ...bytes.map((byte, i) => (byte - (above[i] ?? 0) + 256) % 256)]);
      above = Buffer.from(bytes);
      return line;
    });
    const index = rows.map(([n]) => `${n} 1`).join(' ');
    const dict = `/Type /XRef /W [1 4 1] /Index [${index}] /Size 1000 /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 6 >> ${more}`;
    return Buffer.concat([
      Buffer.from(`${num} 0 obj\n`),
      stream(deflateSync(Buffer.concat(predicted)), dict),
      Buffer.from('\nendobj\n'),
    ]);
  }

  /** A new revision with a signature over everything before and in it. */
  async sign(options: SignOptions): Promise<this> {
    const [field, value] = [this.#next, this.#next + 1];
    this.#next += 2;
    this.fields.push(field);
    if (!options.hidden) this.widgets.push(field);
    const subFilter = options.subFilter ?? 'ETSI.CAdES.detached';
    const gap = `<${'0'.repeat(gapBytes * 2)}>`;
    const hole = '/ByteRange [0 0000000000 0000000000 0000000000]';
    const dict = `<< /Type /${subFilter === 'ETSI.RFC3161' ? 'DocTimeStamp' : 'Sig'} /Filter /Adobe.PPKLite /SubFilter /${subFilter} ${hole} /Contents ${gap} ${options.more ?? ''} >>`;
    const before = this.bytes.length;
    this.append({
      [value]: dict,
      [field]: `<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature${field}) /V ${value} 0 R /P 3 0 R /F 132 ${options.widget ?? '/Rect [0 0 0 0]'} >>`,
      3: this.#page(),
      5: this.#form(),
      ...(this.catalogMore !== '' && { 1: this.#catalog() }),
      ...options.objects,
    });
    const from = this.bytes.indexOf(gap, before);
    const to = from + gap.length;
    const range = [0, from, to, this.bytes.length - to];
    const written = `/ByteRange [${(options.range ?? ((r) => r))(range).join(' ')}`;
    this.bytes.write(`${written.padEnd(hole.length - 1)}]`, this.bytes.indexOf(hole, before), 'latin1');
    const digest = createHash('sha256').update(this.bytes.subarray(0, from)).update(this.bytes.subarray(to)).digest();
    this.bytes.write((await options.cms(digest)).toString('hex'), from + 1, 'latin1');
    return this;
  }

  /** A new revision with validation data. */
  addStore(
    { certificates = [], crls = [], ocsps = [] }: { certificates?: Buffer[]; crls?: Buffer[]; ocsps?: Buffer[] },
    first = 200,
  ): this {
    const objects: Objects = {};
    let num = first;
    const add = (items: Buffer[]): string =>
      items
        .map((item) => {
          num += 1;
          objects[num] = stream(deflateSync(item), '/Filter /FlateDecode');
          return `${num} 0 R`;
        })
        .join(' ');
    objects[first] = `<< /Type /DSS /Certs [${add(certificates)}] /CRLs [${add(crls)}] /OCSPs [${add(ocsps)}] >>`;
    this.catalogMore = `/DSS ${first} 0 R `;
    return this.append({ ...objects, 1: this.#catalog() });
  }

  copy(): Buffer {
    return Buffer.from(this.bytes);
  }
}
