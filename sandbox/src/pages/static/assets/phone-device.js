// @ts-check
import { ask, Refusal } from './api.js';
import { decrypt, makeKeys } from './phone-keys.js';

/**
 * @typedef {{ installation: string, keys: Record<string, import('./phone-keys.js').Keys>, phone: any }} Memory
 */

/** One phone: what this browser keeps of it, and its calls to the sandbox. */
export class Device {
  /** @param {string} name */
  constructor(name) {
    this.name = name;
    this.storageKey = `phone:${name}`;
    this.memory = this.#remembered();
    this.takenOver = false;
    /** @type {string[]} names of all phones */
    this.phones = [];
    this.now = Date.now();
  }

  /** The phone as it was last known, with all its notifications. */
  get phone() {
    return this.memory.phone;
  }

  /** Opens the phone at the sandbox; whoever had it in another browser loses it. */
  async open() {
    const { installation } = this.memory;
    this.#keep(await ask('/sandbox/push/phones', { body: { name: this.name, installation } }));
    this.takenOver = false;
  }

  /**
   * Asks for news, decrypts what has come, and has it shown.
   *
   * @throws {Refusal} when the sandbox cannot be reached
   */
  async poll() {
    if (!this.phone) await this.open();
    const { installation } = this.memory;
    const news = await this.#call('/poll', { body: { installation } }).catch(async (error) => {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
      this.#forget(); // the sandbox was reset
      await this.open();
      return this.#call('/poll', { body: { installation: this.memory.installation } });
    });
    this.now = Date.parse(news.now);
    this.phones = news.phones;
    this.takenOver = !news.isOwner && !news.phone.headless;
    this.#keep(news.phone);
    for (const message of news.messages) await this.#read(message);
  }

  /** @param {any} message */
  async #read({ id, subscription, body }) {
    const keys = this.memory.keys[subscription];
    /** @type {{ text: string } | { error: string }} */
    let result;
    try {
      if (!keys) throw new Error('This page has no keys for the subscription.');
      result = { text: await decrypt(body, keys) };
    } catch (error) {
      result = { error: error instanceof Error ? error.message : String(error) };
    }
    this.#keep(await this.#call(`/messages/${id}`, { body: result }));
  }

  /**
   * Subscribes to a sender with new keys.
   *
   * @param {string} label
   * @param {string} [applicationServerKey] VAPID public key to which the subscription is restricted
   * @returns {Promise<{ id: string, endpoint: string, expirationTime: number | null, keys: object }>}
   */
  async subscribe(label, applicationServerKey) {
    const keys = await makeKeys();
    const { p256dh, auth } = keys;
    const subscription = await this.#call('/subscriptions', {
      body: { label, applicationServerKey, keys: { p256dh, auth } },
    });
    this.memory.keys[subscription.id] = keys;
    this.#save();
    return subscription;
  }

  /** @param {string} id */
  async unsubscribe(id) {
    await this.#call(`/subscriptions/${id}`, { method: 'DELETE' });
    delete this.memory.keys[id];
    this.#save();
  }

  /** Registers at Node-RED: asks for its key, subscribes, and hands the subscription over. @param {Invitation} invitation */
  async register({ at, invitation }) {
    const { publicKey } = await ask(`${at}?${new URLSearchParams({ invitation })}`);
    const { id, endpoint, expirationTime, keys } = await this.subscribe(new URL(at).host, publicKey);
    try {
      await ask(at, { body: { invitation, subscription: { endpoint, expirationTime, keys } } });
    } catch (error) {
      await this.unsubscribe(id);
      throw error;
    }
  }

  /** @param {string} id @param {'open' | 'dismiss'} action */
  async touch(id, action) {
    this.#keep(await this.#call(`/notifications/${id}`, { body: { action } }));
  }

  /** @param {{ off?: boolean, topics?: string[] }} changes */
  async change(changes) {
    this.#keep(await this.#call('', { method: 'PATCH', body: changes }));
  }

  /** @param {'POST' | 'DELETE'} method get a token, or lose it */
  async token(method) {
    this.#keep(await this.#call('/token', { method }));
  }

  /** @param {string} path @param {{ method?: string, body?: unknown }} request */
  #call(path, request) {
    return ask(`/sandbox/push/phones/${this.phone.id}${path}`, request);
  }

  /** @returns {Memory} */
  #remembered() {
    try {
      const memory = JSON.parse(localStorage.getItem(this.storageKey) ?? '');
      if (memory?.installation && memory.keys) return memory;
    } catch {
      // nothing that could be read
    }
    return { installation: randomId(), keys: {}, phone: null };
  }

  #forget() {
    this.memory = { installation: randomId(), keys: {}, phone: null };
  }

  /** @param {any} phone */
  #keep(phone) {
    this.memory.phone = phone;
    this.#save();
  }

  #save() {
    localStorage.setItem(this.storageKey, JSON.stringify(this.memory));
  }
}

const randomId = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, '0')).join('');

/** @typedef {{ at: string, invitation: string }} Invitation */

/**
 * Finds the invitation in an address: the address of the runtime's route with the invitation, or a link to this page
 * that has both as parameters.
 *
 * @param {string} address
 * @returns {Invitation | undefined}
 */
export function readInvitation(address) {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  const invitation = url.searchParams.get('invitation');
  const at = url.searchParams.get('at') ?? `${url.origin}${url.pathname}`;
  if (!invitation || !URL.canParse(at) || !/^https?:$/.test(new URL(at).protocol)) return undefined;
  return { at, invitation };
}
