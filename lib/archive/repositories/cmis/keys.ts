/** Finds documents by the property that keeps their idempotency key. */
import { z } from 'zod';
import { isGood, readAs } from '../remote';
import { type CmisClient, type CmisProperties, cmisFault } from './client';
import { type CmisModel, type CmisType, documentType, secondaryType, type TypeTree } from './model';

const answer = z.object({ results: z.array(z.object({ succinctProperties: z.record(z.string(), z.unknown()) })) });

/** Names in a query. What the server calls them, unless it would break out of the statement. */
const nameInQuery = /^[^\s,"'\\.()]+$/;

/** A type whose documents have the property, and which a query has to name to see them. */
interface Home {
  type: string;
  column: string;
  secondary: boolean;
}

const textLiteral = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** A query can only ask for a property of the types it names; those of secondary types are joined (CMIS 1.1, 2.1.14). */
const statementFor = ({ type, column, secondary }: Home, key: string): string =>
  secondary
    ? `SELECT d.cmis:objectId FROM ${documentType} AS d JOIN ${type} AS s ON d.cmis:objectId = s.cmis:objectId WHERE s.${column} = ${textLiteral(key)}`
    : `SELECT cmis:objectId FROM ${type} WHERE ${column} = ${textLiteral(key)}`;

export class CmisKeys {
  #homes: Promise<Home[]> | undefined;

  /** @param property id of the property */
  constructor(
    private readonly client: CmisClient,
    private readonly model: CmisModel,
    private readonly property: string,
  ) {}

  /**
   * The latest version of a document with the key. Null does not say that there is none: the index behind the query may
   * lag, and some servers do not search such properties.
   */
  async find(key: string): Promise<CmisProperties | null> {
    this.#homes ??= this.#findHomes().catch((thrown) => {
      this.#homes = undefined;
      throw thrown;
    });
    for (const home of await this.#homes) {
      const id = await this.#ask(statementFor(home, key));
      const found = id === undefined ? null : await this.client.object({ id });
      // The index may also be ahead of, or behind, a change of the key.
      if (found?.[this.property] === key) return found;
    }
    return null;
  }

  async #ask(statement: string): Promise<string | undefined> {
    const pairs = { cmisaction: 'query', statement, maxItems: '1', succinct: 'true' };
    const given = await this.client.act(undefined, Object.entries(pairs), { idempotent: true });
    if (given.status === 403) throw cmisFault(given, this.client.options);
    const [first] = isGood(given) ? readAs(answer, given.data, this.client.options.service).results : [];
    // Some servers put the alias before the name.
    const id = Object.entries(first?.succinctProperties ?? {}).find(([name]) => name.endsWith('cmis:objectId'))?.[1];
    return typeof id === 'string' ? id : undefined;
  }

  /** A query for a type covers the types below it, except those that say otherwise. */
  async #findHomes(): Promise<Home[]> {
    const homes = (type: CmisType, children: TypeTree[], covered: boolean): Home[] => {
      const column = type.propertyDefinitions[this.property]?.queryName ?? this.property;
      const has = type.propertyDefinitions[this.property] !== undefined;
      const isHome = has && !(covered && type.includedInSupertypeQuery);
      const name = type.queryName ?? type.id;
      const usable = nameInQuery.test(name) && nameInQuery.test(column);
      const own = isHome && usable ? [{ type: name, column, secondary: type.baseId === secondaryType }] : [];
      return [...own, ...children.flatMap((child) => homes(child.type, child.children, has))];
    };
    const documents = await this.model.below(documentType, true);
    const secondary = await this.model.secondaryTypes();
    return [
      ...homes(await this.model.type(documentType), documents, false),
      ...secondary.flatMap(({ type, children }) => homes(type, children, false)),
    ];
  }
}
