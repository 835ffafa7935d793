/** Categories (metadata) and classifications of a node. Attribute ids are `<category>_<attribute>`, as the API has them. */
import { z } from 'zod';
import { SignatureError } from '../../../errors';
import { isGood, readAs } from '../remote';
import type { Attribute, AttributeValue, Metadata, TypeChoice } from '../types';
import { contentServerFault } from './faults';
import { type ContentServerNodes, fieldPairs, nodeType, volumeType } from './nodes';

const field = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  title: z.string().optional(),
  format: z.string().optional(),
  required: z.boolean().optional(),
  readonly: z.boolean().optional(),
  maxLength: z.number().nullish(),
  enum: z.array(z.unknown()).optional(),
  items: z
    .object({ type: z.string().optional(), maxLength: z.number().nullish(), enum: z.array(z.unknown()).optional() })
    .optional(),
});
const formAnswer = z.object({
  forms: z
    .array(
      z.object({
        data: z.record(z.string(), z.unknown()).nullish(),
        options: z.object({ fields: z.record(z.string(), z.unknown()).default({}) }).optional(),
        schema: z.object({ properties: z.record(z.string(), z.unknown()).default({}) }),
      }),
    )
    .min(1),
});
const optionField = z.object({ label: z.string().optional(), type: z.string().optional() });
const classified = z.object({ data: z.array(z.object({ id: z.union([z.number(), z.string()]) })).default([]) });

const types: Readonly<Record<string, Attribute['type']>> = {
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'date',
};

const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.every(isBlank));

/** The category an attribute belongs to. @throws SignatureError UNKNOWN_TYPE */
function categoryOf(attribute: string): string {
  const category = /^(\d+)_\d+(?:_x?\d+_\d+)?$/.exec(attribute)?.[1];
  if (category !== undefined) return category;
  throw new SignatureError(
    'UNKNOWN_TYPE',
    `attributes.${attribute} is no attribute of a category. Write it as <category id>_<attribute number>, for example 12508_2.`,
    { field: `attributes.${attribute}` },
  );
}

/** Attributes by category. */
export function byCategory(attributes: Metadata['attributes']): Map<string, [string, AttributeValue][]> {
  const found = new Map<string, [string, AttributeValue][]>();
  for (const [id, value] of Object.entries(attributes)) {
    const category = categoryOf(id);
    found.set(category, [...(found.get(category) ?? []), [id, value]]);
  }
  return found;
}

export class ContentServerCategories {
  constructor(private readonly nodes: ContentServerNodes) {}

