import { extname } from 'node:path';
import { PDFDocument } from '@cantoo/pdf-lib';
import { ConvertError } from './convert-error';
import { layOut } from './layout';
import { type Block, fromDocx, fromHtml, fromMarkdown, fromText } from './plain-text';
import { readPdf } from './read';

const readers: Record<string, (content: Uint8Array) => Block[]> = {
  '.txt': (content) => fromText(decode(content)),
  '.md': (content) => fromMarkdown(decode(content)),
  '.html': (content) => fromHtml(decode(content)),
  '.htm': (content) => fromHtml(decode(content)),
  '.docx': fromDocx,
};

/**
 * Turns an uploaded file into the PDF that is signed. A PDF is checked and comes back unchanged;
 * .txt, .md, .html and .docx are laid out as text (their tags work, in white).
 *
 * @param content the file
 * @param fileName decides the type, unless the content says that it is a PDF
 * @throws ConvertError with a text for the sender: unknown type, damaged, encrypted or empty
 */
export async function toPdf(content: Uint8Array, fileName: string): Promise<Uint8Array> {
  if (content.length === 0) throw new ConvertError('The file is empty.');
  const extension = extname(fileName).toLowerCase();
  if (extension === '.pdf' || looksLikePdf(content)) {
    await readPdf(content);
    await assertWritable(content);
    return content;
  }
  const read = readers[extension];
  if (!read) {
    const known = ['.pdf', ...Object.keys(readers)].join(', ');
    throw new ConvertError(`The file type "${extension || fileName}" is not supported here. Send one of ${known}.`);
  }
  const blocks = read(content);
  if (blocks.length === 0) throw new ConvertError('The file contains no text.');
  return layOut(blocks, fileName);
}

/** A viewer repairs more than can be written back: better to say so now than when the last signer has signed. */
async function assertWritable(pdf: Uint8Array): Promise<void> {
  try {
    const copy = await PDFDocument.load(pdf, { updateMetadata: false });
    copy.getPage(0);
  } catch (cause) {
    throw new ConvertError('The PDF is damaged. Print it to a new PDF and send that one.', { cause });
  }
}

function looksLikePdf(content: Uint8Array): boolean {
  return Buffer.from(content.buffer, content.byteOffset, Math.min(content.length, 1024)).includes('%PDF-');
}

function decode(content: Uint8Array): string {
  const utf16 = content[0] === 0xff && content[1] === 0xfe;
  try {
    return new TextDecoder(utf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(content);
  } catch {
    return new TextDecoder('windows-1252').decode(content);
  }
}
