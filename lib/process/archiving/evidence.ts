import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { requestTimestamp } from '../../archive/evidence/timestamp';
import type { PackageFile } from '../../archive/evidence/types';
import { writePackage } from '../../archive/evidence/write-package';
import { digestOfFile } from '../../archive/repositories/digest';
import type { ArchiveFile } from '../../archive/repositories/types';
import { decide, worst } from '../../archive/verification/decide';
import { reportPdf, validationReport } from '../../archive/verification/report';
import { readTrust } from '../../archive/verification/trust';
import type { PdfVerdict, TrustStore } from '../../archive/verification/types';
import { verifyPdf } from '../../archive/verification/verify-pdf';

import { type Envelope, envelopeOf } from '../../core-signature/signers';
import { SignatureError } from '../../errors';
import type { SignatureAccount } from '../account';
import { type FetchedFile, fetchEnvelope } from './fetch';
import type { ArchiveRequest, Evidence, Verification } from './types';

const generator = 'node-red-core-signature';

/**
 * Fetches, verifies and packs an envelope into a folder. What an attempt before a crash has packed is used again, so that
 * every attempt files the same bytes. An attempt works in a folder of its own, which becomes the one asked for when all is
 * in it: so nothing half done is ever found there, and two attempts at the same time do not meet.
 *
 * @throws SignatureError as `fetchEnvelope` does; `BAD_CONFIG` for a trust store that cannot be read; what the time-stamp
 * authority answers
 */
export async function prepareEvidence(
  account: SignatureAccount,
  uuid: string,
  folder: string,
  request: ArchiveRequest,
): Promise<Evidence> {
  const packed = await readSummary(folder);
  if (packed) return packed;
  const draft = path.join(path.dirname(folder), `.${path.basename(folder)}.${randomUUID()}`);
  try {
    const evidence = await pack(account, uuid, draft, request);
    await writeFile(path.join(draft, summary), JSON.stringify(inFolder(evidence, draft, folder)), { flush: true });
    // Without a summary, what is there was left half done.
    if (!existsSync(path.join(folder, summary))) await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } catch (thrown) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(path.join(folder, summary))) throw thrown;
    // Another attempt was first.
  }
  const evidence = await readSummary(folder);
  if (evidence) return evidence;
  throw new SignatureError('IN_PROGRESS', 'Another attempt has archived this envelope meanwhile.');
}

const summary = 'evidence.json';

/** What is packed in a folder; undefined when nothing is. */
async function readSummary(folder: string): Promise<Evidence | undefined> {
  const file = path.join(folder, summary);
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Evidence) : undefined;
}

/** The same evidence with its files in another folder. */
function inFolder(evidence: Evidence, from: string, to: string): Evidence {
  const there = <T extends { path: string }>(file: T): T => ({
    ...file,
    path: path.join(to, path.relative(from, file.path)),
  });
  return {
    ...evidence,
    bag: there(evidence.bag),
    zip: there(evidence.zip),
    files: evidence.files.map(({ role, file }) => ({ role, file: there(file) })),
  };
}

