import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';

/** The nodes of the package that have a dialog. */
export const nodeTypes = [
  'core-signature-account',
  'signature-ledger',
  'send-envelope',
  'signature-event-in',
  'wait-for-status',
  'escalate',
  'push-notify',
  'push-service',
  'working-calendar',
  'ecm-repository',
  'ecm-archive',
] as const;

export const languages = ['en-US', 'de'] as const;

export interface Default {
  value?: unknown;
  type?: string;
  required?: boolean;
  label?: string;
  validate?: (this: object, value: unknown, options: object) => true | string;
}

export interface Definition {
  category: string;
  icon: string;
  inputs?: number;
  outputs?: number;
  defaults: Record<string, Default>;
  credentials?: Record<string, { type: string }>;
  paletteLabel?: () => string;
  outputLabels?: (index: number) => string;
  label(this: object): string;
}

export interface Page {
  html: string;
  /** The html of the dialog alone. */
  template: string;
  definition: Definition;
  /** What the dialog's own script offers to its html, for example `prepare`. */
  script: Record<string, (...given: never[]) => unknown>;
}

export type Catalog = { [key: string]: string | Catalog };

const folder = (type: string) => path.resolve(__dirname, '../../../dist/nodes', type);

export const readHelp = (type: string, language: string): string =>
  readFileSync(path.join(folder(type), 'locales', language, `${type}.html`), 'utf8');

export const readCatalog = (type: string, language: string): Catalog =>
  JSON.parse(readFileSync(path.join(folder(type), 'locales', language, `${type}.json`), 'utf8'));

/** The text behind a key such as `label.name`, or nothing. */
export function textOf(catalog: Catalog, key: string): string | undefined {
  let found: string | Catalog | undefined = catalog;
  for (const part of key.split('.')) found = typeof found === 'object' ? found[part] : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** Every key of a catalog that leads to a text. */
export function keysOf(catalog: Catalog, prefix = ''): string[] {
  return Object.entries(catalog).flatMap(([key, value]) =>
    typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`),
  );
}

/** Configuration nodes a flow may have, by id: an account on the sandbox, and a repository of each kind. */
const configured: Record<string, object> = {
  sandbox: { service: 'sandbox' },
  ...Object.fromEntries(
    ['folder', 'content-server', 'core-content', 'cmis', 'webdav', 'http'].map((kind) => [kind, { kind }]),
  ),
};

/** Stands in for the editor: texts come from the built catalog, an unknown key comes back as it is. */
function editorStub(language: string, register: (type: string, definition: Definition) => void) {
  return {
    _: (key: string, values: Record<string, unknown> = {}) => {
      const [, type = '', name = ''] = /\/([a-z-]+):(.+)$/.exec(key) ?? [];
      const text = textOf(readCatalog(type, language), name) ?? key;
      return text.replace(/__(\w+)__/g, (whole, value) => String(values[value] ?? whole));
    },
    nodes: { registerType: register, node: (id: string) => configured[id] ?? null },
    editor: { getEditStack: () => [] },
    utils: {
      validateTypedProperty: (value: string, type: string) => {
        if (type !== 'json') return true;
        try {
          JSON.parse(value);
          return true;
        } catch {
          return 'Invalid JSON';
        }
      },
    },
  };
}

/** Evaluates the built dialog of a node as the editor does, without any dialog being open. */
export function loadPage(type: string, language = 'en-US'): Page {
  const html = readFileSync(path.join(folder(type), `${type}.html`), 'utf8');
  const registered = new Map<string, Definition>();
  const RED = editorStub(language, (name, definition) => registered.set(name, definition));
  const context = vm.createContext({ RED, URL, coreSignature: {} });
  for (const [, script = ''] of html.matchAll(/<script type="text\/javascript">([\s\S]*?)<\/script>/g)) {
    vm.runInContext(script, context);
  }
  const definition = registered.get(type);
  if (!definition)
    throw new Error(`The dialog of ${type} registers ${[...registered.keys()].join(', ') || 'nothing'}.`);
  const template = new RegExp(`<script type="text/html" data-template-name="${type}">([\\s\\S]*?)</script>`).exec(html);
  const camelCase = type.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  return { html, template: template?.[1] ?? '', definition, script: context.coreSignature[camelCase] };
}

/** A node as the editor would have it: the defaults, with some properties set. */
export function nodeWith({ defaults, category }: Definition, properties: Record<string, unknown> = {}) {
  const values = Object.fromEntries(Object.entries(defaults).map(([key, { value }]) => [key, value]));
  return { id: 'n1', _def: { category, defaults }, ...values, ...properties };
}

/** What the validator of a property says about a value. */
export function verdict({ definition }: Page, property: string, value: unknown, properties: object = {}) {
  const node = nodeWith(definition, { ...properties, [property]: value });
  return definition.defaults[property]?.validate?.call(node, value, {});
}
