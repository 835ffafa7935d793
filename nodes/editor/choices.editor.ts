/** The check boxes of a list property: those inside `<fieldset data-choices="property">`, one `value` each. */
const boxesOf = (property: string): JQuery => $(`fieldset[data-choices="${property}"]`).find('input[type=checkbox]');

/** Ticks the boxes of the entries that the list has. */
export function showChoices(property: string, list: unknown): void {
  const chosen = Array.isArray(list) ? list.map(String) : [];
  boxesOf(property).each((_index, box) => {
    const field = $(box);
    field.prop('checked', chosen.includes(field.attr('value') ?? ''));
  });
}

/** The entries whose boxes are ticked, in the order of the dialog. */
export function readChoices(property: string): string[] {
  const chosen: string[] = [];
  boxesOf(property).each((_index, box) => {
    const field = $(box);
    if (field.prop('checked') === true) chosen.push(field.attr('value') ?? '');
  });
  return chosen;
}