  get #session() {
    return this.nodes.session;
  }

  /** The categories below the categories volume, at most two levels deep. */
  async choices(): Promise<TypeChoice[]> {
    const top = (await this.nodes.volume(volumeType.categories)).id;
    const here = await this.nodes.children(top);
    const folders = here.filter(({ type }) => type === nodeType.folder || type === 132).slice(0, 50);
    const below = await Promise.all(folders.map(({ id }) => this.nodes.children(id, nodeType.category)));
    return [...here, ...below.flat()]
      .filter(({ type }) => type === nodeType.category)
      .map(({ id, name }) => ({ id, name, kind: 'category' }));
  }

  /**
   * The attributes of a category, with defaults noted as not required.
   *
   * @param node on which it would be used; default the enterprise volume
   * @throws SignatureError UNKNOWN_TYPE
   */
  async attributes(category: string): Promise<Attribute[]> {
    const { id: node } = await this.nodes.volume(volumeType.enterprise);
    const query = { id: node, category_id: category };
    const answer = await this.#session.get('v1/forms/nodes/categories/create', query, [404, 500]);
    if (!isGood(answer)) {
      if (answer.status === 401) throw contentServerFault(answer, this.#session.options);
      throw new SignatureError(
        'UNKNOWN_TYPE',
        `Category ${category} does not exist in Content Server, or the credentials may not see it.`,
        { field: 'attributes', status: answer.status },
      );
    }
    const { forms } = readAs(formAnswer, answer.data, 'Content Server');
    return forms.flatMap(({ schema, options, data }) =>
      Object.entries(schema.properties)
        .filter(([id]) => new RegExp(`^${category}_\\d+(?:_|$)`).test(id))
        .map(([id, raw]): Attribute => {
          const definition = field.catch({}).parse(raw);
          const option = optionField.catch({}).parse(options?.fields[id]);
          const multiple = definition.type === 'array' || definition.items !== undefined;
          const kind = [definition.items?.type ?? definition.type].flat()[0] ?? '';
          const maxLength = definition.maxLength ?? definition.items?.maxLength;
          const choices = (definition.enum ?? definition.items?.enum)?.filter((choice) => !isBlank(choice)).map(String);
          return {
            id,
            name: option.label ?? definition.title ?? id,
            type: types[option.type ?? ''] ?? types[definition.format ?? ''] ?? types[kind] ?? 'text',
            required: definition.required === true && isBlank(data?.[id]),
            multiple,
            ...(maxLength && { maxLength }),
            ...(choices && choices.length > 0 && { choices }),
          };
        }),
    );
  }

  /** @throws SignatureError UNKNOWN_TYPE, MISSING_ATTRIBUTE, BAD_INPUT */
  async check(metadata: Metadata): Promise<void> {
    for (const [category, values] of byCategory(metadata.attributes)) {
      const known = new Map((await this.attributes(category)).map((attribute) => [attribute.id, attribute]));
      for (const [id, value] of values) {
        const isRow = /^\d+_\d+_x?\d+_\d+$/.test(id);
        const attribute = known.get(id);
        if (attribute === undefined && !isRow) throw unknown(id, category);
        const longest = attribute?.maxLength;
        if (longest !== undefined && [value].flat().some((text) => [...String(text)].length > longest)) {
          throw badValue(id, `has more than ${longest} characters. Shorten it.`);
        }
        const choices = attribute?.choices;
        if (
          choices !== undefined &&
          !isBlank(value) &&
          ![value].flat().every((item) => choices.includes(String(item)))
        ) {
          throw badValue(id, `is not one of: ${choices.slice(0, 20).join(', ')}.`);
        }
      }
      const given = new Map(values);
      for (const { id, name, required } of known.values())
        if (required && isBlank(given.get(id))) throw missing(id, name);
    }
  }

  /** Sets attributes, adding a category where the node does not have it. Repeating it changes nothing. */
  async set(node: string, metadata: Metadata): Promise<void> {
    for (const [category, values] of byCategory(metadata.attributes)) {
      const pairs = values.flatMap(([id, value]) => fieldPairs(id, value));
      const path = `v2/nodes/${node}/categories/${category}`;
      const changed = await this.#session.form('PUT', path, pairs);
      if (isGood(changed)) continue;
      const added = await this.#session.form('POST', `v2/nodes/${node}/categories`, [
        ['category_id', category],
        ...pairs,
      ]);
      // When it is the node that cannot be changed, the first answer says why.
      if (!isGood(added)) throw contentServerFault(changed, this.#session.options);
    }
    await this.#classify(node, (metadata.classifications ?? []).map(Number));
  }

  /** The request replaces all classifications, so those present are sent along. */
  async #classify(node: string, wanted: readonly number[]): Promise<void> {
    if (wanted.length === 0) return;
    const path = `v1/nodes/${node}/classifications`;
    const answer = await this.#session.get(path, {}, [404]);
    const present = isGood(answer)
      ? readAs(classified, answer.data, 'Content Server').data.map(({ id }) => Number(id))
      : [];
    if (wanted.every((id) => present.includes(id))) return;
    const body = { class_id: [...new Set([...present, ...wanted])], apply_to_sub_items: false, inherit_flag: false };
    const changed = await this.#session.body('POST', path, body);
    if (!isGood(changed)) throw contentServerFault(changed, this.#session.options);
  }
}

const badValue = (id: string, why: string): SignatureError =>
  new SignatureError('BAD_INPUT', `attributes.${id} ${why}`, { field: `attributes.${id}` });

const unknown = (id: string, category: string): SignatureError =>
  new SignatureError(
    'UNKNOWN_TYPE',
    `attributes.${id} is no attribute of category ${category}. Remove it from the mapping.`,
    {
      field: `attributes.${id}`,
    },
  );

const missing = (id: string, name: string): SignatureError =>
  new SignatureError('MISSING_ATTRIBUTE', `attributes.${id} (${name}) is mandatory and has no value. Map it.`, {
    field: `attributes.${id}`,
  });
