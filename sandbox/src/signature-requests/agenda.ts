import type { Sandbox } from '../context';
import type { DocumentRecord } from '../model';

/** Names of a document's entries on the agenda of the clock. */
export const expiryEntry = ({ uuid }: DocumentRecord): string => `expire ${uuid}`;
export const reminderEntry = ({ uuid }: DocumentRecord): string => `remind ${uuid}`;
export const removalEntry = ({ uuid }: DocumentRecord): string => `delete ${uuid}`;

/** Takes off the agenda what only an unfinished document has there. */
export function dropDeadlines(sandbox: Sandbox, document: DocumentRecord): void {
  sandbox.clock.drop(expiryEntry(document));
  sandbox.clock.drop(reminderEntry(document));
}
