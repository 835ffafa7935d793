import * as pkijs from 'pkijs';
import { withPdf } from '../../dist/pdf/pdfjs';

/** The words on each page with their baselines, as pdf.js reads them. */
export function wordsOf(pdf: Uint8Array) {
  return withPdf(pdf, async (document) => {
    const pages = [];
    for (let number = 1; number <= document.numPages; number++) {
      const { items } = await (await document.getPage(number)).getTextContent();
      pages.push(
        items.flatMap((item) =>
          'str' in item && item.str.trim() !== ''
            ? [{ text: item.str, x: item.transform[4] as number, y: item.transform[5] as number, width: item.width }]
            : [],
        ),
      );
    }
    return pages;
  });
}

/** The seal of a PDF, taken apart: byte range, the gap, the signed bytes and the CMS signature. */
export function sealOf(file: Uint8Array) {
  const buffer = Buffer.from(file);
  const ranges = [...buffer.toString('latin1').matchAll(/\/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/g)];
  const [a = -1, b = -1, c = -1, d = -1] = ranges.at(-1)?.slice(1).map(Number) ?? [];
  const gap = buffer.toString('latin1', a + b, c);
  const signed = Buffer.concat([buffer.subarray(a, a + b), buffer.subarray(c, c + d)]);
  // the DER length in its first bytes says where the padding begins
  const padded = Buffer.from(gap.slice(1, -1), 'hex');
  const cms = padded.subarray(0, 4 + padded.readUInt16BE(2));
  return { count: ranges.length, start: a, end: c + d, length: buffer.length, gap, signed, cms };
}

/** Checks a CMS signature over data with pkijs; rejects when the digest differs. */
export async function verify(cms: Buffer, data: Buffer, rootPem: string) {
  const engine = new pkijs.CryptoEngine({ name: 'test', crypto: globalThis.crypto });
  const signed = new pkijs.SignedData({ schema: pkijs.ContentInfo.fromBER(arrayBuffer(cms)).content });
  const root = Buffer.from(rootPem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const result = await signed.verify(
    {
      signer: 0,
      checkChain: true,
      trustedCerts: [pkijs.Certificate.fromBER(arrayBuffer(root))],
      data: arrayBuffer(data),
      extendedMode: true,
    },
    engine,
  );
  return { signed, ...result };
}

function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
