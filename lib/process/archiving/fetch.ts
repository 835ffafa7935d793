import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Document } from '../../core-signature/models';
import { statusOf } from '../../core-signature/status';
import { SignatureError } from '../../errors';
import { download, writeBytes } from '../../http/download';
import { sleep } from '../../time/timers';
import type { SignatureAccount } from '../account';

/** A file of the service on local disk. */
export interface FetchedFile {
  role: 'signed' | 'log' | 'original' | 'attachment';
  /** Name with extension, safe as a file name. */
  name: string;
  path: string;
  size: number;
  sha256: string;
  /** Hash the service gives; null where it gives none. */
  expected: string | null;
}

export interface Fetched {
  document: Document;
  files: FetchedFile[];
}

/** How long a signed PDF may still be rendered, in milliseconds of real time. */
const processingMs = 5 * 60_000;
const firstPollMs = 250;
const longestPollMs = 4_000;
const mostAttempts = 3;

/**
 * Reads the document's own state and fetches what belongs to it into a folder: signed PDF, signing log, the original and
 * all attachments. Nothing of a webhook is used. URLs are taken afresh right before each download, because they live for
 * minutes; a download that breaks off, does not have the service's hash, or whose URL has expired, is begun again with a
 * new URL, up to three times in all.
 *
 * @param maxBytes per file
 * @throws SignatureError `NOT_FINISHED`, `NOT_SIGNED`, `UNKNOWN_ENVELOPE` (deleted at the service), `BAD_DOCUMENT`
 * (0 bytes), `DOCUMENT_TOO_LARGE`,
 * `FORBIDDEN` (the file host refuses fresh URLs too), `BAD_INPUT` (a URL leads into a private network), `REMOTE_FAULT`
 */
export async function fetchEnvelope(
  account: SignatureAccount,
  uuid: string,
  folder: string,
  maxBytes: number,
): Promise<Fetched> {
  const document = await finished(account, uuid);
  await mkdir(folder, { recursive: true });
  const fetch = async (
    role: FetchedFile['role'],
    name: string,
    urlIn: (from: Document) => string | null,
    expected: string | null,
  ) => {
    const file = path.join(folder, name);
    const facts = await fetchFresh(account, uuid, document, urlIn, file, { maxBytes, expected });
    return facts ? { role, name, path: file, expected: expected?.toLowerCase() ?? null, ...facts } : undefined;
  };
  const files = [
    await fetch('signed', 'signed.pdf', ({ pdf }) => pdf, document.security_hash),
    await fetch(
      'log',
      'signing-log.pdf',
      ({ signing_log }) => signing_log?.pdf ?? null,
      document.signing_log?.security_hash ?? null,
    ),
    await fetch('original', 'original.pdf', ({ file_as_pdf }) => file_as_pdf, null),
  ];
  for (const { uuid: id, name } of attachmentsOf(document)) {
    const url = (from: Document): string | null => attachmentsOf(from).find((one) => one.uuid === id)?.file ?? null;
    files.push(await fetch('attachment', `attachment-${files.length - 2}-${safeName(name)}`, url, null));
  }
  const there = files.filter((file) => file !== undefined);
  if (there[0]?.role !== 'signed')
    throw new SignatureError('REMOTE_FAULT', 'The service gives no signed PDF for this envelope.');
  return { document, files: there };
}

/** Files the sender put beside the document, and files signers handed in. */
const attachmentsOf = (document: Document) => [
  ...document.attachments,
  ...(document.signrequest?.signers ?? []).flatMap(({ attachments }) => attachments),
];

const mostNameBytes = 100;

/** Letters, digits, dot, dash and underscore only: a name from outside never names a path. Its end says what it is. */
function safeName(name: string | null): string {
  const letters = [...(name ?? '').normalize('NFC').replace(/[^\p{L}\p{N}._-]+/gu, '_')].slice(-mostNameBytes);
  while (Buffer.byteLength(letters.join('')) > mostNameBytes) letters.shift();
  return letters.join('').replace(/^\.+/, '') || 'file';
}

/** The document when it is signed and rendered. */
async function finished(account: SignatureAccount, uuid: string): Promise<Document> {
  const end = performance.now() + processingMs;
  for (let pollMs = firstPollMs; ; pollMs = Math.min(2 * pollMs, longestPollMs)) {
    const document = await account.client.documents.get(uuid);
    const status = statusOf(document);
    if (status !== 'signed') throw notSigned(status);
    if (!document.processing) return document;
    if (performance.now() > end)
      throw new SignatureError('REMOTE_FAULT', 'The signed PDF is still being rendered. Try again later.');
    await sleep(pollMs);
  }
}

function notSigned(status: string): SignatureError {
  const over = ['declined', 'expired', 'cancelled', 'failed'].includes(status);
  return over
    ? new SignatureError('NOT_SIGNED', `The envelope is ${status}, so there is no executed document to archive.`, {
        field: 'envelope',
      })
    : new SignatureError(
        'NOT_FINISHED',
        `The envelope is not finished (${status}). Put wait-for-status before this node.`,
        { field: 'envelope' },
      );
}

async function fetchFresh(
  account: SignatureAccount,
  uuid: string,
  known: Document,
  urlIn: (from: Document) => string | null,
  file: string,
  { maxBytes, expected }: { maxBytes: number; expected: string | null },
): Promise<{ size: number; sha256: string } | undefined> {
  const draft = `${file}.part`;
  for (let attempt = 1; ; attempt += 1) {
    const url = urlIn(attempt === 1 ? known : await account.client.documents.get(uuid));
    if (!url) return undefined;
    const isLast = attempt >= mostAttempts;
    try {
      const { size, sha256 } = await download(url, createWriteStream(draft, { highWaterMark: writeBytes }), {
        userAgent: 'node-red-core-signature',
        maxBytes,
        allowPrivateAddresses: account.allowPrivateAddresses || account.lane !== '',
      });
      // Wrong bytes may have become so on the way; when they stay wrong, verification has its say.
      if (!isLast && expected !== null && sha256 !== expected.toLowerCase()) continue;
      if (size === 0) throw empty(file);
      await rename(draft, file);
      return { size, sha256 };
    } catch (thrown) {
      if (!isLast && worthAnotherUrl(thrown)) continue;
      await rm(draft, { force: true });
      throw thrown instanceof SignatureError && thrown.code === 'FORBIDDEN' ? urlsRefused(file, thrown) : thrown;
    }
  }
}

const empty = (file: string): SignatureError =>
  new SignatureError(
    'BAD_DOCUMENT',
    `${path.basename(file)} comes from the service with 0 bytes, so nothing was filed. Look at the envelope there, and repeat the message when the file is back.`,
    { field: 'envelope' },
  );

const urlsRefused = (file: string, { status }: SignatureError): SignatureError =>
  new SignatureError(
    'FORBIDDEN',
    `The file host refused ${mostAttempts} fresh URLs of ${path.basename(file)}, as it does with expired ones (${status}). Check whether a proxy changes or delays them, then repeat the message.`,
    { status },
  );

const worthAnotherUrl = (thrown: unknown): boolean =>
  thrown instanceof SignatureError && ['FORBIDDEN', 'REFUSED', 'UNREACHABLE', 'REMOTE_FAULT'].includes(thrown.code);
