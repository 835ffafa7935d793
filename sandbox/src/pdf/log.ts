import type { SandboxCa } from './ca';
import { utc } from './marks';
import { sealPdf } from './seal';
import { colours, Sheet } from './sheet';

/** One line of the signing log. */
export interface LogEntry {
  at: Date;
  what: string;
  who: string;
  detail?: string;
}

type Log = {
  document: { uuid: string; name: string; sha256: string; pages: number };
  sender: string;
  signers: LoggedSigner[];
  entries: LogEntry[];
  ca: SandboxCa;
  at: Date;
};

interface LoggedSigner {
  name: string;
  email: string;
  role: string;
  state: string;
  at: Date | null;
  /** how the signer was identified, one sentence each */
  verification: string[];
}

/**
 * Makes the signing log: a sealed PDF that names the document and its hash, the signers and every step.
 *
 * @param log `sha256` in hex is the hash of the signed PDF; `entries` in the order they happened
 */
export async function signingLog(log: Log): Promise<Uint8Array> {
  const sheet = await Sheet.create();
  const { pdf } = sheet;
  pdf.setTitle(`Signing log: ${log.document.name}`);
  pdf.setSubject(log.document.uuid);
  pdf.setProducer('Core Signature Sandbox');
  pdf.setCreationDate(log.at);
  pdf.setModificationDate(log.at);

  writeHead(sheet, log);
  sheet.heading(log.signers.length === 1 ? 'Signer' : 'Signers');
  for (const signer of log.signers) writeSigner(sheet, signer);
  sheet.heading('What happened');
  for (const entry of log.entries) writeEntry(sheet, entry);
  sheet.footers(`Signing log of document ${log.document.uuid} · sandbox, without legal effect`);
  return sealPdf(pdf, { ca: log.ca, at: log.at, reason: `Signing log of document ${log.document.uuid}` });
}

function writeHead(sheet: Sheet, { document, sender, at }: Log): void {
  sheet.page.drawRectangle({ x: Sheet.left, y: sheet.y - 4, width: 34, height: 3, color: colours.accent });
  sheet.y -= 12;
  sheet.text('Signing log', { size: 24, font: sheet.bold });
  sheet.text(document.name, { size: 12, color: colours.quiet });
  sheet.y -= 14;
  const facts: [string, string][] = [
    ['Document', document.uuid],
    ['Pages', String(document.pages)],
    ['Sent by', sender],
    ['Log made', utc(at)],
    ['SHA-256 of the signed PDF', document.sha256],
  ];
  const height = facts.length * 17 + 18;
  sheet.page.drawRectangle({ x: Sheet.left, y: sheet.y - height, width: Sheet.width, height, color: colours.panel });
  let y = sheet.y - 22;
  for (const [name, value] of facts) {
    const isHash = name.startsWith('SHA');
    sheet.label(name, y, { x: Sheet.left + 14, size: 8.5, color: colours.quiet });
    const font = isHash ? sheet.mono : sheet.regular;
    sheet.label(value, y, { x: Sheet.left + 132, size: isHash ? 7.9 : 9.5, font, width: Sheet.width - 142 });
    y -= 17;
  }
  sheet.y -= height;
}

function writeSigner(sheet: Sheet, signer: LoggedSigner): void {
  const ways = signer.verification.join('\n');
  sheet.need(46 + sheet.heightOf(ways, { size: 8.5, width: 300 }));
  sheet.rule();
  sheet.y -= 6;
  const top = sheet.y;
  sheet.text(signer.name, { font: sheet.bold, width: 300 });
  sheet.text(`${signer.email} · ${signer.role}`, { size: 8.5, color: colours.quiet, width: 300 });
  if (ways !== '') sheet.text(ways, { size: 8.5, width: 300 });
  const finished = /^(signed|approved)$/iu.test(signer.state);
  const color = finished
    ? colours.good
    : /^(declined|cancelled|expired)$/iu.test(signer.state)
      ? colours.bad
      : colours.ink;
  const state = signer.state.charAt(0).toUpperCase() + signer.state.slice(1);
  sheet.label(state, top - 10.5, { x: Sheet.left + 330, font: sheet.bold, color });
  if (signer.at) sheet.label(utc(signer.at), top - 22.5, { x: Sheet.left + 330, size: 8.5, color: colours.quiet });
  sheet.y -= 8;
}

function writeEntry(sheet: Sheet, entry: LogEntry): void {
  const body = { x: Sheet.left + 132, size: 9.5 };
  const notes = [entry.who, entry.detail].filter(Boolean).join('\n');
  sheet.need(sheet.heightOf(entry.what, body) + Math.min(60, sheet.heightOf(notes, { ...body, size: 8.5 })) + 12);
  sheet.rule();
  sheet.y -= 5;
  const time = `${utc(entry.at).replace(' UTC', '')}:${entry.at.toISOString().slice(17, 19)} UTC`;
  sheet.label(time, sheet.y - 10.4, { size: 8.5, width: 126, color: colours.quiet });
  sheet.text(entry.what, body);
  if (notes !== '') sheet.text(notes, { ...body, size: 8.5, color: colours.quiet });
  sheet.y -= 5;
}
