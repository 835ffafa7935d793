import { currentText, fieldOf, initialValue } from './fields.editor';
import type { DialogNode } from './red.editor';
import { installStyles } from './styles.editor';

/**
 * Shows a part of the dialog only while it has a meaning. The html says when, for example
 * `data-when="auth=ocp,otds grant=password"`: every named field has one of its values.
 */
function followConditions(node: DialogNode, dialog: JQuery): void {
  const parts: { element: HTMLElement; conditions: { property: string; values: string[] }[] }[] = [];
  dialog.find('[data-when]').each((_index, element) => {
    const conditions = (element.dataset.when ?? '').split(' ').map((condition) => {
      const [property = '', values = ''] = condition.split('=');
      return { property, values: values.split(',') };
    });
    parts.push({ element, conditions });
  });
  const update = () => {
    for (const { element, conditions } of parts) {
      element.hidden = !conditions.every(({ property, values }) => values.includes(currentText(node, property)));
    }
  };
  const watched = new Set(parts.flatMap(({ conditions }) => conditions.map(({ property }) => property)));
  for (const property of watched) fieldOf(node, property).on('change', update);
  update();
}

/** Whether a property has another value than a new node's. */
function isSet(node: DialogNode, property: string): boolean {
  const value = node[property];
  const initial = initialValue(node, property);
  return value !== undefined && JSON.stringify(value) !== JSON.stringify(initial) && String(value) !== String(initial);
}

/** Opens the collapsed sections in which something has been set, so that nothing that matters is hidden. */
function openUsedSections(node: DialogNode, dialog: JQuery): void {
  dialog.find('details.core-signature-section').each((_index, section) => {
    const properties = (section.dataset.properties ?? '').split(' ');
    if (properties.some((property) => isSet(node, property))) section.setAttribute('open', '');
  });
}

/** Opens a section as soon as a field in it is marked invalid. */
function openInvalidSections(dialog: JQuery): void {
  dialog.find('details.core-signature-section').each((_index, section) => {
    const observer = new MutationObserver(() => {
      if (!section.isConnected) observer.disconnect();
      else if (section.querySelector('.input-error')) section.setAttribute('open', '');
    });
    observer.observe(section, { subtree: true, attributeFilter: ['class'] });
  });
}

/** A flow of an older version may lack a property; its list then shows what the runtime takes for it, not nothing. */
function chooseDefaults(node: DialogNode): void {
  for (const [property, { value }] of Object.entries(node._def?.defaults ?? {})) {
    const field = fieldOf(node, property);
    if (field.is('select') && !field.val() && typeof value === 'string') field.val(value).trigger('change');
  }
}

/**
 * What every dialog needs: layout, parts that follow the choices made, sections that show what is set or wrong.
 * Called at the end of `oneditprepare`, when all fields are there.
 */
export function finishDialog(node: DialogNode): void {
  installStyles();
  const dialog = $(`.core-signature[data-dialog="${node.type}"]`);
  chooseDefaults(node);
  followConditions(node, dialog);
  openUsedSections(node, dialog);
  openInvalidSections(dialog);
}
