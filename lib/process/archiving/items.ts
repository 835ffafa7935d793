/** Which documents are filed for an envelope, and what they are called. */
import type { FilingResult } from '../../archive/repositories/file';
import type { ArchiveFile, Repository } from '../../archive/repositories/types';
import type { ArchivedItem, ArchiveRequest, Evidence } from './types';

export interface WantedItem {
  role: string;
  file: ArchiveFile;
}

/**
 * The documents in the order in which they are filed. All names begin with that of the signed PDF.
 *
 * @param envelope id, which is the name when nothing of the title can be one
 */
export function itemsOf(
  evidence: Evidence,
  { name, isNameDerived = false, form }: ArchiveRequest,
  repository: Pick<Repository, 'nameFor'>,
  envelope: string,
): WantedItem[] {
  const items = endingsOf(evidence, form);
  const room = Math.max(...items.map(({ ending }) => Buffer.byteLength(ending)));
  const stem = isNameDerived ? repository.nameFor(name, room) || envelope : name;
  return items.map(({ role, file, ending }) => ({ role, file: { ...file, name: `${stem}${ending}` } }));
}

interface Ending extends WantedItem {
  /** What comes after the name of the signed PDF. */
  ending: string;
}

function endingsOf(evidence: Evidence, form: ArchiveRequest['form']): Ending[] {
  const named = (role: string, ending: string): Ending[] =>
    evidence.files.filter((one) => one.role === role).map(({ file }) => ({ role, file, ending }));
  const zip = { role: 'package', file: evidence.zip, ending: ' - evidence.zip' };
  if (form === 'zip') return [zip];
  const main = [...named('signed', '.pdf'), ...named('log', ' - signing log.pdf')];
  if (form === 'both') return [...main, zip];
  const attachments = evidence.files
    .filter(({ role }) => role.startsWith('attachment'))
    .map(({ role, file }) => ({ role, file, ending: ` - ${file.name}` }));
  return [...main, ...attachments, ...named('report', ' - validation report.pdf')];
}

export const archivedItem = (role: string, filed: FilingResult, { size }: ArchiveFile): ArchivedItem => ({
  role,
  id: filed.id,
  name: filed.name,
  ...(filed.version !== undefined && { version: filed.version }),
  ...(filed.url !== undefined && { url: filed.url }),
  sha256: filed.sha256,
  size,
  outcome: filed.outcome,
});
