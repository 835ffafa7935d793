// @ts-check
import { ask, Refusal } from './api.js';
import { attachmentCard } from './attachments.js';
import { announce, byId, h, showError, whileBusy } from './dom.js';
import { FieldOverlay, reveal } from './fields.js';
import { pdfPages } from './pdf-view.js';
import { richText } from './rich-text.js';
import { showScreen } from './screens.js';
import { openCode, openDecline, openForward } from './sign-dialogs.js';
import { openSignatureSheet, signaturePreview } from './signature-sheet.js';

/** @typedef {import('./fields.js').Requirement} Requirement */
/** @typedef {import('./sign-dialogs.js').Outcome} Outcome */

/**
 * Shows the document with its fields and leads to the end: sign, approve, decline or forward.
 *
 * @param {any} view the signing page's data
 * @param {string} api base address
 * @param {{ cancel: boolean, decline: boolean, title: boolean }} hidden parts an embedding site has switched off
 * @param {(outcome: Outcome, view: any) => void} finish
 */
export function showSigning(view, api, hidden, finish) {
  const { signer, options, document: doc } = view;
  const signs = signer.role === 'sign' || signer.role === 'in_person';
  const acts = signs || signer.role === 'approve';
  const verb = signs ? 'Sign' : 'Approve';
  /** @type {import('./signature-sheet.js').Signature | null} */
  let signature = null;

  const bar = actionBar(verb, () => submit());
  const update = () => bar.show(requirements.filter((requirement) => !requirement.isDone()));
  const chooseSignature = () =>
    openSignatureSheet(options, nameOf(signer), (chosen) => {
      signature = chosen;
      for (const button of signatureButtons) showSignature(button, chosen);
      announce('Your signature is in place.');
      update();
    });

  const pages = pdfPages(`${api}/document.pdf`, doc.pages);
  pages.loaded.catch(() => showError('The pages cannot be shown here. Open the PDF itself with the link at the top.'));
  const overlay = new FieldOverlay(view.fields, doc.pages, pages.layers, {
    name: nameOf(signer),
    changed: () => update(),
    sign: chooseSignature,
  });
  const files = attachmentCard(view.requiredAttachments, options.addAttachments, () => update());
  const end = signs ? endCard(overlay.signatureButtons.length === 0, chooseSignature) : null;
  const signatureButtons = [...overlay.signatureButtons, ...(end?.button ? [end.button] : [])];
  for (const button of signatureButtons) showSignature(button, null);

  /** @type {Requirement[]} */
  const requirements = [...overlay.requirements, ...files.requirements];
  if (signs) {
    const reach = () => signatureButtons[0] && reveal(signatureButtons[0]);
    requirements.push({ label: 'Signature', isDone: () => signature !== null, reveal: reach });
  }

  async function submit() {
    if (view.smsBeforeFinish) openCode(api, view.smsSentTo, send);
    else await send();
  }

  /** @param {string} [code] */
  async function send(code) {
    showError();
    const body = {
      ...(signature && signs ? { signature } : {}),
      fields: overlay.values(),
      ...(code ? { code } : {}),
      attachments: await files.read(),
    };
    try {
      finish(await ask(`${api}/sign`, { body }), view);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (code && (!error.field || error.field === 'code')) throw error;
      showError(error.message);
      if (error.field === 'signature' && signatureButtons[0]) reveal(signatureButtons[0]);
      else if (error.field) overlay.blame(error.field) || files.blame(error.field);
    }
  }

  const done = (/** @type {Outcome} */ outcome) => finish(outcome, view);
  const actions = acts
    ? h(
        'div',
        { class: 'actions' },
        options.forward ? action('Forward', () => openForward(api, done)) : null,
        options.decline && !hidden.decline ? action('Decline', () => openDecline(api, done)) : null,
        hidden.cancel ? null : action('Finish later', () => showScreen('later', view)),
      )
    : h('p', { class: 'quiet' }, 'This document is for your information. There is nothing for you to do.');

  byId('main').replaceChildren(
    h(
      'div',
      { class: 'signing' },
      head(view, api, hidden.title, actions),
      h('div', { class: 'pages' }, ...pages.elements),
      files.element,
      end?.element ?? '',
    ),
    ...(acts ? [bar.element] : []),
  );
  document.body.classList.toggle('has-bar', acts);
  document.title = `${verb} · ${doc.name}`;
  update();
}

