import { show } from '../editor/runtime.editor';
import type { Say } from '../editor/texts.editor';
import { abilitiesOf } from './repository-abilities.editor';
import { type Attribute, askAttributes, askTypes, type TypeChoice } from './repository-lists.editor';

const repository = () => $('#node-input-repository');
const documentType = () => $('#node-input-documentType');
const typeSelect = () => $('#core-signature-types');
const groupSelect = () => $('#core-signature-attributes');
const hint = () => $('#core-signature-attributes-result');

/** The type written into the dialog; one that a message brings is not known here. */
const writtenType = (): string =>
  documentType().typedInput('type') === 'str' ? documentType().typedInput('value').trim() : '';

function fillSelect(select: JQuery, first: string, choices: readonly TypeChoice[], chosen: string): void {
  select.empty();
  $('<option>', { value: '' }).text(first).appendTo(select);
  for (const { id, name } of choices) {
    $('<option>', { value: id })
      .text(name === id ? id : `${name} (${id})`)
      .appendTo(select);
  }
  select.val(choices.some(({ id }) => id === chosen) ? chosen : '');
}

function fillDatalist(attributes: readonly Attribute[]): void {
  const list = $('#core-signature-attribute-ids').empty();
  for (const { id, name } of attributes) $('<option>', { value: id, label: name }).appendTo(list);
}

/**
 * Fills the lists of types and attributes from the repository. Everything can also be written by hand, so a repository
 * that does not answer stops nobody.
 *
 * @param used ids of the attributes in the list
 * @param learned called whenever more is known of the attributes
 * @returns what is known of an attribute
 */
export function wireTypeLookup(
  say: Say,
  used: () => string[],
  learned: () => void,
): (id: string) => Attribute | undefined {
  let types: TypeChoice[] = [];
  let known: Attribute[] = [];
  let asked = '';
  let shownFor = '';
  let group = '';

  const showTypes = () => {
    const groups = types.filter(({ kind }) => kind !== 'type');
    const plain = types.filter(({ kind }) => kind === 'type');
    const hasTypes = abilitiesOf(repository().val() ?? '').types;
    // Content Server names its attributes after their category, so those in use tell which one to show.
    const inUse = groups.find(({ id }) => used().some((attribute) => attribute.startsWith(`${id}_`)))?.id;
    fillSelect(typeSelect(), say('types.own'), plain, writtenType());
    fillSelect(
      groupSelect(),
      say(hasTypes ? 'attributes.ofType' : 'attributes.choose'),
      groups,
      group || (inUse ?? ''),
    );
  };
  const setAttributes = (attributes: Attribute[]) => {
    known = attributes;
    fillDatalist(known);
    learned();
  };

  /** The attributes of the type of the document and of the category chosen beside it. */
  const loadAttributes = async () => {
    const id = repository().val() ?? '';
    const wanted = [...new Set([writtenType(), groupSelect().val() ?? ''])].filter((type) => type !== '');
    const question = JSON.stringify([id, wanted]);
    if (question === asked) return;
    asked = question;
    const answers = await Promise.all(wanted.map((type) => askAttributes(say, id, type)));
    if (question !== asked) return;
    setAttributes(answers.flatMap((answer) => ('attributes' in answer ? answer.attributes : [])));
    const failed = answers.find(({ ok }) => !ok);
    if (failed) return show(hint(), failed.message ?? '', 'bad');
    const needed = known.filter(({ required }) => required).map(({ name }) => name);
    show(hint(), needed.length > 0 ? say('message.needed', { names: needed.join(', ') }) : '', 'plain');
  };

  const load = async () => {
    const id = repository().val() ?? '';
    types = [];
    asked = '';
    setAttributes([]);
    showTypes();
    if (!RED.nodes.node(id)) return show(hint(), say('message.chooseRepository'), 'plain');
    if (!abilitiesOf(id).attributes) return show(hint(), '', 'plain');
    show(hint(), say('message.loading'), 'busy');
    const answer = await askTypes(say, id);
    if ((repository().val() ?? '') !== id) return;
    types = 'types' in answer ? answer.types : [];
    showTypes();
    if (!answer.ok) return show(hint(), answer.message ?? '', 'bad');
    show(hint(), types.length === 0 ? say('message.noTypes') : '', 'plain');
    await loadAttributes();
  };

  repository().on('change', () => {
    const id = repository().val() ?? '';
    // The editor says so even when nothing has changed.
    const shown = JSON.stringify([id, RED.nodes.node(id)?.kind ?? '']);
    if (shown === shownFor) return;
    shownFor = shown;
    group = '';
    const { types: hasTypes, attributes } = abilitiesOf(id);
    $('#core-signature-type-rows').toggle(hasTypes || documentType().typedInput('value') !== '');
    $('#core-signature-attributes-row').toggle(attributes);
    void load();
  });
  $('#core-signature-types-reload').on('click', () => void load());
  typeSelect().on('change', () =>
    documentType()
      .typedInput('type', 'str')
      .typedInput('value', typeSelect().val() ?? ''),
  );
  documentType().on('change', () => {
    const written = writtenType();
    typeSelect().val(types.some(({ id, kind }) => kind === 'type' && id === written) ? written : '');
    if (types.length > 0) void loadAttributes();
  });
  groupSelect().on('change', () => {
    group = groupSelect().val() ?? '';
    void loadAttributes();
  });
  return (id) => known.find((attribute) => attribute.id === id);
}
