import { type Answer, askAccount, show } from '../editor/runtime.editor';
import type { Say } from '../editor/texts.editor';
import { sources } from '../editor/typed-inputs.editor';

/** A template of the account, as the runtime lists it. */
interface Template {
  url: string;
  uuid: string;
  name: string;
}

interface Templates extends Answer {
  templates: Template[];
}

const source = () => $('#node-input-documentSource');
const documentField = () => $('#node-input-document');
const account = () => $('#node-input-account');
const select = () => $('#core-signature-templates');
const hint = () => $('#core-signature-templates-result');

/** Bytes come from a message or context; everything else can also be written into the dialog. */
function followSource(): void {
  const field = documentField();
  const isContent = source().val() === 'content';
  const before = { type: field.typedInput('type'), value: field.typedInput('value') };
  field.typedInput('types', [...(isContent ? sources.bytes : sources.text)]);
  const isUntouched = before.type === 'msg' && before.value === 'payload';
  if (isContent && before.type === 'str') field.typedInput('type', 'msg').typedInput('value', 'payload');
  if (!isContent && isUntouched) field.typedInput('type', 'str').typedInput('value', '');
}

/** Shows the template that the typed input names, if it is one of the list. */
function selectCurrent(templates: Template[]): void {
  const { type, value } = { type: documentField().typedInput('type'), value: documentField().typedInput('value') };
  const current = templates.find(({ url, uuid }) => type === 'str' && (value === url || value === uuid));
  select().val(current?.url ?? '');
}

function fill(say: Say, templates: Template[]): void {
  select().empty();
  $('<option>', { value: '' }).text(say('templates.own')).appendTo(select());
  for (const { url, name } of templates) $('<option>', { value: url }).text(name).appendTo(select());
  selectCurrent(templates);
}

/**
 * Wires the choice of the document: types that fit the source, and the account's templates to choose from. A template
 * can always be written or taken from the message too, so a list that cannot be loaded stops nobody.
 */
export function wireDocumentSource(say: Say): void {
  let templates: Template[] = [];
  let loadedFor = '';

  const load = async () => {
    const id = account().val() ?? '';
    loadedFor = id;
    fill(say, []);
    if (id === '' || id === '_ADD_') return show(hint(), say('message.chooseAccount'), 'plain');
    show(hint(), say('message.loading'), 'busy');
    const answer = await askAccount<Templates>(say, id, 'templates');
    if (loadedFor !== id) return;
    templates = 'templates' in answer ? answer.templates : [];
    fill(say, templates);
    if (!answer.ok) show(hint(), answer.message ?? '', 'bad');
    else show(hint(), templates.length === 0 ? say('message.noTemplates') : '', 'plain');
  };
  const loadWhenNeeded = () => {
    if (source().val() === 'template' && account().val() !== loadedFor) void load();
  };

  source().on('change', () => {
    followSource();
    loadWhenNeeded();
  });
  account().on('change', loadWhenNeeded);
  $('#core-signature-templates-reload').on('click', () => void load());
  select().on('change', () => {
    const url = select().val() ?? '';
    if (url !== '') documentField().typedInput('type', 'str').typedInput('value', url);
  });
  documentField().on('change', () => selectCurrent(templates));
  fill(say, []);
  followSource();
  loadWhenNeeded();
}
