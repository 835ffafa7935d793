import { parseClosures } from '../../lib/time/calendar/ical';
import { show } from '../editor/runtime.editor';
import type { Say } from '../editor/texts.editor';

/** The text becomes a part of the flow, so it should stay small; a list of holidays has some kilobytes. */
const largestFile = 500_000;

/** The "Import file" button: puts the text of an iCalendar file of this computer into the field. */
export function wireIcsImport(say: Say, field: JQuery): void {
  const file = $('#core-signature-ics-file');
  const hint = $('#core-signature-ics-result');
  $('#core-signature-ics-import').on('click', () => void file.trigger('click'));
  file.on('change', async () => {
    const input = file[0];
    const chosen = input instanceof HTMLInputElement ? input.files?.[0] : undefined;
    if (!(input instanceof HTMLInputElement) || chosen === undefined) return;
    // The same file can be chosen again after it has been edited.
    const text = chosen.size > largestFile ? undefined : await chosen.text();
    input.value = '';
    if (text === undefined) return show(hint, say('ics.tooLarge'), 'bad');
    field.val(text).trigger('change');
    try {
      show(hint, say('ics.imported', { file: chosen.name, count: parseClosures(text).length }), 'good');
    } catch {
      // The validator of the field says what is wrong.
      show(hint, '', 'plain');
    }
  });
}
