// @ts-check
import { h } from './dom.js';
import { moment } from './inbox-items.js';

/**
 * @typedef {{ number: number, size: number, sha256: string, at: string, url: string }} Version
 * @typedef {{ id: string, service: keyof typeof services, path: string, name: string, size: number, sha256: string,
 *   versions: Version[], metadata: Record<string, unknown>, record: Record<string, unknown> | null, at: string,
 *   url: string }} Filed
 */

/** The repositories, as people call them. */
export const services = {
  'content-server': 'Content Server',
  'core-content': 'Core Content',
  webdav: 'WebDAV',
  http: 'HTTP',
};

/** A document with where it is, what is known about it, and its versions to be saved. @param {Filed} filed */
export function renderFiled(filed) {
  const { service, name, path, size, sha256, versions, metadata, record, at } = filed;
  const latest = versions.at(-1);
  return h(
    'li',
    { class: 'item' },
    h('p', { class: 'item-head' }, h('strong', {}, name), h('span', { class: 'badge active' }, services[service])),
    h('p', { class: 'quiet' }, path ? `${path.split('/').join(' › ')} · ` : '', `${bytes(size)} · `, moment(at)),
    h('p', { class: 'url quiet' }, h('span', { class: 'hash-name' }, 'SHA-256 '), sha256),
    record && renderRecord(record),
    h(
      'p',
      { class: 'links' },
      latest && download(latest, `Download${versions.length > 1 ? ` version ${latest.number}` : ''}`, name),
      ...versions
        .slice(0, -1)
        .reverse()
        .map((version) => download(version, `Version ${version.number}`, name)),
    ),
    Object.keys(metadata).length > 0 &&
      h('details', {}, h('summary', {}, 'Metadata'), h('dl', { class: 'facts' }, ...facts(metadata))),
  );
}

/** @param {Record<string, unknown>} record */
function renderRecord(record) {
  const { official, holds, classification, fileNumber, fileStatus } = record;
  const words = [classification, fileNumber, fileStatus].filter(Boolean).join(' · ');
  return h(
    'p',
    { class: 'record' },
    classification
      ? h('span', { class: `badge ${official ? 'good' : ''}` }, official ? 'Official record' : 'Record')
      : null,
    Array.isArray(holds) ? h('span', { class: 'badge warn' }, `On hold: ${holds.join(', ')}`) : null,
    words ? h('span', { class: 'quiet' }, words) : null,
  );
}

/** Names with their values. @param {Record<string, unknown>} values */
export function facts(values) {
  return Object.entries(values).map(([name, value]) =>
    h('div', {}, h('dt', {}, name), h('dd', {}, typeof value === 'object' ? listed(value) : String(value))),
  );
}

/** @param {unknown} value */
const listed = (value) => (Array.isArray(value) ? value.join(', ') : JSON.stringify(value));

/** @param {Version} version @param {string} label @param {string} name */
function download({ url, size }, label, name) {
  return h(
    'a',
    { class: 'button small', href: url, download: name, title: bytes(size), 'aria-label': `${label} of ${name}` },
    label,
  );
}

/** A size for people. @param {number} count */
export function bytes(count) {
  const units = ['bytes', 'kB', 'MB', 'GB'];
  const power = count < 1000 ? 0 : Math.min(Math.floor(Math.log10(count) / 3), units.length - 1);
  const number = (count / 1000 ** power).toLocaleString(undefined, { maximumFractionDigits: power === 0 ? 0 : 1 });
  return `${number} ${units[power]}`;
}
