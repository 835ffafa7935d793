/**
 * Everything the sandbox does with PDF files: converting uploads, reading signature tags,
 * drawing what signers entered, sealing the result and writing the signing log.
 */
export { SandboxCa } from './ca';
export { toPdf } from './convert';
export { ConvertError } from './convert-error';
export { finishPdf } from './finish';
export { type LogEntry, signingLog } from './log';
export type { Mark } from './marks';
export { readPdf } from './read';
export type { PdfFacts, Tag } from './tags';
