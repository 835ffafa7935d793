import { isAcceptableLink } from '../../lib/push/link';
import { languageFor, moments, momentText } from '../../lib/push/moments';
import { finishDialog } from '../editor/dialog.editor';
import { fieldOf, showInitialValues } from '../editor/fields.editor';
import { editorLanguage } from '../editor/moments.editor';
import type { DialogNode } from '../editor/red.editor';
import {
  atMost,
  duration,
  moment,
  numberWithin,
  optional,
  type Rule,
  type Rules,
  typed,
  validator,
  when,
} from '../editor/rules.editor';
import { textsOf } from '../editor/texts.editor';
import { makeTypedInputs } from '../editor/typed-inputs.editor';

const say = textsOf('push-notify');

const link: Rule = (value, { say: sentence, label: name }) =>
  isAcceptableLink(value) || sentence('validation.link', { label: name });

const image: Rule = (value, { say: sentence, label: name }) =>
  isAcceptableLink(value, { httpsOnly: true }) || sentence('validation.image', { label: name });

/** An object; with `keys`, of these properties, each an object itself. */
const object =
  (complaint: string, keys?: readonly string[]): Rule =>
  (value, { say: sentence, label: name }) => {
    const isObject = (given: unknown) => typeof given === 'object' && given !== null && !Array.isArray(given);
    try {
      const given: unknown = JSON.parse(value);
      const entries = isObject(given) ? Object.entries(given as object) : undefined;
      const good = entries?.every(([key, entry]) => !keys || (keys.includes(key) && isObject(entry)));
      return good === true || sentence(complaint, { label: name });
    } catch {
      return sentence(complaint, { label: name });
    }
  };

/** Without a text of the moment the notification needs one of its own. */
const title: Rule = (value, context) =>
  typed({ str: atMost(1000) }, context.other('moment') !== 'custom')(value, context);

const rules: Rules = {
  envelope: typed(),
  recipients: when('recipientsSource', ['people', 'addresses'], typed({}, false)),
  title,
  body: typed({ str: atMost(3000) }),
  link: typed({ str: link }),
  due: typed({ str: moment }),
  // A bare number counts seconds here, whatever the rule calls it: what matters is that it is a length of time.
  ttl: typed({ str: duration }),
  collapseKey: typed({ str: atMost(1000) }),
  badge: typed({ num: numberWithin({ min: 0, max: 2_147_483_647, whole: true }) }),
  image: typed({ str: image }),
  data: typed({ json: object('validation.data') }),
  platform: typed({ json: object('validation.platform', ['android', 'apns', 'webpush']) }),
  key: typed({ str: atMost(255) }),
  retryHours: optional(numberWithin({ min: 0, max: 720 })),
};

export const check = validator(say, rules);
export const label = (property: string) => say(`label.${property}`);
export const text = say;

/** What the node is called when it has no name: the moment it tells of. */
export function summary(node: DialogNode): string {
  const moment = String(node.moment ?? 'custom');
  return moment === 'custom' ? say('palette.name') : say('summary', { moment: say(`moment.${moment}`) });
}

/** Shows the texts that an empty title and body stand for, as the editor's language would have them. */
function showDefaultTexts(node: DialogNode): void {
  const field = fieldOf(node, 'moment');
  const update = () => {
    const chosen = moments.find((one) => one === field.val());
    const texts = chosen
      ? momentText(chosen, languageFor(editorLanguage()), { document: say('example.document') })
      : { title: '', body: '' };
    for (const part of ['title', 'body'] as const) $(`#node-input-${part}-shown`).attr('placeholder', texts[part]);
  };
  field.on('change', update);
  update();
}

export function prepare(node: DialogNode): void {
  showInitialValues(node);
  makeTypedInputs(node, {
    envelope: 'reference',
    recipients: 'list',
    title: 'text',
    body: 'text',
    link: 'text',
    due: 'reference',
    ttl: 'text',
    collapseKey: 'text',
    badge: 'number',
    image: 'text',
    data: 'list',
    platform: 'list',
    key: 'text',
  });
  showDefaultTexts(node);
  finishDialog(node);
}
