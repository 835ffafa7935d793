// @ts-check
import { ask, Refusal } from './api.js';
import { announce, h, showError, whileBusy } from './dom.js';

/** @typedef {{ label: string, value: unknown }} Choice the value undefined switches the fault off */

/** How often a fault happens: a whole number counts down, a fraction is a probability, true is always. */
const often = [
  { label: 'Off', value: undefined },
  { label: 'The next time', value: 1 },
  { label: 'Three times', value: 3 },
  { label: 'Now and then (30 %)', value: 0.3 },
  { label: 'Always', value: true },
];

/** @type {{ title: string, switches: { path: string[], label: string, choices: Choice[] }[] }[]} */
const groups = [
  {
    title: 'Callbacks',
    switches: [
      { path: ['callbacks', 'duplicate'], label: 'Delivered twice', choices: often },
      { path: ['callbacks', 'drop'], label: 'Lost', choices: often },
      { path: ['callbacks', 'forge'], label: 'Followed by a forged one', choices: often },
      {
        path: ['callbacks', 'reorder'],
        label: 'Out of order',
        choices: [
          { label: 'Off', value: undefined },
          { label: 'On', value: true },
        ],
      },
      {
        path: ['callbacks', 'delayMs'],
        label: 'Late',
        choices: [
          { label: 'Off', value: undefined },
          { label: '10 seconds', value: 10_000 },
          { label: '5 minutes', value: 300_000 },
          { label: '2 hours', value: 7_200_000 },
        ],
      },
    ],
  },
  {
    title: 'API',
    switches: [
      {
        path: ['api'],
        label: 'Requests',
        choices: [
          { label: 'Work', value: undefined },
          {
            label: 'Next three: too many requests (429)',
            value: [{ kind: 'status', status: 429, retryAfter: 5, times: 3 }],
          },
          { label: 'Now and then: server error (500)', value: [{ kind: 'status', status: 500, probability: 0.3 }] },
          {
            label: 'Next change: done, but the answer is lost',
            value: [{ match: 'POST *', kind: 'lostAnswer', times: 1 }],
          },
          { label: 'Slow: 5 seconds each', value: [{ kind: 'delay', delayMs: 5000 }] },
          { label: 'Outage', value: [{ kind: 'outage' }] },
        ],
      },
    ],
  },
  {
    title: 'Downloads',
    switches: [
      { path: ['downloads', 'truncate'], label: 'Cut off', choices: often },
      { path: ['downloads', 'corrupt'], label: 'Wrong content (hash)', choices: often },
      { path: ['downloads', 'expire'], label: 'Address already expired', choices: often },
    ],
  },
  {
    title: 'Push services',
    switches: [
      {
        path: ['push'],
        label: 'Messages',
        choices: [
          { label: 'Work', value: undefined },
          {
            label: 'Next three: too many requests (429)',
            value: [{ kind: 'status', code: 'QUOTA_EXCEEDED', status: 429, retryAfter: 5, times: 3 }],
          },
          {
            label: 'Next one: the device is gone',
            value: [
              { service: 'fcm', kind: 'status', code: 'UNREGISTERED', times: 1 },
              { service: 'webpush', kind: 'status', status: 410, times: 1 },
              { service: 'opentext', kind: 'status', code: 'UNDELIVERABLE', times: 1 },
            ],
          },
          {
            label: 'Now and then: not available (503)',
            value: [{ kind: 'status', code: 'UNAVAILABLE', status: 503, probability: 0.3 }],
          },
          { label: 'Next one: taken, but the answer is lost', value: [{ kind: 'lostAnswer', times: 1 }] },
          { label: 'Outage', value: [{ kind: 'outage' }] },
        ],
      },
    ],
  },
  {
    title: 'Content repositories',
    switches: [
      {
        path: ['ecm'],
        label: 'Filing',
        choices: [
          { label: 'Works', value: undefined },
          {
            label: 'Next upload: stored, but the answer is lost',
            value: [{ step: 'upload', kind: 'lostAnswer', times: 1 }],
          },
          { label: 'Next read back: wrong bytes', value: [{ kind: 'corrupt', times: 1 }] },
          { label: 'No space left', value: [{ kind: 'quota' }] },
          { label: 'Retention refuses changes', value: [{ kind: 'retention' }] },
          {
            label: 'Next three: too many requests (429)',
            value: [{ kind: 'status', status: 429, retryAfter: 5, times: 3 }],
          },
          { label: 'Now and then: server error (500)', value: [{ kind: 'status', status: 500, probability: 0.3 }] },
          { label: 'Outage', value: [{ kind: 'outage' }] },
        ],
      },
    ],
  },
  {
    title: 'Mails',
    switches: [
      { path: ['mails', 'bounce'], label: 'Bounce', choices: often },
      { path: ['mails', 'sendingError'], label: 'Cannot be sent', choices: often },
    ],
  },
];