/**
 * The signer's name without the address that may follow it in brackets; empty when only the address is known.
 *
 * @param {{ displayName: string, email: string }} signer
 */
function nameOf({ displayName, email }) {
  const name = displayName.replace(/\s*\([^()]*@[^()]*\)$/, '');
  return name === email ? '' : name;
}

/**
 * @param {any} view
 * @param {string} api
 * @param {boolean} hideTitle
 * @param {HTMLElement} actions
 */
function head(view, api, hideTitle, actions) {
  const { sender, document: doc } = view;
  const from = sender.name && sender.name !== sender.email ? `${sender.name} (${sender.email})` : sender.email;
  const due = doc.expiresAt ? new Date(doc.expiresAt) : null;
  const dueText = due?.toLocaleDateString(undefined, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  });
  return h(
    'section',
    { class: 'card head' },
    hideTitle ? null : h('h1', {}, doc.name),
    h(
      'p',
      { class: 'quiet' },
      `From ${from}`,
      ...(due ? [' · please finish by ', h('time', { datetime: doc.expiresAt }, dueText ?? '')] : []),
    ),
    view.subject && view.subject !== doc.name ? h('h2', { class: 'subject' }, view.subject) : null,
    view.message ? richText(view.message) : null,
    h(
      'p',
      { class: 'files' },
      h('a', { href: `${api}/document.pdf`, target: '_blank', rel: 'noopener' }, 'Open the PDF'),
      ...view.documentAttachments.map((/** @type {any} */ { uuid, name }) =>
        h('a', { href: `${api}/attachments/${encodeURIComponent(uuid)}`, target: '_blank', rel: 'noopener' }, name),
      ),
    ),
    actions,
  );
}

/**
 * The card below the last page: what signing means and, when the document has no place for it, the signature.
 *
 * @param {boolean} asksSignature
 * @param {() => void} sign
 */
function endCard(asksSignature, sign) {
  const button = asksSignature ? h('button', { type: 'button', class: 'signature-button alone', onclick: sign }) : null;
  if (button) button.dataset.label = 'Your signature';
  const element = h(
    'section',
    { class: 'card end' },
    asksSignature ? h('h2', {}, 'Your signature') : null,
    asksSignature
      ? h('p', { class: 'quiet' }, 'The document has no place marked for it, so it is put on the last page.')
      : null,
    button,
    h(
      'p',
      { class: 'quiet' },
      'With “Sign” you sign this document electronically. In this test environment that has no legal effect.',
    ),
  );
  return { element, button };
}

/** @param {HTMLButtonElement} button @param {import('./signature-sheet.js').Signature | null} signature */
function showSignature(button, signature) {
  const label = button.dataset.label ?? 'Signature';
  button.classList.toggle('open', signature === null);
  button.setAttribute('aria-label', signature ? `${label}: signed. Change it` : `${label}: sign here (required)`);
  button.replaceChildren(signature ? signaturePreview(signature) : h('span', { class: 'sign-here' }, 'Sign here'));
}

/**
 * The bar at the lower edge: what is still open, and one button for the next step.
 *
 * @param {string} verb
 * @param {() => Promise<void>} submit
 */
function actionBar(verb, submit) {
  const count = h('p', { class: 'bar-count', role: 'status' });
  const button = h('button', { type: 'button', class: 'button primary' });
  /** @type {Requirement[]} */
  let open = [];
  let last = '';
  button.addEventListener('click', () => {
    showError();
    if (open.length === 0) return void whileBusy(button, submit);
    const next = open.find(({ label }) => label !== last) ?? open[0];
    last = next?.label ?? '';
    next?.reveal();
  });
  return {
    element: h(
      'div',
      { class: 'bar', role: 'region', 'aria-label': 'Progress' },
      h('div', { class: 'bar-inner' }, count, button),
    ),
    /** @param {Requirement[]} stillOpen */
    show(stillOpen) {
      open = stillOpen;
      const text =
        open.length === 0
          ? 'Everything is filled in'
          : `${open.length} required ${open.length === 1 ? 'field' : 'fields'} left`;
      if (count.textContent !== text) count.textContent = text;
      button.textContent = open.length === 0 ? verb : 'Next field';
      button.classList.toggle('ready', open.length === 0);
    },
  };
}

/** @param {string} label @param {() => void} onclick */
function action(label, onclick) {
  return h('button', { type: 'button', class: 'button quiet-button', onclick }, label);
}
