// @ts-check
import { ask, Refusal } from './api.js';
import { byId } from './dom.js';
import { showScreen } from './screens.js';
import { showSigning } from './sign-view.js';
import { showUnlock } from './unlock.js';

/** Base address of this signer's JSON, next to the page itself. */
const api = `${location.pathname.replace(/\/+$/, '')}/api`;
const query = new URLSearchParams(location.search);

/** What an embedding site may switch off, by the parameters the real service knows. */
const hidden = {
  cancel: query.get('hide_cancel') === '1',
  decline: query.get('hide_decline') === '1',
  logo: query.get('hide_logo') === '1',
  title: query.get('hide_title') === '1',
};

byId('top').hidden = hidden.logo;

/**
 * Reads the signer's state and shows what fits it.
 *
 * @returns {Promise<void>}
 */
async function start() {
  try {
    const view = await ask(api);
    document.documentElement.lang = 'en';
    if (view.signer.state !== 'ready') showScreen(view.signer.state, view);
    else if (view.locked) showUnlock(view, api, start);
    else showSigning(view, api, hidden, finish);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    showScreen(error.status === 404 ? 'unknown' : 'failed', null, { reason: error.message, retry: start });
  }
}

/**
 * Shows what came of signing, approving, declining or forwarding, and leads on where there is a way on.
 *
 * @param {{ state: string, redirect: string | null, next: string | null }} outcome
 * @param {any} view as read when the page was opened
 */
async function finish(outcome, view) {
  const fresh = await ask(api).catch(() => view);
  showScreen(outcome.state, { ...fresh, signer: view.signer }, { next: outcome.next, redirect: outcome.redirect });
}

start();
