import { createHash } from 'node:crypto';
import type { Ledger } from '../ledger/ledger';
import type { Attachment } from '../ledger/types';
import type { SignatureAccount } from './account';
import type { Composition } from './compose';
import type { DocumentSource } from './document-source';
import { open, seal } from './sealed';

/** An envelope that is to be sent, completely checked. */
export interface SendJob {
  node: string;
  externalId: string;
  /** The external id comes from another system, so the service may know it although this ledger does not. */
  foreignId: boolean;
  composition: Composition;
  source: DocumentSource;
  attachments: DocumentSource[];
  /** The message as `encodeMessage` writes it, without the document. */
  message: string;
  /** A message leaves through the node's output when the envelope is out; default true. */
  emits?: boolean;
  /** How long an unreachable service is tried again, in milliseconds. */
  retryForMs: number;
}

/** What the ledger keeps of a job, so that another process can bring it to its end. */
export interface StoredJob {
  externalId: string;
  document: Omit<Composition['document'], 'events_callback_url'>;
  /** Signers' passwords are sealed with the account's secret. */
  request: Composition['request'];
  attachments: { name: string; url?: string }[];
  retryForMs: number;
  emits: boolean;
}

/** The job behind an operation of ours. */
export async function storedJob(ledger: Ledger, key: string): Promise<StoredJob> {
  const operation = await ledger.operation({ key });
  return operation?.request as StoredJob;
}

/** The job as it is kept, without what is secret or may be another by then. */
export function store(account: SignatureAccount, job: SendJob): StoredJob {
  const { externalId, composition, attachments, retryForMs, emits = true } = job;
  // The callback URL holds a secret, and another one may be right by the time it is needed.
  const { events_callback_url: _, ...document } = composition.document;
  const { request } = composition;
  return {
    externalId,
    document,
    request: {
      ...request,
      signers: request.signers.map((signer) =>
        signer.password === undefined ? signer : { ...signer, password: seal(account.secret, signer.password) },
      ),
    },
    attachments: attachments.map((one) =>
      one.kind === 'url' ? { name: one.name, url: one.url } : { name: one.kind === 'content' ? one.name : '' },
    ),
    retryForMs,
    emits,
  };
}

/** The request with the passwords in it. */
export const openPasswords = (account: SignatureAccount, request: StoredJob['request']): StoredJob['request'] => ({
  ...request,
  signers: request.signers.map((signer) =>
    signer.password === undefined ? signer : { ...signer, password: open(account.secret, signer.password) },
  ),
});

/** The bytes of its documents, which are kept beside it. */
export function bytesOf({ source, attachments }: SendJob): Attachment[] {
  const files = attachments.map((one, index) => ({ one, name: `attachment ${index}` }));
  return [{ one: source, name: 'document' }, ...files].flatMap(({ one, name }) =>
    one.kind === 'content' ? [{ name, bytes: one.bytes }] : [],
  );
}

/** Tells one job from another under the same external id. Sealed passwords differ each time, so they do not count. */
export function fingerprintOf(stored: StoredJob, content: Attachment[]): string {
  const hash = createHash('sha256').update(
    JSON.stringify(stored, (key, value) => (key === 'password' ? undefined : value)),
  );
  for (const { bytes } of content) hash.update(createHash('sha256').update(bytes).digest());
  return hash.digest('hex');
}
