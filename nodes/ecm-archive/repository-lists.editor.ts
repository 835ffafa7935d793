import { type Answer, ask } from '../editor/runtime.editor';
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

/** Asks a repository; only a deployed one can be asked, so a failure for a changed one is most likely that. */
async function askRepository<Full extends Answer>(say: Say, id: string, what: string): Promise<Full | Answer> {
  const repository = RED.nodes.node(id);
  const deployFirst: Answer = { ok: false, message: say('message.deployFirst') };
  if (!repository) return deployFirst;
  const answer = await ask<Full>(say, 'GET', `repository/${encodeURIComponent(id)}/${what}`);
  return answer.ok || !repository.changed ? answer : deployFirst;
}

/** What documents can be in a repository. */
export const askTypes = (say: Say, id: string) => askRepository<Answer & { types: TypeChoice[] }>(say, id, 'types');

/** Attributes of a type, aspect or category. */
export const askAttributes = (say: Say, id: string, type: string) =>
  askRepository<Answer & { attributes: Attribute[] }>(say, id, `attributes?type=${encodeURIComponent(type)}`);
