import type { Say } from './texts.editor';

/** What the editor puts into the field of a secret that is stored. */
const stored = '__PWRD__';

/**
 * A secret of several lines. The editor fills the field of a stored secret with a mark that a text area would show, so
 * the person types into a second, visible area: what is typed replaces the stored lines, and a button removes them.
 *
 * @param field the hidden text area of the credential
 */
export function wireSecretLines(field: JQuery, say: Say): void {
  const row = field.closest('.form-row');
  const shown = row.find('.core-signature-secret');
  const remove = row.find('button');
  const before = field.val() ?? '';
  const update = () => {
    shown.attr('placeholder', say(field.val() === stored ? 'placeholder.keysStored' : 'placeholder.keys'));
    remove.prop('disabled', field.val() === '');
  };
  // A secret typed earlier in this session and not deployed yet comes back as it is.
  if (before !== stored) shown.val(before);
  shown.on('input', () => {
    const typed = shown.val() ?? '';
    field.val(typed === '' && before === stored ? stored : typed).trigger('change');
    update();
  });
  remove.on('click', () => {
    shown.val('');
    field.val('').trigger('change');
    update();
  });
  update();
}