async function pack(
  account: SignatureAccount,
  uuid: string,
  folder: string,
  request: ArchiveRequest,
): Promise<Evidence> {
  const { document, files } = await fetchEnvelope(account, uuid, folder, request.maxBytes);
  const ledger = await account.dispatcher.ledger();
  const known = await ledger.envelope({ account: account.id, id: uuid });
  const envelope = envelopeOf(document, account.id, { sentAt: (known?.snapshot as Envelope | null)?.sentAt ?? null });
  const at = new Date(account.clock.now());
  const { verification, verdict } = await verify(files, request, at);
  const facts = { document: envelope.name, envelope: uuid, generator };
  const report = path.join(folder, 'validation-report.pdf');
  await writeFile(report, reportPdf(verdict, facts));

  const events = await account.client.events.eventsOf(uuid);
  const journal = await ledger.journal({ account: account.id, envelope: uuid });
  const stored = await ledger.operation({ key: `send:${account.id}:${envelope.externalId ?? ''}` });
  const payload: PackageFile[] = [
    ...files.map((file) => ({ name: packagedName(file), content: { path: file.path }, sha256: file.sha256 })),
    { name: 'validation-report.pdf', content: { path: report } },
    { name: 'validation-report.json', content: { json: validationReport(verdict, facts) } },
    { name: 'request.json', content: { json: withoutSecrets(stored?.request ?? document.signrequest) } },
    { name: 'document.json', content: { json: withoutUrls(document) } },
    { name: 'events.json', content: { json: events.map(({ document: _, ...event }) => withoutUrls(event)) } },
    { name: 'audit.json', content: { json: { account: account.id, envelope: uuid, entries: journal.entries } } },
    {
      name: 'lineage.json',
      content: {
        json: { lineage: known?.lineage ?? '', predecessor: known?.predecessor ?? '', signers: envelope.signers },
      },
    },
  ];
  const bag = await writePackage(
    {
      name: uuid,
      at,
      files: payload,
      info: { 'External-Identifier': envelope.externalId ?? uuid, 'External-Description': envelope.name },
      ...(request.tsaUrl !== '' && {
        timestamp: (digest: Buffer) => requestTimestamp(request.tsaUrl, digest, { userAgent: generator }),
      }),
    },
    { kind: 'zip', path: folder },
  );
  return {
    verification,
    bag,
    zip: await archiveFile(bag.path, 'application/zip'),
    files: [
      ...(await Promise.all(
        files.map(async (file, index) => ({
          role: file.role === 'attachment' ? `attachment-${index}` : file.role,
          file: await archiveFile(
            file.path,
            file.name.endsWith('.pdf') ? 'application/pdf' : 'application/octet-stream',
          ),
        })),
      )),
      { role: 'report', file: await archiveFile(report, 'application/pdf') },
    ],
  };
}

const packagedName = ({ role, name }: FetchedFile): string => (role === 'attachment' ? `attachments/${name}` : name);

/** Judges signed PDF and signing log; the worse of the two decisions counts. */
async function verify(
  files: FetchedFile[],
  { trust, policy, revocation }: ArchiveRequest,
  at: Date,
): Promise<{ verification: Verification; verdict: PdfVerdict }> {
  const store: TrustStore = { anchors: trust.trim() === '' ? [] : readTrust(trust) };
  const [signed, log] = [files.find(({ role }) => role === 'signed'), files.find(({ role }) => role === 'log')];
  const judge = ({ path: file, expected }: FetchedFile) =>
    verifyPdf(file, { trust: store, at, revocation, ...(expected && { hash: expected }) });
  if (!signed) throw new Error('there is no signed PDF');
  const verdict = await judge(signed);
  const logVerdict = log ? await judge(log) : undefined;
  const ofLog =
    logVerdict?.hash?.matches === false || logVerdict?.conclusion === 'TOTAL-FAILED' ? 'quarantine' : 'archive';
  const hashes = files.map(({ name, sha256, expected }) => ({
    file: name,
    sha256,
    result: expected === null ? ('none' as const) : expected === sha256 ? ('equal' as const) : ('different' as const),
  }));
  return {
    verdict,
    verification: {
      conclusion: verdict.conclusion,
      ...(verdict.subIndication && { subIndication: verdict.subIndication }),
      ...(verdict.level && { level: verdict.level }),
      decision: worst(decide(verdict, policy), ofLog),
      hashes,
      reasons: [
        ...hashes
          .filter(({ result }) => result === 'different')
          .map(({ file }) => `${file} does not have the hash that the service gives.`),
        ...reasonsOf(verdict),
        ...(logVerdict?.conclusion === 'TOTAL-FAILED' ? reasonsOf(logVerdict) : []),
      ],
    },
  };
}

const reasonsOf = ({ checks, signatures }: PdfVerdict): string[] =>
  [...checks, ...signatures.flatMap((signature) => signature.checks)]
    .filter(({ result }) => result === 'fail' || result === 'unknown')
    .map(({ text }) => text);

/** Pre-signed URLs expire within minutes and open the document to everybody: they have no place in an archive. */
function withoutUrls<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (key, inner) =>
      ['file', 'file_as_pdf', 'pdf', 'embed_url', 'prepare_url'].includes(key) ? undefined : inner,
    ),
  );
}

function withoutSecrets(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null, (key, inner) => (key === 'password' ? undefined : inner)));
}

async function archiveFile(file: string, mimeType: string): Promise<ArchiveFile> {
  const { sha256 } = await digestOfFile(file);
  return { path: file, size: (await stat(file)).size, sha256, name: path.basename(file), mimeType };
}