/**
 * The fault switches: a choice for each common fault and an editor for everything else.
 *
 * @param {HTMLElement} place
 * @param {() => Promise<void>} refresh
 */
export function faultPanel(place, refresh) {
  /** @type {any} */
  let now = {};
  const replace = async (/** @type {unknown} */ faults) => {
    showError();
    try {
      await ask('/sandbox/faults', { method: 'PUT', body: faults });
      announce('The faults are set.');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      showError(error.message);
    }
    await refresh();
  };
  const rows = groups.flatMap(({ switches }) =>
    switches.map((each) => faultSwitch(each, (path, value) => replace(withValue(now, path, value)))),
  );
  const editor = jsonEditor(replace);
  let next = 0;
  place.replaceChildren(
    ...groups.map(({ title, switches }) =>
      h(
        'fieldset',
        { class: 'fault-group' },
        h('legend', {}, title),
        ...switches.map(() => rows[next++]?.element ?? ''),
      ),
    ),
    editor.element,
  );
  return {
    /** @param {any} faults as the server has them */
    show(faults) {
      now = faults;
      for (const row of rows) row.show(faults);
      editor.show(faults);
    },
  };
}

/**
 * @param {{ path: string[], label: string, choices: Choice[] }} fault
 * @param {(path: string[], value: unknown) => void} change
 */
function faultSwitch({ path, label, choices }, change) {
  const id = `fault-${path.join('-')}`;
  const custom = h('option', { value: 'custom', hidden: true }, 'Own setting');
  const select = h(
    'select',
    { id, class: 'input' },
    ...choices.map((choice, index) => h('option', { value: String(index) }, choice.label)),
    custom,
  );
  select.addEventListener('change', () => change(path, choices[Number(select.value)]?.value));
  return {
    element: h('div', { class: 'fault' }, h('label', { for: id }, label), select),
    /** @param {any} faults */
    show(faults) {
      const value = path.reduce((/** @type {any} */ part, name) => part?.[name], faults);
      const isOff =
        value === undefined || value === false || value === 0 || (Array.isArray(value) && value.length === 0);
      const index = isOff ? 0 : choices.findIndex((choice) => JSON.stringify(choice.value) === JSON.stringify(value));
      const text = index < 0 ? ownSetting(value) : 'Own setting';
      if (custom.textContent !== text) custom.textContent = text;
      select.value = index < 0 ? 'custom' : String(index);
      select.classList.toggle('on', !isOff);
    },
  };
}

/** @param {unknown} value */
function ownSetting(value) {
  if (typeof value !== 'number') return 'Own setting';
  return value < 1 ? `In ${Math.round(value * 100)} % of cases` : `${value} more`;
}

/** @param {(faults: unknown) => Promise<void>} replace */
function jsonEditor(replace) {
  const area = h('textarea', {
    id: 'faults-json',
    class: 'input code',
    rows: '10',
    spellcheck: 'false',
    'aria-describedby': 'faults-mistake',
  });
  const mistake = h('p', { class: 'mistake', id: 'faults-mistake', role: 'alert' });
  const apply = h('button', { type: 'button', class: 'button primary' }, 'Apply');
  const clear = h('button', { type: 'button', class: 'button' }, 'All off');
  let shown = '';
  apply.addEventListener('click', () =>
    whileBusy(apply, async () => {
      mistake.textContent = '';
      try {
        const faults = JSON.parse(area.value || '{}');
        shown = area.value;
        await replace(faults);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        mistake.textContent = `This is not valid JSON: ${error.message}`;
      }
    }),
  );
  clear.addEventListener('click', () =>
    whileBusy(clear, async () => {
      mistake.textContent = '';
      shown = area.value;
      await replace({});
    }),
  );
  return {
    element: h(
      'details',
      { class: 'json' },
      h('summary', {}, 'All settings as JSON'),
      h('div', { class: 'control' }, h('label', { for: 'faults-json' }, 'Faults'), area, mistake),
      h('div', { class: 'sheet-buttons' }, clear, apply),
    ),
    /** What someone is typing is not overwritten. @param {unknown} faults */
    show(faults) {
      const text = JSON.stringify(faults, null, 2);
      if (text === shown || (area.value !== shown && document.activeElement === area)) return;
      if (area.value !== shown && shown !== '') return;
      area.value = text;
      shown = text;
    },
  };
}

/** A copy of the faults with one value changed, or taken out. @param {any} faults @param {string[]} path @param {unknown} value */
function withValue(faults, path, value) {
  const copy = structuredClone(faults);
  const [first = '', second] = path;
  if (second === undefined) copy[first] = value;
  else copy[first] = { ...copy[first], [second]: value };
  return JSON.parse(JSON.stringify(copy)); // drops what is undefined
}
