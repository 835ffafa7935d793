import { finishDialog } from '../editor/dialog.editor';
import { fieldOf, showInitialValues } from '../editor/fields.editor';
import type { DialogNode } from '../editor/red.editor';
import {
  both,
  filled,
  matching,
  numberWithin,
  optional,
  type Rules,
  validator,
  webAddress,
  when,
} from '../editor/rules.editor';
import { type Answer, askAccount, checkWebhook, show, showAnswer, wireConnectionTest } from '../editor/runtime.editor';
import { wireSecretLines } from '../editor/secret-lines.editor';
import { textsOf } from '../editor/texts.editor';

const say = textsOf('core-signature-account');

const withOauth = ['ocp', 'otds', 'json'];
const actionName = matching(/^[A-Za-z0-9_-]+$/, 'actionName');

const rules: Rules = {
  // An empty address of the sandbox is looked up in the environment.
  url: both(when('service', ['custom'], filled), when('service', ['custom', 'sandbox'], optional(webAddress))),
  tokenUrl: optional(webAddress),
  tenant: when('service', ['us', 'eu', 'preproduction'], when('auth', ['ocp', 'otds'], filled)),
  clientId: when('auth', withOauth, filled),
  username: when('grant', ['password'], when('auth', ['otds', 'json'], filled)),
  publicUrl: optional(webAddress),
  ratePerSecond: optional(numberWithin({ min: 0.1, max: 100 })),
  timeoutSeconds: optional(numberWithin({ min: 1, max: 600 })),
  reconcileMinutes: optional(numberWithin({ min: 0.05, max: 1440 })),
  cancelAction: actionName,
  resendAction: actionName,
  forwardAction: actionName,
};

export const check = validator(say, rules);
export const label = (property: string) => say(`label.${property}`);

/** What the account is called in lists when it has no name. */
export const summary = (node: DialogNode) => say(`service.${String(node.service ?? 'sandbox')}`);

interface Webhook extends Answer {
  url: string | null;
}

/** The address the service calls, as the running account has it; to copy it and to try it. */
async function showWebhook(node: DialogNode): Promise<void> {
  const address = $('#core-signature-webhook');
  const hint = $('#core-signature-webhook-result');
  const copy = $('#core-signature-webhook-copy');
  const checkButton = $('#core-signature-webhook-check');
  copy.on('click', () => RED.clipboard.copyText(address.val() ?? '', copy, 'clipboard.copyMessageValue'));
  checkButton.on('click', async () => {
    checkButton.prop('disabled', true);
    show(hint, say('message.checking'), 'busy');
    showAnswer(hint, await checkWebhook(say, node.id));
    checkButton.prop('disabled', false);
  });
  const answer = await askAccount<Webhook>(say, node.id, 'webhook');
  const url = 'url' in answer ? answer.url : null;
  address.val(url ?? '');
  for (const button of [copy, checkButton]) button.prop('disabled', url === null);
  show(hint, answer.message ?? '', 'plain');
}

/** With a static token or the regional gateway there is only one way to ask for a token. */
function keepGrantMeaningful(node: DialogNode): void {
  const auth = fieldOf(node, 'auth');
  auth.on('change', () => {
    if (auth.val() === 'ocp') fieldOf(node, 'grant').val('client_credentials').trigger('change');
  });
}

export function prepare(node: DialogNode): void {
  showInitialValues(node);
  finishDialog(node);
  wireSecretLines(fieldOf(node, 'hashKeys'), say);
  wireConnectionTest(node, say, 'account', ['clientSecret', 'password', 'token', 'hashKeys', 'webhookPath']);
  keepGrantMeaningful(node);
  void showWebhook(node);
}
