import { fieldOf } from '../editor/fields.editor';
import type { DialogNode } from '../editor/red.editor';

/** Ways to log on by kind of repository, the usual one first. The same as `config.ts` describes. */
const ways: Record<string, readonly string[]> = {
  folder: ['none'],
  'content-server': ['otdsOAuth', 'otdsTicket', 'user'],
  'core-content': ['oauth'],
  cmis: ['basic', 'bearer', 'none'],
  webdav: ['basic', 'bearer', 'none'],
  http: ['basic', 'bearer', 'none'],
};

const clientFields = ['tokenUrl', 'clientId', 'clientSecret'];
const userFields = ['user', 'password'];

const fields: Record<string, readonly string[]> = {
  none: [],
  basic: userFields,
  bearer: ['token'],
  user: [...userFields, 'domain'],
  otdsTicket: ['tokenUrl', ...userFields],
  otdsOAuth: ['grant', ...clientFields],
  oauth: clientFields,
};

/** Whether a kind of repository can be logged on to in this way. */
export const fits = (kind: string, auth: string): boolean => ways[kind]?.includes(auth) ?? false;

/** Whether a field takes part in the log-on. A folder knows none, whatever way was chosen before. */
export function takesPart(field: string, kind: string, auth: string, grant: string): boolean {
  if (!fits(kind, auth)) return false;
  const own = fields[auth] ?? [];
  const isForUser = own.includes('grant') && grant === 'password';
  return own.includes(field) || (isForUser && userFields.includes(field));
}

/** Offers the ways of the chosen kind of repository, and shows the fields the chosen way needs. */
export function wireLogOn(node: DialogNode): void {
  const kind = fieldOf(node, 'kind');
  const auth = fieldOf(node, 'auth');
  const grant = fieldOf(node, 'grant');
  const rows = $('.core-signature[data-dialog="ecm-repository"]').find('[data-log-on]');

  const showFields = () => {
    const chosen = [kind.val() ?? '', auth.val() ?? '', grant.val() ?? ''] as const;
    rows.each((_index, row) => {
      row.hidden = !takesPart(row.dataset.logOn ?? '', ...chosen);
    });
  };
  const offerWays = () => {
    const options = auth.find('option');
    // A select has no value while its option is disabled, so all are there until the choice is made.
    options.each((_index, option) => void $(option).prop('disabled', false));
    const known = ways[kind.val() ?? ''] ?? [];
    if (!known.includes(auth.val() ?? '')) auth.val(known[0] ?? 'none').trigger('change');
    options.each((_index, option) => {
      const isKnown = known.includes($(option).attr('value') ?? '');
      $(option).prop('disabled', !isKnown).prop('hidden', !isKnown);
    });
    showFields();
  };
  kind.on('change', offerWays);
  auth.on('change', showFields);
  grant.on('change', showFields);
  offerWays();
}
