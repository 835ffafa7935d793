import { currentValues, fieldOf } from '../editor/fields.editor';
import type { DialogNode } from '../editor/red.editor';
import { show, showAnswer } from '../editor/runtime.editor';
import type { Say } from '../editor/texts.editor';
import { askRoute } from './routes.editor';

/** What the editor shows in place of a stored secret. */
const stored = '__PWRD__';

const secrets = ['password', 'clientSecret', 'token'];

/** The "Test connection" button: tries what stands in the dialog, and sends only secrets typed since it was opened. */
export function wireRepositoryTest(node: DialogNode, say: Say): void {
  const button = $('#core-signature-test');
  const hint = $('#core-signature-test-result');
  button.on('click', async () => {
    button.prop('disabled', true);
    show(hint, say('message.testing'), 'busy');
    const typed = secrets.map((name) => [name, fieldOf(node, name).val() ?? ''] as const);
    const credentials = Object.fromEntries(typed.filter(([, value]) => value !== stored));
    showAnswer(hint, await askRoute(say, 'test', { id: node.id, config: currentValues(node), credentials }));
    button.prop('disabled', false);
  });
}
