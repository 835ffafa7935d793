import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../support/house';

const read = (...parts: string[]): string => readFileSync(path.join(projectRoot, ...parts), 'utf8');

const manifest = JSON.parse(read('package.json')) as { 'node-red': { nodes: Record<string, string> } };

/** All node types of the package. */
export const nodeTypes = Object.keys(manifest['node-red'].nodes);

export const isConfig = (type: string): boolean => /category: 'config'/.test(read('nodes', type, `${type}.html`));

export const flowNodeTypes = nodeTypes.filter((type) => !isConfig(type));

type Catalog = { [key: string]: string | Catalog };

/** A text of a node's catalog; undefined where the catalog has none. */
export function textOf(type: string, language: string, key: string): string | undefined {
  const catalog = JSON.parse(read('nodes', type, 'locales', language, `${type}.json`)) as Catalog;
  const found = key
    .split('.')
    .reduce<string | Catalog | undefined>((part, name) => (typeof part === 'object' ? part[name] : undefined), catalog);
  return typeof found === 'string' ? found : undefined;
}

/** A label without the breaks the editor puts into it. */
export const withoutSpaces = (text: string | undefined): string => (text ?? '').replace(/\s/g, '');
