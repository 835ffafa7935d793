/** CMIS types, and attributes as the properties these types define. */
import { z } from 'zod';
import { SignatureError } from '../../../errors';
import { isGood, readAs } from '../remote';
import type { Attribute, AttributeValue, Metadata, TypeChoice } from '../types';
import { type CmisClient, cmisFault } from './client';
import type { Value } from './form';

const property = z.object({
  id: z.string(),
  queryName: z.string().optional(),
  displayName: z.string().optional(),
  propertyType: z.string(),
  cardinality: z.string().default('single'),
  updatability: z.string().default('readwrite'),
  required: z.boolean().default(false),
  maxLength: z.number().optional(),
  defaultValue: z.unknown().optional(),
  choice: z.array(z.object({ value: z.unknown() })).optional(),
});

export type CmisProperty = z.infer<typeof property>;

const type = z.object({
  id: z.string(),
  queryName: z.string().optional(),
  displayName: z.string().optional(),
  baseId: z.string().optional(),
  versionable: z.boolean().default(false),
  creatable: z.boolean().default(true),
  includedInSupertypeQuery: z.boolean().default(true),
  propertyDefinitions: z.record(z.string(), property).default({}),
});

export type CmisType = z.infer<typeof type>;

export interface TypeTree {
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

export const documentType = 'cmis:document';
export const secondaryType = 'cmis:secondary';

/** The service's own properties, which are set elsewhere. */
const own = /^cmis:(?:name|objectTypeId|secondaryObjectTypeIds)$/;

export class CmisModel {
  readonly #types = new Map<string, CmisType>();
  #secondary: Promise<TypeTree[]> | undefined;

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

  /** The types below one, with their definitions if wanted. @throws SignatureError of the refusal */
  async below(base: string, withProperties: boolean): Promise<TypeTree[]> {
    const answer = await this.client.select('repository', {
      cmisselector: 'typeDescendants',
      typeId: base,
      depth: -1,
      includePropertyDefinitions: withProperties,
    });
    // CMIS 1.0 servers have no secondary types.
    if (!isGood(answer) && base === secondaryType) return [];
    if (!isGood(answer)) throw cmisFault(answer, this.client.options);
    return readAs(z.array(tree), answer.data, this.client.options.service);
  }

  /** All secondary types with their definitions. */
  secondaryTypes(): Promise<TypeTree[]> {
    this.#secondary ??= this.below(secondaryType, true).catch((thrown) => {
      this.#secondary = undefined;
      throw thrown;
    });
    return this.#secondary;
  }

  /**
   * The given secondary types, and those that define properties the type does not have: who sets a property of a
   * secondary type wants the document to have that type.
   */
  async aspectsFor(
    id: string,
    aspects: readonly string[] | undefined,
    properties: readonly string[],
  ): Promise<readonly string[]> {
    const definitions = await this.definitions(id, aspects);
    const unknown = properties.filter((property) => !definitions.has(property) && !own.test(property));
    if (unknown.length === 0) return aspects ?? [];
    const homeOf = (nodes: readonly TypeTree[], property: string): string | undefined => {
      const here = nodes.find(({ type: { propertyDefinitions } }) => propertyDefinitions[property] !== undefined);
      const below = nodes.flatMap(({ children }) => children);
      return here?.type.id ?? (below.length === 0 ? undefined : homeOf(below, property));
    };
    const all = await this.secondaryTypes();
    const homes = unknown.map((property) => homeOf(all, property)).filter((home) => home !== undefined);
    return [...new Set([...(aspects ?? []), ...homes])];
  }

  /** Types that documents can have, and secondary types. */
  async choices(): Promise<TypeChoice[]> {
    const flat = (nodes: TypeTree[]): CmisType[] => nodes.flatMap((node) => [node.type, ...flat(node.children)]);
    const below = async (base: string, kind: TypeChoice['kind']) =>
      flat(await this.below(base, false)).map(
        ({ id, displayName }): TypeChoice => ({ id, name: displayName ?? id, kind }),
      );
    return [
      { id: documentType, name: 'Document', kind: 'type' },
      ...(await below(documentType, 'type')),
      ...(await below(secondaryType, 'aspect')),
    ];
  }

  async attributes(id: string): Promise<Attribute[]> {
    return settable(await this.type(id)).map((definition) => ({
      id: definition.id,
      name: definition.displayName ?? definition.id,
      type: kinds[definition.propertyType] ?? 'text',
      required: mustBeGiven(definition),
      multiple: definition.cardinality === 'multi',
      ...(definition.maxLength !== undefined && { maxLength: definition.maxLength }),
      ...(definition.choice !== undefined && { choices: definition.choice.flatMap(({ value }) => value).map(String) }),
    }));
  }

  /**
   * Checks metadata against the types and writes its values as text.
   *
   * @param extra further properties, such as the name
   * @param complete whether mandatory properties have to be there
   * @throws SignatureError UNKNOWN_TYPE (type, aspect, or an attribute of none of them), MISSING_ATTRIBUTE, BAD_INPUT
   */
  async values(
    metadata: Metadata | undefined,
    extra: Readonly<Record<string, AttributeValue>>,
    complete: boolean,
  ): Promise<Value[]> {
    const definitions = await this.definitions(metadata?.type ?? documentType, metadata?.aspects);
    const values: Record<string, AttributeValue> = {
      ...extra,
      ...metadata?.attributes,
      ...(metadata?.description !== undefined && { 'cmis:description': metadata.description }),
    };
    for (const definition of complete ? definitions.values() : []) {
      if (mustBeGiven(definition) && isBlank(values[definition.id])) throw missing(definition.id);
    }
    return Object.entries(values).map(([id, value]): Value => {
      const definition = definitions.get(id);
      if (definition === undefined && !own.test(id)) throw unknown(id);
      const list = Array.isArray(value) ? value : [value];
      const texts = list.map((one) => written(id, one, definition?.propertyType));
      return [id, definition?.cardinality === 'multi' || Array.isArray(value) ? texts : (texts[0] ?? '')];
    });
  }

  /** What can be set on documents of a type with aspects, by id. @throws SignatureError UNKNOWN_TYPE */
  async definitions(id: string, aspects: readonly string[] = []): Promise<Map<string, CmisProperty>> {
    const types = [await this.type(id)];
    for (const aspect of aspects) types.push(await this.type(aspect, 'aspects'));
    return new Map(types.flatMap(settable).map((definition) => [definition.id, definition]));
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

const isBlank = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** Some servers give every list an empty one as its default. */
const mustBeGiven = ({ required, defaultValue }: CmisProperty): boolean => required && isBlank(defaultValue);

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
    `attributes.${id} is no writable property of the type or of an aspect. Remove it from the mapping.`,
    { field: `attributes.${id}` },
  );
