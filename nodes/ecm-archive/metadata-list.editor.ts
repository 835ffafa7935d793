import type { Say } from '../editor/texts.editor';
import { makeTypedInput } from '../editor/typed-inputs.editor';
import { complaintAbout, emptyRow, isBlank, type MetadataRow, rowFrom } from './metadata-rules.editor';
import type { Attribute } from './repository-lists.editor';

const list = () => $('#core-signature-metadata');

/** Where the value of an attribute can come from. */
const valueTypes = ['msg', 'str', 'num', 'bool', 'json', 'flow', 'global', 'env', 'jsonata'];

let rowsMade = 0;

/** One row of the list: an attribute of the repository and its value. */
class MetadataForm {
  readonly #attribute: JQuery;
  readonly #value: JQuery;
  readonly #hint: JQuery;

  constructor(
    private readonly say: Say,
    container: JQuery,
    row: MetadataRow,
    private readonly describe: (id: string) => Attribute | undefined,
  ) {
    rowsMade += 1;
    const id = `core-signature-attribute-${rowsMade}`;
    const line = $('<div>', { class: 'form-row' }).appendTo(container);
    $('<label>', { for: id }).text(say('label.attribute')).appendTo(line);
    this.#attribute = $('<input>', { type: 'text', id, list: 'core-signature-attribute-ids' })
      .val(row.attribute)
      .appendTo(line);
    $('<label>', { for: `${id}-value`, class: 'core-signature-inline' })
      .text(say('label.value'))
      .appendTo(line);
    this.#value = $('<input>', { type: 'text', id: `${id}-value` })
      .val(row.value)
      .appendTo(line);
    $('<input>', { type: 'hidden', id: `${id}-valueType` })
      .val(row.valueType)
      .appendTo(line);
    this.#hint = $('<div>', { class: 'core-signature-hint', role: 'status' }).appendTo(line);
    makeTypedInput(this.#value, `#${id}-valueType`, valueTypes);
    for (const field of [this.#attribute, this.#value]) field.on('change', () => this.judge());
    container.data('metadataForm', this);
    this.judge();
  }

  /** The row as it stands in the form. */
  read(): MetadataRow {
    return {
      attribute: (this.#attribute.val() ?? '').trim(),
      value: this.#value.typedInput('value'),
      valueType: this.#value.typedInput('type'),
    };
  }

  /** Marks what is wrong and says why; otherwise tells what the repository knows of the attribute. */
  judge(): void {
    const row = this.read();
    const complaint = isBlank(row) ? undefined : complaintAbout(this.say, row);
    this.#attribute.toggleClass('input-error', complaint?.field === 'attribute');
    this.#value.next('.red-ui-typedInput-container').toggleClass('input-error', complaint?.field === 'value');
    const text = complaint?.sentence ?? this.#description(row.attribute);
    this.#hint.text(text).attr('data-state', complaint ? 'bad' : 'plain');
  }

  #description(id: string): string {
    const attribute = this.describe(id);
    if (!attribute) return '';
    const { name, type, required, multiple } = attribute;
    const parts = [name, this.say(`attributeType.${type}`)];
    if (multiple) parts.push(this.say('attribute.multiple'));
    if (required) parts.push(this.say('attribute.required'));
    return parts.join(' · ');
  }
}

function forms(): MetadataForm[] {
  const found: MetadataForm[] = [];
  list()
    .editableList('items')
    .each((_index, item) => {
      const form = $(item).data('metadataForm');
      if (form instanceof MetadataForm) found.push(form);
    });
  return found;
}

/**
 * Fills the list.
 *
 * @param describe what the repository knows of an attribute, as far as it has been asked
 */
export function showMetadata(
  say: Say,
  rows: readonly unknown[],
  describe: (id: string) => Attribute | undefined,
): void {
  list().editableList<MetadataRow>({
    addItem: (container, _index, row) => {
      new MetadataForm(say, container, rowFrom({ ...emptyRow, ...row }), describe);
    },
    addButton: say('button.addAttribute'),
    removable: true,
    sortable: true,
    height: 'auto',
  });
  for (const row of rows.map(rowFrom)) list().editableList('addItem', row);
}

/** Says anew what is known of each attribute, after the repository has answered. */
export function describeAgain(): void {
  for (const form of forms()) form.judge();
}

/** The rows as they stand in the list, without those into which nothing was typed. */
export const readMetadata = (): MetadataRow[] =>
  forms()
    .map((form) => form.read())
    .filter((row) => !isBlank(row));
