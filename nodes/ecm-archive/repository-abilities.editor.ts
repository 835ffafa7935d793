import type { Rule } from '../editor/rules.editor';

interface Abilities {
  /** Ways to name the container. */
  ways: readonly string[];
  versions: boolean;
  /** Parts of a record declaration it can honour. */
  record: readonly string[];
  /** Documents have a type of their own. */
  types: boolean;
  /** The repository tells which attributes there are. */
  attributes: boolean;
}

const all: Abilities = {
  ways: ['path', 'id', 'nickname', 'businessObject', 'workspace'],
  versions: true,
  record: ['classification', 'official', 'fileStatus', 'retainUntil', 'hold'],
  types: true,
  attributes: true,
};
const files: Abilities = { ways: ['path'], versions: false, record: [], types: false, attributes: false };

/** What kinds of repositories know; the same as `features` of each in `lib/archive/repositories`. */
const abilities: Record<string, Abilities> = {
  folder: { ...files, versions: true, record: all.record },
  'content-server': { ...all, record: ['classification', 'official', 'fileStatus', 'hold'], types: false },
  'core-content': { ...files, ways: ['path', 'id'], types: true },
  cmis: { ...all, ways: ['path', 'id'], record: ['retainUntil', 'hold'] },
  webdav: files,
  http: files,
};

/** What the chosen repository knows; everything while none is chosen. */
export function abilitiesOf(repository: string): Abilities {
  return abilities[String(RED.nodes.node(repository)?.kind)] ?? all;
}

export const knownWay: Rule = (value, { other, say, label }) => {
  const { ways } = abilitiesOf(other('repository'));
  if (ways.includes(value)) return true;
  return say('validation.way', { label, ways: ways.map((way) => say(`containerBy.${way}`)).join(', ') });
};

export const possibleCollision: Rule = (value, { other, say, label }) =>
  value !== 'version' || abilitiesOf(other('repository')).versions || say('validation.noVersions', { label });
