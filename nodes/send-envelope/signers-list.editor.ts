import type { TypedInputOption, TypedInputType } from '../editor/red.editor';
import type { Say } from '../editor/texts.editor';
import { choice, makeTypedInput, sources } from '../editor/typed-inputs.editor';
import {
  complaintAbout,
  emptyRow,
  isBlank,
  type SignerField,
  type SignerRow,
  signerFields,
  signerRoles,
} from './signer-rules.editor';

const list = () => $('#core-signature-signers');

/** Languages of the service's mails and signing page. Source: API docs, "signers", `language`. */
const languages = 'en en-gb nl fr de he da fi hu it no pl pt es sv ru ja'.split(' ');

/** The languages under the names they have in the language of the editor. */
function languageOptions(say: Say): TypedInputOption[] {
  const names = new Intl.DisplayNames([RED.i18n?.lang?.() ?? 'en', 'en'], { type: 'language' });
  return [
    { value: '', label: say('language.default') },
    ...languages.map((value) => ({ value, label: names.of(value) ?? value })),
  ];
}

function typesOf(say: Say): Record<SignerField, readonly TypedInputType[]> {
  const { text, number, secret } = sources;
  const language = choice(say('label.language'), languageOptions(say));
  return { email: text, fullName: text, order: number, language, phone: text, password: secret, embedId: text };
}

let rowsMade = 0;

/** Builds the fields of one row inside the list. */
class SignerForm {
  readonly #id: string;
  readonly #hint: JQuery;

  constructor(
    private readonly say: Say,
    private readonly container: JQuery,
    row: SignerRow,
  ) {
    rowsMade += 1;
    this.#id = `core-signature-signer-${rowsMade}`;
    this.#hint = $('<div>', { class: 'core-signature-hint', role: 'status' });
    const types = typesOf(say);
    this.#addField(container, 'email', row);
    this.#addField(container, 'fullName', row);
    const roleRow = this.#addRole(container, row);
    this.#addInlineField(roleRow, 'order', row);
    const more = $('<details>').appendTo(container);
    $('<summary>').text(say('section.signerMore')).appendTo(more);
    for (const field of ['language', 'phone', 'password', 'embedId'] as const) {
      this.#addField(more, field, row);
      if (row[field] !== '') more.attr('open', '');
    }
    for (const field of signerFields) {
      makeTypedInput(this.#field(field), `#${this.#id}-${field}Type`, types[field]);
      this.#field(field).on('change', () => this.#judge());
    }
    container.find(`#${this.#id}-order`).next('.red-ui-typedInput-container').addClass('core-signature-short');
    this.#hint.appendTo($('<div>', { class: 'form-row' }).appendTo(container));
    container.data('signerForm', this);
    if (!isBlank(row)) this.#judge();
  }

  /** The row as it stands in the form. */
  read(): SignerRow {
    const row: SignerRow = { ...emptyRow, role: this.container.find(`#${this.#id}-role`).val() ?? 'sign' };
    for (const field of signerFields) {
      row[field] = this.#field(field).typedInput('value');
      row[`${field}Type`] = this.#field(field).typedInput('type');
    }
    return row;
  }

  #field(field: SignerField): JQuery {
    return this.container.find(`#${this.#id}-${field}`);
  }

  #addLabel(target: JQuery, field: string, inline = false): void {
    const label = $('<label>', { for: `${this.#id}-${field}` })
      .text(this.say(`label.${field}`))
      .appendTo(target);
    if (inline) label.addClass('core-signature-inline');
  }

  #addField(target: JQuery, field: SignerField, row: SignerRow): void {
    const line = $('<div>', { class: 'form-row' }).appendTo(target);
    this.#addLabel(line, field);
    this.#addInputs(line, field, row);
  }

  #addInlineField(line: JQuery, field: SignerField, row: SignerRow): void {
    this.#addLabel(line, field, true);
    this.#addInputs(line, field, row);
  }

  #addInputs(line: JQuery, field: SignerField, row: SignerRow): void {
    $('<input>', { type: 'text', id: `${this.#id}-${field}` })
      .val(row[field])
      .appendTo(line);
    $('<input>', { type: 'hidden', id: `${this.#id}-${field}Type` })
      .val(row[`${field}Type`])
      .appendTo(line);
  }

  #addRole(target: JQuery, row: SignerRow): JQuery {
    const line = $('<div>', { class: 'form-row' }).appendTo(target);
    this.#addLabel(line, 'role');
    const select = $('<select>', { id: `${this.#id}-role` }).appendTo(line);
    for (const role of signerRoles)
      $('<option>', { value: role })
        .text(this.say(`role.${role}`))
        .appendTo(select);
    select.val(row.role);
    return line;
  }

  /** Marks the first field at fault and says why. A row nobody has touched yet is left in peace. */
  #judge(): void {
    const row = this.read();
    const complaint = isBlank(row) ? undefined : complaintAbout(this.say, row);
    for (const field of signerFields) {
      const shown = this.#field(field).next('.red-ui-typedInput-container');
      shown.toggleClass('input-error', complaint?.field === field);
    }
    this.#hint.text(complaint?.sentence ?? '').attr('data-state', 'bad');
  }
}

/** Fills the list; a new envelope starts with one empty row to type into. */
export function showSigners(say: Say, rows: Partial<SignerRow>[]): void {
  list().editableList<SignerRow>({
    addItem: (container, _index, row) => {
      new SignerForm(say, container, { ...emptyRow, ...row });
    },
    addButton: say('button.addSigner'),
    removable: true,
    sortable: true,
    height: 'auto',
  });
  for (const row of rows.length > 0 ? rows : [emptyRow]) list().editableList('addItem', row);
}

/** The rows as they stand in the list, without those into which nothing was typed. */
export function readSigners(): SignerRow[] {
  const rows: SignerRow[] = [];
  list()
    .editableList('items')
    .each((_index, item) => {
      const form = $(item).data('signerForm');
      if (form instanceof SignerForm) rows.push(form.read());
    });
  return rows.filter((row) => !isBlank(row));
}
