// @ts-check
import { announce, byId, h } from './dom.js';
import { icon } from './icons.js';

/**
 * What a screen says. `{name}` is the document's name.
 *
 * @type {Record<string, { icon: import('./icons.js').IconName, tone: string, title: string, text: string }>}
 */
const screens = {
  signed: {
    icon: 'check',
    tone: 'good',
    title: 'You have signed',
    text: 'Your signature is in “{name}”. You get the finished document by e-mail as soon as everyone is done.',
  },
  approved: {
    icon: 'check',
    tone: 'good',
    title: 'You have approved',
    text: 'Your approval of “{name}” is recorded. You get the finished document by e-mail as soon as everyone is done.',
  },
  declined: {
    icon: 'cross',
    tone: 'bad',
    title: 'You have declined',
    text: 'The sender of “{name}” is told, with the reason you gave. There is nothing more to do.',
  },
  forwarded: {
    icon: 'arrow',
    tone: 'active',
    title: 'You have forwarded this',
    text: '“{name}” now waits for the person you named. Your own link does not work any more.',
  },
  waiting: {
    icon: 'clock',
    tone: 'active',
    title: 'It is not your turn yet',
    text: 'Others sign “{name}” first. You get an e-mail when it is your turn; this link then works.',
  },
  closed: {
    icon: 'dash',
    tone: '',
    title: 'This document is closed',
    text: '“{name}” can no longer be signed.',
  },
  cancelled: {
    icon: 'dash',
    tone: '',
    title: 'The sender has cancelled this',
    text: '“{name}” can no longer be signed. Ask the sender if you did not expect that.',
  },
  expired: {
    icon: 'dash',
    tone: 'warn',
    title: 'The time to sign is over',
    text: '“{name}” has expired. Ask the sender to send it again.',
  },
  refused: {
    icon: 'dash',
    tone: 'warn',
    title: 'Someone has declined',
    text: '“{name}” was declined by another signer, so it is closed. There is nothing more to do.',
  },
  later: {
    icon: 'clock',
    tone: 'active',
    title: 'Come back any time',
    text: 'Nothing was sent. Your link for “{name}” keeps working until it is signed or expires.',
  },
  unknown: {
    icon: 'question',
    tone: 'warn',
    title: 'This link leads nowhere',
    text: 'Check that the address is complete. The sandbox may also have been reset since it was sent.',
  },
  failed: { icon: 'exclamation', tone: 'bad', title: 'The document cannot be shown', text: '' },
};

/** Why a document is closed, by its status code or the word for it. */
const closedBecause = {
  ca: 'cancelled',
  cancelled: 'cancelled',
  xp: 'expired',
  expired: 'expired',
  de: 'refused',
  declined: 'refused',
};

/**
 * Replaces the page by one message.
 *
 * @param {string} state the signer's state, or `later`, `unknown`, `failed`
 * @param {any} view the signing page's data; null when there is none
 * @param {{ next?: string | null, redirect?: string | null, reason?: string, retry?: () => void }} [more]
 */
export function showScreen(state, view, more = {}) {
  const kind = nameOf(state, view);
  const screen = screens[kind] ?? /** @type {any} */ (screens.closed);
  const title = h('h1', { tabindex: '-1' }, screen.title);
  const main = byId('main');
  document.body.classList.remove('has-bar');
  main.replaceChildren(
    h(
      'section',
      { class: 'screen' },
      h('span', { class: `screen-icon ${screen.tone}` }, icon(screen.icon)),
      title,
      h(
        'p',
        {},
        more.reason && kind === 'failed'
          ? more.reason
          : screen.text.replace('{name}', view?.document.name ?? 'The document'),
      ),
      progress(kind, view),
      ways(kind, more),
    ),
  );
  document.title = `${screen.title}${view ? ` · ${view.document.name}` : ''}`;
  title.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

/** @param {string} state @param {any} view */
function nameOf(state, view) {
  if (state === 'signed' && view?.signer.role === 'approve') return 'approved';
  if (state !== 'closed') return state;
  const status = String(view?.document.status ?? '').toLowerCase();
  return closedBecause[/** @type {keyof typeof closedBecause} */ (status)] ?? 'closed';
}

/** @param {string} kind @param {any} view */
function progress(kind, view) {
  if (!view?.others?.length || kind === 'later') return null;
  return h(
    'div',
    { class: 'others' },
    h('h2', {}, 'The other signers'),
    h(
      'ul',
      {},
      ...view.others.map((/** @type {any} */ other) =>
        h('li', {}, h('span', {}, other.displayName), badge(other.state)),
      ),
    ),
  );
}

/** @param {string} state */
export function badge(state) {
  const tone =
    { signed: 'good', approved: 'good', declined: 'bad', ready: 'active', viewed: 'active', forwarded: 'active' }[
      state
    ] ?? '';
  const word = { ready: 'to sign', viewed: 'to sign' }[state] ?? state;
  return h('span', { class: `badge ${tone}` }, word);
}

/** @param {string} kind @param {{ next?: string | null, redirect?: string | null, retry?: () => void }} more */
function ways(kind, more) {
  if (more.next) {
    return h(
      'div',
      { class: 'screen-way' },
      h('p', {}, 'The next person signs on this device. Hand it over, then continue.'),
      h('a', { class: 'button primary', href: more.next }, 'Continue with the next signer'),
    );
  }
  const target = webAddress(more.redirect);
  if (target) {
    setTimeout(() => location.assign(target), 1500);
    announce('You are being taken back.');
    return h('p', { class: 'screen-way' }, 'You are being taken back. ', h('a', { href: target }, 'Continue now'));
  }
  if (kind === 'later') return button('Open the document again', () => location.reload());
  return more.retry && kind === 'failed' ? button('Try again', more.retry) : null;
}

/** @param {string} label @param {() => void} onclick */
function button(label, onclick) {
  return h('div', { class: 'screen-way' }, h('button', { type: 'button', class: 'button primary', onclick }, label));
}

/** Only web addresses are followed, never `javascript:` and the like. @param {string | null | undefined} text */
function webAddress(text) {
  if (!text || !URL.canParse(text, location.href)) return null;
  const url = new URL(text, location.href);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
}
