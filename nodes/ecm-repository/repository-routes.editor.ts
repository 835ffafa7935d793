import type { Answer } from '../editor/runtime.editor';
import type { Say } from '../editor/texts.editor';

/** A type of documents, or a group of attributes, as the repository lists it. */
export interface TypeChoice {
  id: string;
  name: string;
  kind: 'type' | 'aspect' | 'category';
}

export interface Attribute {
  id: string;
  name: string;
  type: 'text' | 'number' | 'boolean' | 'date';
  required: boolean;
  multiple: boolean;
}

const root = 'core-signature/repository';

/** Asks the runtime. A request that fails becomes an answer with a plain message. */
async function ask<Full extends Answer>(say: Say, path: string, body?: object): Promise<Full | Answer> {
  const request = { url: `${root}/${path}`, dataType: 'json' } as const;
  const posted = { type: 'POST', contentType: 'application/json', data: JSON.stringify(body) } as const;
  try {
    return (await $.ajax(body ? { ...request, ...posted } : { ...request, type: 'GET' })) as Full;
  } catch (thrown) {
    const status = (thrown as { status?: number } | null)?.status ?? 0;
    const key = status === 401 || status === 403 ? 'notAllowed' : 'noAnswer';
    return { ok: false, message: say(`message.${key}`, { status }) };
  }
}

/**
 * Tries to log on.
 *
 * @param body `{id, config, credentials}` as the dialog has them now; of the secrets only those typed anew
 */
export const testRepository = (say: Say, body: object) => ask<Answer>(say, 'test', body);

/** Asks a repository; only a deployed one can be asked, so a failure for a changed one is most likely that. */
async function askRepository<Full extends Answer>(say: Say, id: string, what: string): Promise<Full | Answer> {
  const repository = RED.nodes.node(id);
  const deployFirst: Answer = { ok: false, message: say('message.deployFirst') };
  if (!repository) return deployFirst;
  const answer = await ask<Full>(say, `${encodeURIComponent(id)}/${what}`);
  return answer.ok || !repository.changed ? answer : deployFirst;
}

/** What documents can be in a repository. */
export const askTypes = (say: Say, id: string) => askRepository<Answer & { types: TypeChoice[] }>(say, id, 'types');

/** Attributes of a type, aspect or category. */
export const askAttributes = (say: Say, id: string, type: string) =>
  askRepository<Answer & { attributes: Attribute[] }>(say, id, `attributes?type=${encodeURIComponent(type)}`);
