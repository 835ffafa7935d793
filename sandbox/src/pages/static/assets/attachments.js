// @ts-check
import { h } from './dom.js';
import { reveal } from './fields.js';

/** @typedef {import('./fields.js').Requirement} Requirement */

const largest = 10 * 1024 * 1024;

/**
 * The files a signer has to add, and those they may add.
 *
 * @param {{ uuid: string, name: string }[]} required
 * @param {boolean} more whether further files may be added
 * @param {() => void} changed
 */
export function attachmentCard(required, more, changed) {
  const chosen = /** @type {Map<string, File>} */ (new Map());
  const rows = required.map(({ uuid, name }) => row(`attachment-${uuid}`, name, uuid, chosen, changed));
  if (more) rows.push(row('attachment-more', 'Another file (optional)', '', chosen, changed));
  const element = h(
    'section',
    { class: 'card', 'aria-labelledby': 'attachments-title' },
    h('h2', { id: 'attachments-title' }, 'Your files'),
    ...rows.map(({ element }) => element),
  );
  element.hidden = rows.length === 0;
  return {
    element,
    /** @type {Requirement[]} */
    requirements: required.map(({ uuid, name }, index) => ({
      label: name,
      isDone: () => chosen.has(uuid),
      reveal: () => reveal(/** @type {HTMLElement} */ (rows[index]?.input)),
    })),
    /** Goes to the file that the server did not like. @param {string} uuid */
    blame: (uuid) => reveal(rows[required.findIndex((one) => one.uuid === uuid)]?.input ?? element),
    /** The files as the server takes them. */
    read: () =>
      Promise.all(
        [...chosen].map(async ([uuid, file]) => ({
          ...(uuid ? { for: uuid } : {}),
          name: file.name,
          content: await base64(file),
        })),
      ),
  };
}

/**
 * @param {string} id
 * @param {string} name
 * @param {string} key of the file in `chosen`
 * @param {Map<string, File>} chosen
 * @param {() => void} changed
 */
function row(id, name, key, chosen, changed) {
  const input = h('input', { id, type: 'file', class: 'input', 'aria-describedby': `${id}-mistake` });
  const mistake = h('p', { class: 'mistake', id: `${id}-mistake`, role: 'alert' });
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    const tooLarge = file !== undefined && file.size > largest;
    mistake.textContent = tooLarge ? 'The file is larger than 10 MB. Choose a smaller one.' : '';
    if (file && !tooLarge) chosen.set(key, file);
    else chosen.delete(key);
    changed();
  });
  return { input, element: h('div', { class: 'control' }, h('label', { for: id }, name), input, mistake) };
}

/** @param {Blob} file @returns {Promise<string>} */
function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '');
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
