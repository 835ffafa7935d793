import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { WrittenPackage } from '../../archive/evidence/types';
import { type FilingProgress, fileOne } from '../../archive/repositories/file';
import type { ArchiveFile, Repository } from '../../archive/repositories/types';
import { SignatureError, toError } from '../../errors';
import type { Ledger } from '../../ledger/ledger';
import type { ClaimedOperation } from '../../ledger/types';
import { leaseNow } from '../../time/lease';
import { backoffMs } from '../dispatcher';
import { leftToOther, underOperation } from '../lease';
import { prepareEvidence } from './evidence';
import { archivedItem, itemsOf } from './items';
import { isPassing } from './passing';
import type { ArchiveContext, ArchivedItem, ArchiveJob, ArchiveRequest, ArchiveResult, Evidence } from './types';
import { isJudgedAlike, workFolderOf } from './work-folder';

/** What the ledger keeps of a job. */
interface StoredJob {
  envelope: string;
  request: ArchiveRequest;
  giveUpAt: number;
}

interface Progress {
  /** Per role: how far filing is. */
  items?: Record<string, FilingProgress>;
}

/**
 * `finished`: the message is in the outbox. `waiting`: the job is tried again later. `repeat`: the envelope had been
 * archived before; the caller emits the message itself.
 */
export type ArchiveAnswer =
  | { state: 'finished' }
  | { state: 'waiting' }
  | { state: 'repeat'; deliveryId: string; result: ArchiveResult };

const kind = 'archive';

/**
 * Archives a finished envelope once: fetch, verify, package, file, read back. Every step is on disk before the next, so a
 * crash at any point is followed by exactly one filed copy; a repository that is away is tried again for days.
 *
 * @throws SignatureError what is finally wrong; `IN_PROGRESS` while the same envelope is being archived; nothing is half-filed then that a repeat would not find
 */
export async function archive(context: ArchiveContext, job: ArchiveJob): Promise<ArchiveAnswer> {
  const { account, repositoryId } = context;
  const ledger = await account.dispatcher.ledger();
  // The same envelope filed in another place is another job.
  const place = shortHash([job.request.container, job.request.form]);
  const firstKey = `${kind}:${account.id}:${repositoryId}:${job.envelope}:${place}`;
  const key = await keyAfterQuarantine(ledger, firstKey, job.request);
  const stored: StoredJob = {
    envelope: job.envelope,
    request: job.request,
    giveUpAt: account.clock.now() + job.request.retryForMs,
  };
  const fingerprint = createHash('sha256').update(JSON.stringify(job.request)).digest('hex');
  const since = leaseNow();
  const begun = await ledger.beginOperation({
    key,
    kind,
    account: account.id,
    node: job.node,
    envelope: job.envelope,
    fingerprint,
    request: stored,
    message: job.message,
    attachments: [],
    owner: account.dispatcher.owner,
    leaseMs: account.dispatcher.leaseMs,
    clock: account.lane,
  });
  if (begun.state === 'done') {
    const result = begun.result as ArchiveResult;
    const items = result.items.map((item) => ({ ...item, outcome: 'duplicate' }));
    return { state: 'repeat', deliveryId: deliveryIdOf(key), result: { ...result, items } };
  }
  if (begun.state !== 'mine') throw takenOver();
  const { rev, attempt, progress } = begun;
  const operation = { key, rev, attempt, progress, node: job.node };
  const finished = await underOperation(account.dispatcher, ledger, operation, since, async () => {
    // What an earlier attempt has begun to file is what is filed.
    const same = begun.fingerprint === fingerprint;
    const begunBefore = same ? undefined : (await ledger.operation({ key }))?.request;
    return carryOut(context, ledger, operation, (begunBefore as StoredJob | undefined) ?? stored);
  }).catch(leftToOther);
  return { state: finished ? 'finished' : 'waiting' };
}

/** What was put into quarantine is judged again, as a job of its own, when the rules for judging are others now. */
async function keyAfterQuarantine(ledger: Ledger, firstKey: string, request: ArchiveRequest): Promise<string> {
  for (let round = 1; ; round += 1) {
    const key = round === 1 ? firstKey : `${firstKey}:${round}`;
    const earlier = await ledger.operation({ key });
    const result = earlier?.result as ArchiveResult | null | undefined;
    if (earlier?.state !== 'done' || result?.quarantine === undefined) return key;
    if (isJudgedAlike((earlier.request as StoredJob).request, request)) return key;
  }
}

/** Goes on with a job that waited, or that a crash interrupted. */
export async function resumeArchive(context: ArchiveContext, operation: ClaimedOperation): Promise<boolean> {
  const ledger = await context.account.dispatcher.ledger();
  return carryOut(context, ledger, operation, operation.request as StoredJob);
}

type Operation = Pick<ClaimedOperation, 'key' | 'rev' | 'attempt' | 'progress' | 'node'>;

