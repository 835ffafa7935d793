import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ArchiveRequest } from './types';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 24);

/** What the judgement and the bytes of the package depend on. */
const rulesOf = ({ trust, policy, revocation, tsaUrl }: ArchiveRequest): string =>
  JSON.stringify({ trust, policy: Object.entries(policy).toSorted(), revocation, tsaUrl });

/** Whether two requests judge a document by the same rules. */
export const isJudgedAlike = (one: ArchiveRequest, other: ArchiveRequest): boolean => rulesOf(one) === rulesOf(other);

/**
 * Folder for one job's work in progress: `<folder>/<job>/<rules>`. With other rules nothing that an earlier attempt has
 * judged and packed is used again; when the job is done, the folder of the job is removed with all that is in it.
 */
export const workFolderOf = (folder: string, key: string, request: ArchiveRequest): string =>
  path.join(folder, digest(key), digest(rulesOf(request)));
