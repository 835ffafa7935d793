import type { Say } from '../editor/texts.editor';
import { makeTypedInput, sources } from '../editor/typed-inputs.editor';
import { stepActions } from './config';
import { delayUnits, fieldsOf, origins, type Row, repeatUnits, rowOf, type StepFields } from './step-fields.editor';
import { complaintAboutFields } from './step-rules.editor';

/** A person can be an address, or an object with name and address. */
const personTypes = ['str', 'json', ...sources.text.slice(1)];

type TypedField = 'to' | 'reason';
type PlainField = Exclude<keyof StepFields, 'id' | TypedField | `${TypedField}Type`>;

/** Whom a step needs to know, by what it does. */
const wanted: Record<TypedField, readonly string[]> = {
  to: ['notify', 'forward', 'replace'],
  reason: ['forward'],
};

let formsMade = 0;

/** The form of one step inside the list. */
export class StepForm {
  readonly #prefix: string;
  readonly #original: Row;
  readonly #id: string;
  readonly #hint = $('<div>', { class: 'core-signature-hint', role: 'status' });
  readonly #does = $('<div>', { class: 'core-signature-hint' });
  readonly #typedLines: Partial<Record<TypedField, JQuery>> = {};

  /** @param changed called after every change in it */
  constructor(
    private readonly say: Say,
    private readonly container: JQuery,
    row: Row,
    private readonly changed: () => void,
  ) {
    formsMade += 1;
    this.#prefix = `core-signature-step-${formsMade}`;
    this.#original = row;
    const fields = fieldsOf(row);
    this.#id = fields.id;
    container.addClass('core-signature-step');
    $('<div>', { class: 'core-signature-step-number', 'aria-hidden': 'true' }).appendTo(container);
    this.#addDelay(fields);
    this.#addAction(fields);
    this.#addMore(fields);
    this.#hint.appendTo($('<div>', { class: 'form-row' }).appendTo(container));
    container.data('stepForm', this);
    this.#follow();
    container.find('input, select').on('input change', () => {
      this.#follow();
      this.changed();
    });
  }

  /** The row as it stands in the form. */
  read(): Row {
    return rowOf(this.#fields(), this.#original);
  }

  /** Position in the list, from 1, for people and screen readers. */
  number(position: number): void {
    this.container.find('.core-signature-step-number').text(String(position));
    this.container.attr('role', 'group').attr('aria-label', this.say('step.number', { number: position }));
  }

  #field(name: keyof StepFields): JQuery {
    return this.container.find(`#${this.#prefix}-${name}`);
  }

