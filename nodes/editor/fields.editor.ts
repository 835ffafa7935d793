import type { DialogNode } from './red.editor';

/** What the ids of a node's form fields start with: configuration nodes have a dialog of their own. */
export function fieldPrefix(node: DialogNode): 'node-config-input' | 'node-input' {
  return node._def?.category === 'config' ? 'node-config-input' : 'node-input';
}

/** The form field of a property. */
export const fieldOf = (node: DialogNode, property: string): JQuery => $(`#${fieldPrefix(node)}-${property}`);

/** Whether the node's dialog is open now. Validators also run without one: at import, at deploy, in a test. */
function isOpen(node: DialogNode): boolean {
  return RED.editor?.getEditStack?.().some(({ id }) => id === node.id) ?? false;
}

/** What a form field holds: a checkbox its state, everything else its text. */
export function valueOfField(field: JQuery): string | boolean {
  return field.attr('type') === 'checkbox' ? field.prop('checked') === true : (field.val() ?? '');
}

/** What a property is when a flow says nothing about it: one written by hand, or before the property was there. */
export const initialValue = (node: DialogNode, property: string): unknown => node._def?.defaults?.[property]?.value;

/**
 * Shows the initial value of every property the flow says nothing about; the editor leaves such fields empty. Called
 * before anything else looks at the fields.
 */
export function showInitialValues(node: DialogNode): void {
  for (const property of Object.keys(node._def?.defaults ?? {})) {
    const initial = initialValue(node, property);
    if (node[property] !== undefined || initial === undefined || typeof initial === 'object') continue;
    const field = fieldOf(node, property);
    if (field.attr('type') === 'checkbox') field.prop('checked', initial === true);
    else field.val(String(initial));
  }
}

/**
 * A property as the person sees it now: the form field while the dialog is open, the saved value otherwise.
 * Needed where one property's validity depends on another, which is saved only with the whole dialog.
 */
export function currentText(node: DialogNode, property: string): string {
  if (isOpen(node)) {
    const field = fieldOf(node, property);
    if (field.length > 0) return String(valueOfField(field));
  }
  const saved = node[property] ?? initialValue(node, property);
  return saved === undefined || saved === null ? '' : String(saved);
}

/** All properties of a dialog as they stand now, saved or not. */
export function currentValues(node: DialogNode): Record<string, unknown> {
  const properties = Object.keys(node._def?.defaults ?? {});
  return Object.fromEntries(
    properties.map((property) => {
      const field = fieldOf(node, property);
      return [property, field.length > 0 ? valueOfField(field) : node[property]];
    }),
  );
}

/**
 * A list with the entries of `chosen`, in the order they had in `previous`, so that opening and closing a dialog does
 * not count as a change.
 */
export function inPreviousOrder(previous: unknown, chosen: string[]): string[] {
  const before = Array.isArray(previous) ? previous.map(String) : [];
  return [...before.filter((one) => chosen.includes(one)), ...chosen.filter((one) => !before.includes(one))];
}
