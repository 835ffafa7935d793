/** CMIS types, and attributes as the properties these types define. */
import { z } from 'zod';
import { SignatureError } from '../../../errors';
import { isGood, readAs } from '../remote';
import type { Attribute, AttributeValue, Metadata, TypeChoice } from '../types';
import { type CmisClient, cmisFault, type Pairs } from './client';

const property = z.object({
  id: z.string(),
  displayName: z.string().optional(),
  propertyType: z.string(),
  cardinality: z.string().default('single'),
  updatability: z.string().default('readwrite'),
  required: z.boolean().default(false),
  maxLength: z.number().optional(),
  defaultValue: z.unknown().optional(),
  choice: z.array(z.object({ value: z.unknown() })).optional(),
});

const type = z.object({
  id: z.string(),
  displayName: z.string().optional(),
  baseId: z.string().optional(),
  versionable: z.boolean().default(false),
  creatable: z.boolean().default(true),
  propertyDefinitions: z.record(z.string(), property).default({}),
});

export type CmisType = z.infer<typeof type>;

interface TypeTree {
  type: CmisType;
  children: TypeTree[];
}
const tree: z.ZodType<TypeTree, unknown> = z.lazy(() =>
  z.object({
    type,
    children: z
      .array(tree)
      .nullish()
      .transform((children) => children ?? []),
  }),
);

/** The service's own properties, which are set elsewhere. */
const own = /^cmis:(?:name|objectTypeId|secondaryObjectTypeIds)$/;

export class CmisModel {
  readonly #types = new Map<string, CmisType>();

  constructor(private readonly client: CmisClient) {}

  /** @throws SignatureError UNKNOWN_TYPE */
  async type(id: string, field = 'type'): Promise<CmisType> {
    const known = this.#types.get(id);
    if (known !== undefined) return known;
    const answer = await this.client.select('repository', { cmisselector: 'typeDefinition', typeId: id });
    if (!isGood(answer)) {
      throw new SignatureError('UNKNOWN_TYPE', `${field} ${JSON.stringify(id)} is no type of the CMIS repository.`, {
        field,
        status: answer.status,
      });
    }
    const found = readAs(type, answer.data, this.client.options.service);
    this.#types.set(id, found);
    return found;
  }

  /** Types that documents can have, and secondary types. */
  async choices(): Promise<TypeChoice[]> {
    const below = async (base: string, kind: TypeChoice['kind']) => {
      const answer = await this.client.select('repository', {
        cmisselector: 'typeDescendants',
        typeId: base,
        depth: -1,
        includePropertyDefinitions: false,
      });
      if (!isGood(answer)) {
        // CMIS 1.0 servers have no secondary types.
        if (kind === 'aspect') return [];
        throw cmisFault(answer, this.client.options);
      }
      const flat = (nodes: TypeTree[]): CmisType[] => nodes.flatMap((node) => [node.type, ...flat(node.children)]);
      return flat(readAs(z.array(tree), answer.data, this.client.options.service)).map(
        ({ id, displayName }): TypeChoice => ({ id, name: displayName ?? id, kind }),
      );
    };
    const documents = await below('cmis:document', 'type');
    return [
      { id: 'cmis:document', name: 'Document', kind: 'type' },
      ...documents,
      ...(await below('cmis:secondary', 'aspect')),
    ];
  }

  async attributes(id: string): Promise<Attribute[]> {
    return settable(await this.type(id)).map((definition) => ({
      id: definition.id,
      name: definition.displayName ?? definition.id,
      type: kinds[definition.propertyType] ?? 'text',
      required: definition.required && definition.defaultValue === undefined,
      multiple: definition.cardinality === 'multi',
      ...(definition.maxLength !== undefined && { maxLength: definition.maxLength }),
      ...(definition.choice !== undefined && { choices: definition.choice.flatMap(({ value }) => value).map(String) }),
    }));
  }

  /**
   * Checks metadata against the types and writes it as form fields.
   *
   * @param extra further properties, such as the name
   * @param complete whether mandatory properties have to be there
   * @throws SignatureError UNKNOWN_TYPE (type, aspect, or an attribute of none of them), MISSING_ATTRIBUTE, BAD_INPUT
   */
  async pairs(metadata: Metadata | undefined, extra: Record<string, AttributeValue>, complete: boolean) {
    const aspects = metadata?.aspects ?? [];
    const types = [await this.type(metadata?.type ?? 'cmis:document')];
    for (const aspect of aspects) types.push(await this.type(aspect, 'aspects'));
    const definitions = new Map(types.flatMap(settable).map((definition) => [definition.id, definition]));
    const values: Record<string, AttributeValue> = {
      ...extra,
      ...metadata?.attributes,
      ...(metadata?.description !== undefined && { 'cmis:description': metadata.description }),
    };
    for (const { id, required, defaultValue } of complete ? definitions.values() : []) {
      if (required && defaultValue === undefined && isBlank(values[id])) throw missing(id);
    }
    const pairs: [string, string][] = [];
    const add = (id: string, value: AttributeValue) => {
      const n = pairs.filter(([name]) => name.startsWith('propertyId[')).length;
      const definition = definitions.get(id);
      if (definition === undefined && !own.test(id)) throw unknown(id);
      pairs.push([`propertyId[${n}]`, id]);
      const multiple = definition?.cardinality === 'multi' || Array.isArray(value);
      const list = Array.isArray(value) ? value : [value];
      for (const [m, one] of list.entries()) {
        pairs.push([`propertyValue[${n}]${multiple ? `[${m}]` : ''}`, written(id, one, definition?.propertyType)]);
      }
    };
    for (const [id, value] of Object.entries(values)) add(id, value);
    return { pairs: pairs satisfies Pairs, versionable: types[0]?.versionable === true };
  }
}

const kinds: Readonly<Record<string, Attribute['type']>> = {
  integer: 'number',
  decimal: 'number',
  boolean: 'boolean',
  datetime: 'date',
};

const settable = ({ propertyDefinitions }: CmisType) =>
  Object.values(propertyDefinitions).filter(({ id, updatability }) => updatability !== 'readonly' && !own.test(id));

const isBlank = (value: AttributeValue | undefined): boolean =>
  value === undefined || value === '' || (Array.isArray(value) && value.length === 0);

/** One value as the form carries it: moments as milliseconds since 1970. */
function written(id: string, value: string | number | boolean, kind: string | undefined): string {
  if (kind !== 'datetime' || typeof value === 'number') return String(value);
  const moment = Date.parse(String(value));
  if (!Number.isNaN(moment)) return String(moment);
  throw new SignatureError(
    'BAD_INPUT',
    `attributes.${id} is no date. Write it as 2026-01-31 or 2026-01-31T12:00:00Z.`,
    {
      field: `attributes.${id}`,
    },
  );
}

const missing = (id: string): SignatureError =>
  new SignatureError('MISSING_ATTRIBUTE', `attributes.${id} is mandatory for this type and has no value. Map it.`, {
    field: `attributes.${id}`,
  });

const unknown = (id: string): SignatureError =>
  new SignatureError(
    'UNKNOWN_TYPE',
    `attributes.${id} is no writable property of the type or its aspects. Remove it from the mapping, or add the aspect.`,
    { field: `attributes.${id}` },
  );