  #fields(): StepFields {
    const plain: PlainField[] = ['amount', 'unit', 'origin', 'timeOfDay', 'days', 'times', 'every', 'everyUnit'];
    const rest: PlainField[] = ['ifPast', 'do', 'label'];
    const values = Object.fromEntries(
      [...plain, ...rest].map((name) => [name, (this.#field(name).val() ?? '').trim()]),
    );
    const typedValues = (['to', 'reason'] as const).flatMap((name) => [
      [name, this.#field(name).typedInput('value')],
      [`${name}Type`, this.#field(name).typedInput('type')],
    ]);
    const { id, ...known } = { ...fieldsOf(this.#original), ...values, ...Object.fromEntries(typedValues) };
    // In the order of `fieldsOf`, which is what an untouched row is compared with.
    return { id: this.#id || id, ...known } as StepFields;
  }

  #line(target: JQuery, name: string): JQuery {
    const line = $('<div>', { class: 'form-row' }).appendTo(target);
    $('<label>', { for: `${this.#prefix}-${name}` })
      .text(this.say(`label.${name}`))
      .appendTo(line);
    return line;
  }

  #text(line: JQuery, name: PlainField, value: string, attributes: Record<string, string> = {}): void {
    const label = this.say(`label.${name}`);
    $('<input>', { type: 'text', id: `${this.#prefix}-${name}`, 'aria-label': label, ...attributes })
      .val(value)
      .appendTo(line);
  }

  #choice(line: JQuery, name: PlainField, group: string, all: readonly string[], value: string): void {
    const id = `${this.#prefix}-${name}`;
    const select = $('<select>', { id, 'aria-label': this.say(`label.${name}`) }).appendTo(line);
    for (const one of all)
      $('<option>', { value: one })
        .text(this.say(`${group}.${one}`))
        .appendTo(select);
    select.val(value);
  }

  #addDelay({ amount, unit, origin }: StepFields): void {
    const line = this.#line(this.container, 'amount');
    this.#text(line, 'amount', amount, { inputmode: 'decimal', class: 'core-signature-number' });
    this.#choice(line, 'unit', 'unit', delayUnits, unit);
    this.#choice(line, 'origin', 'origin', origins, origin);
  }

  #addAction({ do: action, label, to, toType, reason, reasonType }: StepFields): void {
    const line = this.#line(this.container, 'do');
    this.#choice(line, 'do', 'do', stepActions, action);
    this.#text(line, 'label', label, { placeholder: this.say('label.label') });
    this.#does.appendTo(line);
    for (const [name, value, type] of [
      ['to', to, toType],
      ['reason', reason, reasonType],
    ] as const) {
      const typedLine = this.#line(this.container, name);
      const id = `${this.#prefix}-${name}`;
      $('<input>', { type: 'text', id, placeholder: this.say(`placeholder.${name}`) })
        .val(value)
        .appendTo(typedLine);
      $('<input>', { type: 'hidden', id: `${id}Type` })
        .val(type)
        .appendTo(typedLine);
      makeTypedInput(this.#field(name), `#${id}Type`, name === 'to' ? personTypes : sources.text);
      this.#typedLines[name] = typedLine;
    }
  }

  #addMore({ timeOfDay, days, times, every, everyUnit, ifPast }: StepFields): void {
    const more = $('<details>').appendTo(this.container);
    $('<summary>').text(this.say('section.stepMore')).appendTo(more);
    const time = this.#line(more, 'timeOfDay');
    this.#text(time, 'timeOfDay', timeOfDay, { placeholder: '09:00', class: 'core-signature-number' });
    this.#choice(time, 'days', 'days', ['every', 'working'], days);
    const again = this.#line(more, 'times');
    this.#text(again, 'times', times, { inputmode: 'numeric', placeholder: '0', class: 'core-signature-number' });
    $('<span>', { class: 'core-signature-unit' }).text(this.say('step.timesEvery')).appendTo(again);
    this.#text(again, 'every', every, { inputmode: 'decimal', class: 'core-signature-number' });
    this.#choice(again, 'everyUnit', 'unit', repeatUnits, everyUnit);
    this.#choice(this.#line(more, 'ifPast'), 'ifPast', 'ifPast', ['skip', 'fire'], ifPast);
    if (timeOfDay !== '' || days !== 'every' || times !== '' || ifPast !== 'skip') more.attr('open', '');
  }

  /** Shows what the action needs, and marks the first field at fault. */
  #follow(): void {
    const fields = this.#fields();
    for (const name of ['to', 'reason'] as const) this.#typedLines[name]?.toggle(wanted[name].includes(fields.do));
    this.#does
      .text(this.say(`does.${fields.do}`))
      .attr('data-state', ['replace', 'cancel'].includes(fields.do) ? 'bad' : 'plain');
    const complaint = complaintAboutFields(this.say, fieldsOf(this.read()));
    for (const name of Object.keys(fields) as (keyof StepFields)[]) {
      const field = this.#field(name);
      const shown = field.next('.red-ui-typedInput-container');
      (shown.length > 0 ? shown : field).toggleClass('input-error', complaint?.field === name);
    }
    this.#hint.text(complaint?.sentence ?? '').attr('data-state', 'bad');
  }
}
