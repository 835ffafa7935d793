import { currentValues, fieldOf } from './fields.editor';
import type { DialogNode } from './red.editor';
import type { Say } from './texts.editor';

/** What every route of the runtime answers. */
export interface Answer {
  ok: boolean;
  message?: string;
}

/** What the editor shows in place of a stored secret. */
const stored = '__PWRD__';

const root = 'core-signature';

/** Asks the runtime. A request that fails becomes an answer with a plain message, so that callers need no second path. */
export async function ask<Full extends Answer>(
  say: Say,
  type: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<Full | Answer> {
  const payload = body ? { contentType: 'application/json', data: JSON.stringify(body) } : {};
  try {
    const answer = await $.ajax({ url: `${root}/${path}`, type, dataType: 'json', ...payload });
    return answer as Full;
  } catch (thrown) {
    const status = (thrown as { status?: number } | null)?.status ?? 0;
    const key = status === 401 || status === 403 ? 'notAllowed' : 'noAnswer';
    return { ok: false, message: say(`message.${key}`, { status }) };
  }
}

/**
 * Asks about an account, for example for its templates. The runtime knows only what has been deployed, so a failure for
 * an account with changes is most likely that.
 */
export async function askAccount<Full extends Answer>(
  say: Say,
  id: string,
  what: 'templates' | 'webhook',
): Promise<Full | Answer> {
  const account = RED.nodes.node(id);
  const deployFirst: Answer = { ok: false, message: say('message.deployFirst') };
  if (!account) return deployFirst;
  const answer = await ask<Full>(say, 'GET', `account/${encodeURIComponent(id)}/${what}`);
  return answer.ok || !account.changed ? answer : deployFirst;
}

/** Has the runtime call its own public address. */
export const checkWebhook = (say: Say, id: string) =>
  ask<Answer>(say, 'POST', `account/${encodeURIComponent(id)}/webhook/check`, {});

/** Shows a result under its button. */
export function show(hint: JQuery, text: string, state: 'good' | 'bad' | 'busy' | 'plain'): void {
  hint.text(text).attr('data-state', state);
}

/** Shows an answer under its button. */
export const showAnswer = (hint: JQuery, { ok, message = '' }: Answer) => show(hint, message, ok ? 'good' : 'bad');

/**
 * The "Test connection" button. It tries what stands in the dialog, saved or not; of the secrets only those are sent
 * that have been typed since the dialog was opened.
 *
 * @param kind names the route
 * @param secrets names of the node's credentials
 */
export function wireConnectionTest(
  node: DialogNode,
  say: Say,
  kind: 'account' | 'ledger' | 'push-service' | 'repository',
  secrets: string[],
): void {
  const button = $('#core-signature-test');
  const hint = $('#core-signature-test-result');
  button.on('click', async () => {
    button.prop('disabled', true);
    show(hint, say('message.testing'), 'busy');
    const typed = secrets.map((name) => [name, fieldOf(node, name).val() ?? ''] as const);
    const credentials = Object.fromEntries(typed.filter(([, value]) => value !== stored));
    const body = { id: node.id, config: currentValues(node), credentials };
    showAnswer(hint, await ask(say, 'POST', `${kind}/test`, body));
    button.prop('disabled', false);
  });
}