async function carryOut(
  context: ArchiveContext,
  ledger: Ledger,
  operation: Operation,
  job: StoredJob,
): Promise<boolean> {
  const { account } = context;
  const { key, rev, attempt } = operation;
  try {
    const folder = workFolderOf(context.workFolder, key, job.request);
    const evidence = await prepareEvidence(account, job.envelope, folder, job.request);
    const result =
      evidence.verification.decision === 'quarantine'
        ? await quarantine(context, job.envelope, folder, evidence)
        : await fileAll(context, ledger, operation, job, evidence);
    if (job.request.deleteAtProvider && result.items.length > 0) await account.client.documents.delete(job.envelope);
    await deliver(context, ledger, operation, result);
    await rm(path.dirname(folder), { recursive: true, force: true });
    return true;
  } catch (thrown) {
    const error = toError(thrown);
    const retryAt = account.clock.now() + backoffMs(attempt);
    const again = isPassing(thrown) && retryAt < job.giveUpAt;
    const code = error instanceof SignatureError ? error.code : 'REMOTE_FAULT';
    const failure = { key, rev, error: { code, message: error.message }, retryAt: again ? retryAt : null };
    const answer = await ledger.failOperation(failure).catch(() => undefined);
    // What goes wrong for one whose work was taken over is no failure of the work.
    if (answer === 'stale') throw takenOver();
    account.dispatcher.kick();
    if (again) return false;
    throw thrown;
  }
}

async function deliver(
  { account }: ArchiveContext,
  ledger: Ledger,
  { key, rev, node }: Pick<Operation, 'key' | 'rev' | 'node'>,
  result: ArchiveResult,
): Promise<void> {
  const port = result.quarantine === undefined ? 0 : 1;
  const answer = await ledger.finishOperation({
    key,
    rev,
    result,
    delivery: { id: deliveryIdOf(key), node, port, body: result },
    audit: { kind: 'archived', body: result },
  });
  // Whoever has it now still needs the files.
  if (answer === 'stale') throw takenOver();
  account.dispatcher.kick();
}

/** Files every item; a later attempt goes on at the first one without a note. */
async function fileAll(
  context: ArchiveContext,
  ledger: Ledger,
  operation: Operation,
  job: StoredJob,
  evidence: Evidence,
): Promise<ArchiveResult> {
  const { repository } = context;
  const { request, envelope } = job;
  const progress: Progress = { ...(operation.progress as Progress | null) };
  const items: ArchivedItem[] = [];
  let container: string | null = null;
  const wanted = itemsOf(evidence, request, repository, envelope);
  for (const { role, file } of wanted) {
    if (progress.items?.[role]?.filed === undefined) await assertFileable(repository, file, request);
  }
  for (const { role, file } of wanted) {
    const filed = await fileOne(
      repository,
      {
        container: request.container,
        file,
        key: `sig_${envelope}_${role}_${shortHash(request.container)}`,
        collision: request.collision,
        metadata: request.metadata,
        record: request.record,
      },
      progress.items?.[role] ?? {},
      async (step) => {
        progress.items = { ...progress.items, [role]: step };
        const answer = await ledger.noteOperation({ key: operation.key, rev: operation.rev, progress });
        if (answer === 'stale') throw takenOver();
      },
    );
    items.push(archivedItem(role, filed, file));
    container = filed.container.id;
  }
  return {
    items,
    package: packageFacts(evidence.bag),
    verification: evidence.verification,
    repository: repository.kind,
    container,
  };
}

/** Nothing leaves before everything can: a bad name of the last item must not leave the first ones behind. */
async function assertFileable(
  repository: Repository,
  { name }: ArchiveFile,
  { metadata, record }: ArchiveRequest,
): Promise<void> {
  await repository.prepare({ name: name.normalize('NFC'), metadata, record });
}

const packageFacts = ({ path: where, manifestSha256, timestamped }: WrittenPackage): ArchiveResult['package'] => ({
  name: path.basename(where),
  manifestSha256,
  timestamped,
});

/** Puts what does not verify aside for a person to look at; nothing of it is filed. */
async function quarantine(
  { quarantineFolder, repository }: ArchiveContext,
  envelope: string,
  folder: string,
  evidence: Evidence,
): Promise<ArchiveResult> {
  const target = path.join(quarantineFolder, envelope);
  await mkdir(quarantineFolder, { recursive: true });
  await rm(target, { recursive: true, force: true });
  await rename(folder, target);
  const { verification, bag } = evidence;
  return {
    items: [],
    package: packageFacts(bag),
    verification,
    repository: repository.kind,
    container: null,
    quarantine: target,
  };
}

const shortHash = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);

/** Fixed per envelope and repository, so that nodes behind recognise a repeat. */
const deliveryIdOf = (key: string): string => `${key}:done`;

const takenOver = (): SignatureError =>
  new SignatureError('IN_PROGRESS', 'Another process has taken this envelope over.');
