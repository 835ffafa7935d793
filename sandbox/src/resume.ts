import type { Sandbox } from './context';
import { startConversion } from './documents/convert';
import { deletesAt } from './documents/json';
import { graceDays, scheduleRemoval } from './documents/remove';
import { isFinished } from './model';
import { resumePush } from './push/resume';
import { scheduleExpiry } from './signature-requests/expiry';
import { startRendering } from './signature-requests/finish';
import { scheduleReminder } from './signature-requests/reminders';

/** Takes up after a restart what the last process left: conversions, renderings, deadlines, callbacks and notifications. */
export function resume(sandbox: Sandbox): void {
  for (const document of sandbox.store.documents.all()) {
    const removal = document.hidden ? document.modifiedAt + graceDays * 86_400_000 : deletesAt(document);
    if (removal !== null) scheduleRemoval(sandbox, document, removal);
    if (document.processing) startRendering(sandbox, document);
    if (isFinished(document) || document.hidden) continue;
    if (document.status === 'co') startConversion(sandbox, document);
    scheduleExpiry(sandbox, document);
    scheduleReminder(sandbox, document);
  }
  for (const delivery of sandbox.store.deliveries.all()) {
    sandbox.callbacks.schedule(delivery);
  }
  resumePush(sandbox);
}
