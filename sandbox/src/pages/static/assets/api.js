// @ts-check

/** The server's refusal, with a text for people and, where one is to blame, the field's id. */
export class Refusal extends Error {
  /**
   * @param {string} message
   * @param {number} status
   * @param {string} [field]
   */
  constructor(message, status, field) {
    super(message);
    this.status = status;
    this.field = field;
  }
}

/**
 * Asks the server and reads its JSON answer.
 *
 * @param {string} path
 * @param {{ method?: string, body?: unknown }} [request] with a body it is a POST unless a method is given
 * @returns {Promise<any>}
 * @throws {Refusal} when the server refuses or cannot be reached
 */
export async function ask(path, request = {}) {
  const { body } = request;
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, {
      method: request.method ?? (body === undefined ? 'GET' : 'POST'),
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
    });
  } catch {
    throw new Refusal('The server does not answer. Check your connection and try again.', 0);
  }
  const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const text = typeof answer.error === 'string' ? answer.error : typeof answer.detail === 'string' ? answer.detail : '';
  throw new Refusal(text || `The server refused (status ${response.status}).`, response.status, answer.field);
}
