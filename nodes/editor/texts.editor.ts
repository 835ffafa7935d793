/** Texts of one node in the language of the editor. */
export type Say = (key: string, values?: Record<string, string | number>) => string;

const packageName = '@signature-flows/node-red-core-signature';

/**
 * Texts from the catalog `nodes/<type>/locales/<lang>/<type>.json`.
 *
 * @param type the node's type, which names its catalog
 */
export function textsOf(type: string): Say {
  return (key, values) => RED._(`${packageName}/${type}:${key}`, values);
}
