import { createHash, randomBytes } from 'node:crypto';
import {
  PDFArray,
  PDFDict,
  type PDFDocument,
  PDFHexString,
  PDFName,
  PDFNumber,
  PDFRef,
  PDFString,
} from '@cantoo/pdf-lib';
import type { SandboxCa } from './ca';

/** Room for the CMS signature; with two certificates it needs about 2 kB. */
const contentsBytes = 8192;
const wide = 9_999_999_999;

/**
 * Saves a PDF with a PAdES B-B seal: an invisible signature field whose byte range covers the whole file
 * except the one gap that holds the signature. Sources: ISO 32000-1, 12.8; ETSI EN 319 142-1.
 *
 * @param pdf is changed: seals it already had are taken out, since rewriting the file breaks them
 * @param seal authority, reason shown by PDF readers, time of sealing
 */
export async function sealPdf(
  pdf: PDFDocument,
  seal: { ca: SandboxCa; reason: string; at: Date },
): Promise<Uint8Array> {
  dropOldSeals(pdf);
  const marker = randomBytes(16).toString('hex');
  addSignatureField(pdf, seal, marker);
  const file = Buffer.from(
    await pdf.save({ useObjectStreams: false, updateFieldAppearances: false, addDefaultPage: false }),
  );

  const gapStart = file.indexOf(`<${marker}`);
  const gapEnd = gapStart + contentsBytes * 2 + 2;
  const rangeStart = file.lastIndexOf('/ByteRange', gapStart);
  const rangeEnd = file.indexOf(']', rangeStart) + 1;
  if (gapStart < 0 || file[gapEnd - 1] !== 0x3e || rangeStart < 0 || rangeEnd > gapStart) {
    throw new Error('The signature dictionary was not written as expected.');
  }
  const range = `/ByteRange [0 ${gapStart} ${gapEnd} ${file.length - gapEnd}`;
  file.write(`${range.padEnd(rangeEnd - rangeStart - 1)}]`, rangeStart, 'latin1');

  const digest = createHash('sha256').update(file.subarray(0, gapStart)).update(file.subarray(gapEnd)).digest();
  const cms = await seal.ca.sign(digest);
  if (cms.length > contentsBytes) throw new Error('The signature is larger than the room kept for it.');
  file.write(
    Buffer.from(cms)
      .toString('hex')
      .padEnd(contentsBytes * 2, '0'),
    gapStart + 1,
    'latin1',
  );
  return file;
}

function addSignatureField(pdf: PDFDocument, seal: { reason: string; at: Date }, marker: string): void {
  const { context, catalog } = pdf;
  const page = pdf.getPage(0);
  const signature = context.register(
    context.obj({
      Type: 'Sig',
      Filter: 'Adobe.PPKLite',
      SubFilter: 'ETSI.CAdES.detached',
      ByteRange: [0, wide, wide, wide].map((n) => PDFNumber.of(n)),
      Contents: PDFHexString.of(marker.padEnd(contentsBytes * 2, '0')),
      Name: PDFHexString.fromText('Core Signature Sandbox'),
      Reason: PDFHexString.fromText(seal.reason),
      M: PDFString.fromDate(seal.at),
    }),
  );
  const field = context.register(
    context.obj({
      Type: 'Annot',
      Subtype: 'Widget',
      FT: 'Sig',
      T: PDFString.of(`Seal-${marker.slice(0, 8)}`),
      V: signature,
      Rect: [0, 0, 0, 0],
      F: 132, // printed, locked
      P: page.ref,
    }),
  );
  page.node.addAnnot(field);
  const form = catalog.getOrCreateAcroForm();
  form.addField(field);
  form.dict.set(PDFName.of('SigFlags'), PDFNumber.of(3)); // signatures exist, append only
}

function dropOldSeals(pdf: PDFDocument): void {
  const { context, catalog } = pdf;
  const dropped = new Set<PDFRef>();
  for (const [ref, object] of context.enumerateIndirectObjects()) {
    if (!(object instanceof PDFDict)) continue;
    const isField = object.get(PDFName.of('FT')) === PDFName.of('Sig');
    if (isField || (object.has(PDFName.of('ByteRange')) && object.has(PDFName.of('Contents')))) dropped.add(ref);
  }
  if (dropped.size === 0) return;
  const lists = [
    catalog.getAcroForm()?.dict.lookup(PDFName.of('Fields')),
    ...pdf.getPages().map((page) => page.node.Annots()),
  ];
  for (const list of lists) {
    if (!(list instanceof PDFArray)) continue;
    for (let i = list.size() - 1; i >= 0; i--) {
      const entry = list.get(i);
      if (entry instanceof PDFRef && dropped.has(entry)) list.remove(i);
    }
  }
  for (const ref of dropped) context.delete(ref);
  catalog.delete(PDFName.of('DSS'));
  catalog.delete(PDFName.of('Perms'));
}
