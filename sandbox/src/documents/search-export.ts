import { timestampOrNull } from '../clock';
import type { DocumentRecord, Signer } from '../model';
import type { SearchRow } from './search';

type Cell = string | number | boolean | null;
export type Row = Record<string, Cell>;

/**
 * Rows of an export: one per document, or one per signer with a column for each external id among the inputs.
 *
 * @param found search results
 * @param documents the documents of these results, in the same order
 */
export function exportRows(found: SearchRow[], documents: DocumentRecord[], bySigner: boolean): Row[] {
  const flat = found.map(({ extra_docs: _extra, signer_emails: emails, ...row }) => ({
    ...row,
    signer_emails: emails.join('|'),
  }));
  if (!bySigner) return flat;
  const ids = new Set(documents.flatMap((document) => document.fields.map((field) => field.externalId ?? '')));
  ids.delete('');
  return flat.flatMap((row, i) => {
    const document = documents[i];
    const signers = document?.request?.signers ?? [];
    return signers.map((signer) => ({ ...row, ...signerCells(signer), ...inputCells(document, signer, ids) }));
  });
}

function signerCells(signer: Signer): Row {
  return {
    signer_email: signer.given.email,
    signer_signed: signer.signedAt !== null,
    signer_signed_on: timestampOrNull(signer.signedAt),
    signer_declined: signer.declinedAt !== null,
  };
}

function inputCells(document: DocumentRecord | undefined, signer: Signer, ids: Set<string>): Row {
  const cell = (id: string): Cell => {
    const own = document?.fields.filter((field) => field.externalId === id) ?? [];
    const value = signer.values.find((candidate) => own.some((field) => field.uuid === candidate.field));
    return value ? (value.checked ?? value.date ?? value.text) : null;
  };
  return Object.fromEntries([...ids].map((id) => [id, cell(id)]));
}

/** RFC 4180 with a heading. */
export function toCsv(rows: Row[]): string {
  const quote = (cell: Cell): string => {
    const text = cell === null ? '' : String(cell);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${table(rows)
    .map((row) => row.map(quote).join(','))
    .join('\r\n')}\r\n`;
}

/** SpreadsheetML 2003, the plain-text format that Excel opens as .xls. */
export function toSpreadsheet(rows: Row[]): string {
  const escaped = (cell: Cell): string =>
    String(cell ?? '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;');
  const cells = (row: Cell[]): string =>
    row.map((cell) => `<Cell><Data ss:Type="String">${escaped(cell)}</Data></Cell>`).join('');
  const lines = table(rows).map((row) => `<Row>${cells(row)}</Row>`);
  const space = 'urn:schemas-microsoft-com:office:spreadsheet';
  return `<?xml version="1.0"?>
<Workbook xmlns="${space}" xmlns:ss="${space}"><Worksheet ss:Name="Documents"><Table>
${lines.join('\n')}
</Table></Worksheet></Workbook>
`;
}

/** Heading and rows; the heading has every column that any row has. */
function table(rows: Row[]): Cell[][] {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? null))];
}
