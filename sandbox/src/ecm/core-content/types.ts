/** The types and traits of Content Metadata that an administrator has defined. */

export interface TypeAttribute {
  name: string;
  display_name: string;
  data_type: 'string' | 'integer' | 'double' | 'boolean' | 'date';
  required: boolean;
  repeating: boolean;
  size?: number;
  system?: boolean;
}

export interface TypeDefinition {
  system_name: string;
  display_name: string;
  category: 'file' | 'folder' | 'trait';
  attributes: readonly TypeAttribute[];
}

const text = (name: string, label: string, more: Partial<TypeAttribute> = {}): TypeAttribute => ({
  name,
  display_name: label,
  data_type: 'string',
  required: false,
  repeating: false,
  size: 254,
  ...more,
});

export const typeDefinitions: readonly TypeDefinition[] = [
  { system_name: 'cms_file', display_name: 'File', category: 'file', attributes: [] },
  { system_name: 'cms_folder', display_name: 'Folder', category: 'folder', attributes: [] },
  {
    system_name: 'sandbox_signed_document',
    display_name: 'Signed document',
    category: 'file',
    attributes: [
      text('envelope_id', 'Envelope', { size: 64 }),
      text('status', 'Status', { required: true, size: 20 }),
      text('sha256', 'SHA-256', { size: 64 }),
      text('signers', 'Signers', { repeating: true }),
      { name: 'signed_on', display_name: 'Signed on', data_type: 'date', required: false, repeating: false },
      { name: 'pages', display_name: 'Pages', data_type: 'integer', required: false, repeating: false },
    ],
  },
  {
    system_name: 'sandbox_matter',
    display_name: 'Matter',
    category: 'folder',
    attributes: [text('matter_number', 'Matter number', { size: 40 })],
  },
  {
    system_name: 'sandbox_evidence',
    display_name: 'Evidence',
    category: 'trait',
    attributes: [
      text('envelope_id', 'Envelope', { size: 64 }),
      text('manifest_sha256', 'Manifest SHA-256', { size: 64 }),
    ],
  },
];

/** Types on which nothing is checked, as callers bring properties of their own. */
const openTypes = new Set(['cms_file', 'cms_folder']);

/**
 * What is wrong with the properties of an instance of a type.
 *
 * @returns a sentence, or undefined
 */
export function propertyProblem({ system_name, attributes }: TypeDefinition, properties: Record<string, unknown>) {
  if (openTypes.has(system_name)) return undefined;
  for (const name of Object.keys(properties)) {
    if (!attributes.some((one) => one.name === name))
      return `The attribute '${name}' does not exist in ${system_name}.`;
  }
  for (const { name, required, repeating, data_type: type, size } of attributes) {
    const value = properties[name];
    if (value === undefined || value === null || value === '') {
      if (required) return `The attribute '${name}' is required.`;
      continue;
    }
    if (Array.isArray(value) !== repeating)
      return `The attribute '${name}' ${repeating ? 'takes a list' : 'takes one value'}.`;
    const wrong = [value].flat().find((one) => !fits(one, type, size));
    if (wrong !== undefined) return `The value of the attribute '${name}' is not a ${type}, or too long.`;
  }
  return undefined;
}

function fits(value: unknown, type: TypeAttribute['data_type'], size: number | undefined): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'double':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'date':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
    default:
      return typeof value === 'string' && [...value].length <= (size ?? 254);
  }
}
