// @ts-check
import { ask, Refusal } from './api.js';
import { announce, byId, h } from './dom.js';
import { facts, renderFiled, services } from './filed-items.js';
import { keyedList } from './keyed-list.js';
import { showNavigation } from './nav.js';

/** @typedef {import('./filed-items.js').Filed} Filed */

const everyMs = 2000;
const search = /** @type {HTMLInputElement} */ (byId('search'));
const service = /** @type {HTMLSelectElement} */ (byId('service'));
const show = keyedList(byId('filed'), {
  key: (/** @type {Filed} */ { id }) => id,
  render: renderFiled,
  empty: 'Nothing here. What a flow archives in one of the repositories below shows up by itself.',
});
/** @type {Filed[]} */
let filed = [];
let seen = -1;

/** Shows what the search and the choice of a repository leave. */
function showChosen() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = filed.filter((each) => {
    const text = JSON.stringify(each).toLowerCase();
    return (service.value === '' || each.service === service.value) && words.every((word) => text.includes(word));
  });
  show(chosen);
  byId('filed-count').textContent =
    filed.length === 0
      ? ''
      : chosen.length === filed.length
        ? String(filed.length)
        : `${chosen.length} of ${filed.length}`;
}

/** Reads the state and shows it; a lost connection is shown and tried again. */
async function refresh() {
  try {
    const state = await ask('/sandbox/state');
    filed = state.filed;
    showChosen();
    byId('connection').textContent = `Connected · ${location.host}`;
    if (seen >= 0 && filed.length > seen) announce(`Filed: ${filed[0]?.name}`);
    seen = filed.length;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    byId('connection').textContent = 'Not connected, trying again …';
  }
}

async function poll() {
  if (document.visibilityState === 'visible') await refresh();
  setTimeout(poll, everyMs);
}

service.append(
  h('option', { value: '' }, 'All'),
  ...Object.entries(services).map(([value, label]) => h('option', { value }, label)),
);
search.addEventListener('input', showChosen);
service.addEventListener('change', showChosen);
const at = location.origin;
byId('addresses').append(
  ...facts({
    'Content Server': `${at}/cs/cs/api`,
    'Directory service (OTDS)': at,
    'Core Content, metadata': `${at}/cms`,
    'Core Content, storage': `${at}/css`,
    'Core Content, tokens': `${at}/oauth2/token`,
    WebDAV: `${at}/webdav/`,
    HTTP: `${at}/upload/`,
    'Time-stamping authority': `${at}/tsa`,
  }),
);
showNavigation();
poll();
