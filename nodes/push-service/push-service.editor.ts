import { languages } from '../../lib/push/moments';
import { finishDialog } from '../editor/dialog.editor';
import { fieldOf, showInitialValues } from '../editor/fields.editor';
import { editorLanguage } from '../editor/moments.editor';
import type { DialogNode } from '../editor/red.editor';
import {
  both,
  filled,
  matching,
  optional,
  type Rule,
  type Rules,
  validator,
  webAddress,
  when,
} from '../editor/rules.editor';
import { wireConnectionTest } from '../editor/runtime.editor';
import { wireSecretLines } from '../editor/secret-lines.editor';
import { textsOf } from '../editor/texts.editor';
import { suggestZones, timeZone } from '../editor/zones.editor';
import { wireVapidKeys } from './vapid-keys.editor';

const say = textsOf('push-service');

const from = (provider: string, rule: Rule) => when('provider', [provider], rule);
const byOauth = (rule: Rule) => from('opentext', when('openTextAuth', ['oauth'], rule));

/** An uncompressed point on P-256: 65 bytes of which the first is 4, base64url. */
const publicKey = matching(/^B[\w-]{86}=?$/, 'publicKey');

/** A whole value of the form `${NAME}` is filled in by the runtime. */
const orEnvironment =
  (rule: Rule): Rule =>
  (value, context) =>
    /^\$\{[^}]+\}$/.test(value) || rule(value, context);

/** Needed, except on a sandbox account, which has keys and a contact of its own. */
const neededUnlessSandbox =
  (rule: Rule): Rule =>
  (value, context) => {
    const isSandbox = RED.nodes.node(context.other('account'))?.service === 'sandbox';
    return isSandbox && value.trim() === '' ? true : both(filled, rule)(value, context);
  };

const contact: Rule = (value, context) => {
  const good = /^mailto:\s*\S+@\S+$/.test(value) || (/^https:\/\//.test(value) && URL.canParse(value));
  return good || context.say('validation.contact', { label: context.label });
};

const host = /^(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?$/;
const hosts: Rule = (value, context) => {
  const bad = value.split(/\s+/).find((name) => name !== '' && !host.test(name));
  return bad === undefined || context.say('validation.host', { label: context.label, host: bad.slice(0, 60) });
};

/** Placeholders stand for a text within quotes, or for a whole value in three braces. */
const jsonTemplate: Rule = (value, context) => {
  try {
    JSON.parse(value.replace(/\{\{\{[^{}]*\}\}\}/g, 'null').replace(/\{\{[^{}]*\}\}/g, ''));
    return true;
  } catch {
    return context.say('validation.template', { label: context.label });
  }
};

const rules: Rules = {
  language: both(filled, matching(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/, 'language')),
  zone: timeZone,
  vapidSubject: from('webpush', orEnvironment(neededUnlessSandbox(contact))),
  vapidPublicKey: from('webpush', orEnvironment(neededUnlessSandbox(publicKey))),
  pushHosts: from('webpush', hosts),
  fcmUrl: from('fcm', optional(orEnvironment(webAddress))),
  fcmTokenUrl: from('fcm', optional(orEnvironment(webAddress))),
  openTextUrl: from('opentext', optional(orEnvironment(webAddress))),
  openTextTokenUrl: byOauth(orEnvironment(both(filled, webAddress))),
  user: from('opentext', when('openTextAuth', ['basic'], filled)),
  clientId: byOauth(filled),
  template: from('opentext', optional(jsonTemplate)),
  registration: from('webpush', optional(matching(/^[A-Za-z0-9_-]{1,60}$/, 'registration'))),
};

export const check = validator(say, rules);
export const label = (property: string) => say(`label.${property}`);

/** What the service is called in lists when it has no name. */
export const summary = (node: DialogNode) => say(`provider.${String(node.provider ?? 'webpush')}`);

/** Lets the field suggest the languages there are texts for. */
function suggestLanguages(field: JQuery): void {
  const names = new Intl.DisplayNames([editorLanguage(), 'en'], { type: 'language' });
  const list = $('<datalist>', { id: 'core-signature-languages' });
  for (const code of languages) $('<option>', { value: code, label: names.of(code) ?? code }).appendTo(list);
  list.appendTo(field.closest('.form-row'));
  field.attr('list', 'core-signature-languages');
}

export function prepare(node: DialogNode): void {
  showInitialValues(node);
  suggestLanguages(fieldOf(node, 'language'));
  suggestZones(fieldOf(node, 'zone'));
  finishDialog(node);
  wireSecretLines(fieldOf(node, 'serviceAccount'), say);
  wireVapidKeys(node, say);
  const secrets = [
    'serviceAccount',
    'vapidPrivateKey',
    'password',
    'clientSecret',
    'webhookSecret',
    'registrationSecret',
  ];
  wireConnectionTest(node, say, 'push-service', secrets);
}
