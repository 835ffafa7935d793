import { dirname, join, sep } from 'node:path';

type PdfJs = typeof import('pdfjs-dist/legacy/build/pdf.mjs');
type Loaded = Awaited<ReturnType<PdfJs['getDocument']>['promise']>;

/** Folder of the installed pdfjs-dist package: its browser files are served from here, its fonts are read from here. */
export const pdfjsFolder = dirname(require.resolve('pdfjs-dist/package.json'));

let loading: Promise<PdfJs> | undefined;

/**
 * Opens a PDF with pdf.js, hands it to `use` and frees it again.
 *
 * @param pdf the file; copied, because pdf.js takes ownership of the buffer it is given
 * @param use what to do with the open document
 * @returns what `use` returns
 * @throws the errors of pdf.js (`PasswordException`, `InvalidPDFException`, …)
 */
export async function withPdf<T>(pdf: Uint8Array, use: (document: Loaded) => Promise<T>): Promise<T> {
  loading ??= import('pdfjs-dist/legacy/build/pdf.mjs');
  const pdfjs = await loading;
  const task = pdfjs.getDocument({
    data: Uint8Array.from(pdf),
    verbosity: pdfjs.VerbosityLevel.ERRORS,
    standardFontDataUrl: join(pdfjsFolder, 'standard_fonts') + sep,
    cMapUrl: join(pdfjsFolder, 'cmaps') + sep,
    useSystemFonts: false,
  });
  try {
    return await use(await task.promise);
  } finally {
    await task.destroy();
  }
}
