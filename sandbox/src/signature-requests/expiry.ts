import type { Sandbox } from '../context';
import { expiresAt } from '../documents/json';
import { emit } from '../events/emit';
import { type DocumentRecord, isFinished } from '../model';
import { expiryEntry } from './agenda';
import { finish } from './finish';

/** Puts the expiry of an unfinished document on the agenda. */
export function scheduleExpiry(sandbox: Sandbox, document: DocumentRecord): void {
  const at = expiresAt(document);
  if (at === null) return;
  sandbox.clock.set(expiryEntry(document), at, (due) => {
    if (isFinished(document)) return;
    emit(sandbox, document, 'expired', { at: due });
    finish(sandbox, document, 'xp', due);
  });
}
