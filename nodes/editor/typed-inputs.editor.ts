import { fieldPrefix } from './fields.editor';
import type { DialogNode, TypedInputOption, TypedInputType } from './red.editor';

/** Where a value can come from, by kind of value. A stored secret (`cred`) is never among them. */
export const sources = {
  text: ['str', 'msg', 'flow', 'global', 'env', 'jsonata'],
  number: ['num', 'msg', 'flow', 'global', 'env', 'jsonata'],
  duration: ['num', 'str', 'msg', 'flow', 'global', 'env', 'jsonata'],
  list: ['json', 'msg', 'flow', 'global', 'jsonata'],
  bytes: ['msg', 'flow', 'global', 'jsonata'],
  reference: ['msg', 'flow', 'global', 'str', 'env', 'jsonata'],
  setting: ['str', 'flow', 'global', 'env', 'jsonata'],
  secret: ['msg', 'flow', 'global', 'env'],
} as const satisfies Record<string, string[]>;

export type SourceKind = keyof typeof sources;

/** A fixed set of texts to choose from, with the usual other sources beside it. */
export function choice(label: string, options: TypedInputOption[]): TypedInputType[] {
  return [{ value: 'str', label, icon: 'fa fa-list-ul', options }, ...sources.text.slice(1)];
}

/**
 * Turns one form field and its hidden type field into a typed input that its label belongs to.
 *
 * @param field the text field; `typeField` is the hidden field of its type
 */
export function makeTypedInput(field: JQuery, typeField: string, types: readonly TypedInputType[]): void {
  const id = field.attr('id') ?? '';
  field.typedInput({ types: [...types], typeField });
  // The editor hides the field and shows another one, which the label has to follow.
  field.next('.red-ui-typedInput-container').find('input.red-ui-typedInput-input').attr('id', `${id}-shown`);
  field.closest('.form-row').find(`label[for="${id}"]`).attr('for', `${id}-shown`);
}

/**
 * Makes the typed inputs of a dialog: for each property `x` the fields `x` and `xType`.
 *
 * @param kinds kind of value by property
 */
export function makeTypedInputs(node: DialogNode, kinds: Record<string, SourceKind>): void {
  const prefix = fieldPrefix(node);
  for (const [property, kind] of Object.entries(kinds)) {
    makeTypedInput($(`#${prefix}-${property}`), `#${prefix}-${property}Type`, sources[kind]);
  }
}
