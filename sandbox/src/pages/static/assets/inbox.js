// @ts-check
import { ask, Refusal } from './api.js';
import { announce, byId, h, showError, whileBusy } from './dom.js';
import { faultPanel } from './inbox-faults.js';
import { renderDelivery, renderDocument, renderMail } from './inbox-items.js';
import { renderMessage, renderPushCall } from './inbox-push.js';
import { keyedList } from './keyed-list.js';
import { showNavigation } from './nav.js';
import { openSheet } from './sheet.js';

const everyMs = 2000;
const lists = {
  mails: keyedList(byId('mails'), {
    key: ({ id }) => id,
    render: renderMail,
    empty: 'No mail yet. Send a document to be signed.',
  }),
  documents: keyedList(byId('documents'), {
    key: ({ uuid }) => uuid,
    render: renderDocument,
    empty: 'No documents yet.',
  }),
  deliveries: keyedList(byId('deliveries'), {
    key: ({ id }) => id,
    render: renderDelivery,
    empty: 'No callbacks yet.',
  }),
  pushCalls: keyedList(byId('pushCalls'), {
    key: ({ id }) => id,
    render: renderPushCall,
    empty: 'No push service was called yet.',
  }),
  messages: keyedList(byId('messages'), {
    key: ({ jobId }) => jobId,
    render: renderMessage,
    empty: 'No SMS, e-mail or WhatsApp message yet.',
  }),
};
const faults = faultPanel(byId('faults'), refresh);
let mailsSeen = -1;

/** Reads the state and shows it; a lost connection is shown and tried again. */
async function refresh() {
  try {
    const state = await ask('/sandbox/state');
    for (const [name, show] of Object.entries(lists)) {
      const items = state[name] ?? [];
      show(items);
      byId(`${name}-count`).textContent = items.length > 0 ? String(items.length) : '';
    }
    showClock(state.clock);
    faults.show(state.faults);
    setText('connection', `Connected · ${location.host}`);
    if (mailsSeen >= 0 && state.mails.length > mailsSeen) announce(`New mail: ${state.mails[0].subject}`);
    mailsSeen = state.mails.length;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    setText('connection', 'Not connected, trying again …');
  }
}

/** @param {{ now: string, offsetMs: number }} clock */
function showClock({ now, offsetMs }) {
  const time = new Date(now);
  byId('now').setAttribute('datetime', now);
  setText(
    'now',
    time.toLocaleString(undefined, {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    }),
  );
  setText('offset', offsetMs < 1000 ? 'Same as this computer’s clock' : `${duration(offsetMs)} ahead of this computer`);
}

/** @param {number} ms */
function duration(ms) {
  const minutes = Math.round(ms / 60_000);
  /** @type {[number, string][]} */
  const parts = [
    [Math.floor(minutes / 1440), 'day'],
    [Math.floor((minutes % 1440) / 60), 'hour'],
    [minutes % 60, 'minute'],
  ];
  const words = parts.filter(([n]) => n > 0).map(([n, unit]) => `${n} ${unit}${n === 1 ? '' : 's'}`);
  return words.join(' ') || 'Less than a minute';
}

/** @param {string} id @param {string} text */
function setText(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLButtonElement} button @param {() => Promise<unknown>} task */
function act(button, task) {
  return whileBusy(button, async () => {
    try {
      showError();
      await task();
      await refresh();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      showError(error.message);
    }
  });
}

for (const button of document.querySelectorAll('button[data-advance]')) {
  if (!(button instanceof HTMLButtonElement)) continue;
  button.addEventListener('click', () =>
    act(button, async () => {
      await ask('/sandbox/clock', { body: { advance: button.dataset.advance } });
      announce(`The clock was advanced by ${button.textContent?.replace('+', '')}.`);
    }),
  );
}

byId('reset').addEventListener('click', () => {
  const confirm = h('button', { type: 'button', class: 'button primary danger' }, 'Delete everything');
  openSheet('Reset the sandbox?', (close) => {
    confirm.addEventListener('click', () =>
      act(confirm, async () => {
        await ask('/sandbox/reset', { body: {} });
        mailsSeen = -1;
        close();
      }),
    );
    return [
      h(
        'p',
        {},
        'All documents, mails, callbacks and faults are deleted, and the clock goes back to the present. This cannot be undone.',
      ),
      h(
        'div',
        { class: 'sheet-buttons' },
        h('button', { type: 'button', class: 'button', onclick: close }, 'Keep it'),
        confirm,
      ),
    ];
  });
});

async function poll() {
  if (document.visibilityState === 'visible') await refresh();
  setTimeout(poll, everyMs);
}

showNavigation();
poll();
