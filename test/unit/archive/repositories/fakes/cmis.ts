import { FakeServer, type FormPart, formOf, type Incoming, partsOf, type Reply } from './server';

type Properties = Record<string, unknown>;
interface Item {
  properties: Properties;
  parent: string | null;
  versions: Buffer[];
  /** Id of the working copy. */
  copy?: string;
}

const property = (id: string, more: Properties = {}) => ({
  id,
  queryName: id.replace('.', '_'),
  propertyType: 'string',
  cardinality: 'single',
  updatability: 'readwrite',
  required: false,
  // As OpenCMIS does.
  ...(more.cardinality === 'multi' && { defaultValue: [] }),
  ...more,
});

interface Definition {
  base: 'cmis:document' | 'cmis:secondary';
  versionable: boolean;
  properties: ReturnType<typeof property>[];
}

const secondary = (...properties: Definition['properties']): Definition => ({
  base: 'cmis:secondary',
  versionable: false,
  properties,
});

const definitions: Record<string, Definition> = {
  'cmis:document': {
    base: 'cmis:document',
    versionable: true,
    properties: [
      property('cmis:name', { required: true }),
      property('cmis:objectTypeId', { required: true, updatability: 'oncreate' }),
      property('cmis:description'),
      property('cmis:objectId', { updatability: 'readonly' }),
    ],
  },
  'acme:contract': {
    base: 'cmis:document',
    versionable: true,
    properties: [
      property('acme:envelope.key'),
      property('acme:customer', { required: true }),
      property('acme:signed', { propertyType: 'datetime' }),
      property('acme:signers', { cardinality: 'multi' }),
      property('acme:office', { updatability: 'oncreate' }),
      property('acme:clerk', { updatability: 'whencheckedout' }),
    ],
  },
  'acme:parties': {
    base: 'cmis:document',
    versionable: true,
    properties: [property('acme:names', { cardinality: 'multi', required: true })],
  },
  'acme:confidential': secondary(property('acme:level')),
  'acme:traced': secondary(property('acme:trace')),
  'cmis:rm_clientMgtRetention': secondary(property('cmis:rm_expirationDate', { propertyType: 'datetime' })),
  'cmis:rm_hold': secondary(property('cmis:rm_holdIds', { cardinality: 'multi' })),
};

const propertiesOf = (id: string): Definition['properties'] => {
  const definition = definitions[id];
  const inherited =
    definition?.base === 'cmis:document' && id !== definition.base ? definitions[definition.base] : undefined;
  return [...(inherited?.properties ?? []), ...(definition?.properties ?? [])];
};

const typeOf = (id: string) => ({
  id,
  queryName: id,
  displayName: id,
  baseId: definitions[id]?.base,
  versionable: definitions[id]?.versionable,
  propertyDefinitions: Object.fromEntries(propertiesOf(id).map((one) => [one.id, one])),
});

/** Id of the version series: the object's id without the version. */
const seriesOf = (id: string): string => id.split(';')[0] ?? id;

/** A CMIS repository with a browser binding, succinct answers only. */
export class FakeCmis extends FakeServer {
  readonly items = new Map<string, Item>();
  #next = 100;

  constructor() {
    super();
    this.#add('folder', null, { 'cmis:name': '', 'cmis:path': '/' }, 'root');
  }

  documents(): Item[] {
    return [...this.items.values()].filter(
      ({ properties, versions }) => properties['cmis:baseTypeId'] === 'cmis:document' && versions.length > 0,
    );
  }

  get(id: string): Item {
    return this.items.get(seriesOf(id))!;
  }

  protected answer(request: Incoming): Reply {
    const { method, path, query, headers } = request;
    if (headers.authorization !== `Basic ${Buffer.from('user:secret').toString('base64')}`) return { status: 401 };
    if (path === '/browser') {
      const repositoryUrl = `${this.url}/browser/A1`;
      return { body: { A1: { repositoryId: 'A1', repositoryUrl, rootFolderUrl: `${repositoryUrl}/root` } } };
    }
    const isRoot = path.startsWith('/browser/A1/root');
    const names = path.replace('/browser/A1/root', '').split('/').filter(Boolean).map(decodeURIComponent);
    const id = query.get('objectId');
    const item = isRoot ? (id !== null ? this.items.get(seriesOf(id)) : this.#byPath(names)) : undefined;
    if (method === 'GET') return isRoot ? this.#select(item, query, id) : this.#model(query);
    const multipart = headers['content-type']?.startsWith('multipart/') ? partsOf(request) : undefined;
    const form = multipart
      ? new URLSearchParams(multipart.slice(0, -1).map(({ name, data }) => [name, data.toString('utf8')]))
      : formOf(request);
    const content = multipart?.at(-1);
    if (content !== undefined && content.name !== 'content') return failure(400, 'invalidArgument', 'content not last');
    if (!isRoot) return this.#query(form.get('statement') ?? '');
    return item === undefined ? failure(404, 'objectNotFound', 'no such object') : this.#act(item, form, content);
  }

  #byPath(names: string[]): Item | undefined {
    let id: string | undefined = 'root';
    for (const name of names) {
      id = [...this.items].find(([, { properties, parent }]) => parent === id && properties['cmis:name'] === name)?.[0];
      if (id === undefined) return undefined;
    }
    return this.items.get(id);
  }

  #add(kind: 'folder' | 'document', parent: string | null, properties: Properties, id = `id-${this.#next++}`): Item {
    const item: Item = {
      parent,
      versions: [],
      properties: { ...properties, 'cmis:objectId': id, 'cmis:baseTypeId': `cmis:${kind}` },
    };
    this.items.set(id, item);
    return item;
  }

  #checkedIn(original: Item, copy: string): void {
    delete original.copy;
    delete original.properties['cmis:versionSeriesCheckedOutId'];
    this.items.delete(copy);
  }

  #select(item: Item | undefined, query: URLSearchParams, id: string | null): Reply {
    if (item === undefined) return failure(404, 'objectNotFound', 'no such object');
    switch (query.get('cmisselector')) {
      case 'content':
        return { body: item.versions.at(Number(id?.split(';')[1] ?? 0) - 1) ?? Buffer.alloc(0) };
      case 'children':
        return {
          body: {
            objects: [...this.items.values()]
              .filter(({ parent }) => parent === item.properties['cmis:objectId'])
              .map(({ properties }) => ({ object: { succinctProperties: properties } })),
          },
        };
      default:
        return shown(item);
    }
  }

  #model(query: URLSearchParams): Reply {
    const id = query.get('typeId') ?? '';
    if (query.get('cmisselector') === 'typeDescendants') {
      const below = Object.keys(definitions).filter((one) => definitions[one]?.base === id && one !== id);
      const whole = query.get('includePropertyDefinitions') === 'true';
      const shownType = (one: string) => (whole ? typeOf(one) : { ...typeOf(one), propertyDefinitions: undefined });
      return { body: below.map((one) => ({ type: shownType(one) })) };
    }
    return id in definitions ? { body: typeOf(id) } : failure(404, 'objectNotFound', 'no such type');
  }

  /** As strict as the standard: the property has to be one of the types that the query names. */
  #query(statement: string): Reply {
    const plain = /^SELECT cmis:objectId FROM (\S+) WHERE (\S+) = '(.*)'$/s.exec(statement);
    const joined =
      /^SELECT d.cmis:objectId FROM cmis:document AS d JOIN (\S+) AS s ON d.cmis:objectId = s.cmis:objectId WHERE s.(\S+) = '(.*)'$/s;
    const [, type = '', column = '', value = ''] = plain ?? joined.exec(statement) ?? [];
    const asked = propertiesOf(type).find(({ queryName }) => queryName === column);
    if (asked === undefined || (definitions[type]?.base === 'cmis:document') !== (plain !== null)) {
      return failure(400, 'invalidArgument', `${column} is not a property query name in any of the types in from`);
    }
    const text = value.replace(/\\(.)/g, '$1');
    const name = plain === null ? 'd.cmis:objectId' : 'cmis:objectId';
    const found = this.documents().filter(({ properties }) => properties[asked.id] === text);
    return { body: { results: found.map((item) => ({ succinctProperties: { [name]: idOf(item) } })) } };
  }

  /** Why the values cannot be set; properties of types the object does not have are unknown. */
  #wrong(before: Properties, values: Properties, when: 'create' | 'update' | 'checkIn'): Reply | undefined {
    if (/[/\\:"*?<>|]/.test(String(values['cmis:name'] ?? ''))) {
      return failure(400, 'invalidArgument', 'Name contains illegal characters');
    }
    const after: Properties = { ...before, ...values };
    if (String(after['cmis:objectTypeId']) === 'cmis:folder') return undefined;
    const types = [
      after['cmis:objectTypeId'],
      ...((after['cmis:secondaryObjectTypeIds'] as string[] | undefined) ?? []),
    ];
    const known = new Map(types.flatMap((type) => propertiesOf(String(type))).map((one) => [one.id, one]));
    for (const id of Object.keys(values)) {
      const { updatability } = known.get(id) ?? { updatability: '' };
      if (id === 'cmis:secondaryObjectTypeIds') continue;
      if (updatability === '') return failure(400, 'invalidArgument', `${id} is unknown!`);
      const writable = when === 'create' || updatability === 'readwrite';
      const out = when === 'checkIn' && updatability === 'whencheckedout';
      if (!writable && !out) return failure(409, 'constraint', `property can't be updated: ${id}`);
    }
    return undefined;
  }

  #act(item: Item, form: URLSearchParams, content: FormPart | undefined): Reply {
    const values = propertiesIn(form);
    const id = seriesOf(idOf(item));
    switch (form.get('cmisaction')) {
      case 'createFolder':
      case 'createDocument': {
        const taken = [...this.items.values()].some(
          ({ parent, properties }) => parent === id && properties['cmis:name'] === values['cmis:name'],
        );
        // As some servers do: not nameConstraintViolation.
        if (taken) return failure(409, 'constraint', 'Object exists.');
        const wrong = this.#wrong({}, values, 'create');
        if (wrong !== undefined) return wrong;
        const kind = form.get('cmisaction') === 'createFolder' ? 'folder' : 'document';
        const path = [item.properties['cmis:path'], values['cmis:name']].join('/').replace('//', '/');
        const made = this.#add(kind, id, { ...values, ...(kind === 'folder' && { 'cmis:path': path }) });
        if (content !== undefined) store(made, content.data);
        return { ...shown(made), status: 201 };
      }
      case 'checkOut': {
        if (item.copy !== undefined) return failure(409, 'versioning', 'Already checked out.');
        const copy = this.#add('document', null, { ...item.properties, original: id });
        item.copy = idOf(copy);
        item.properties['cmis:versionSeriesCheckedOutId'] = item.copy;
        return { ...shown(copy), status: 201 };
      }
      case 'checkIn': {
        const original = this.get(item.properties.original as string);
        const wrong = this.#wrong(original.properties, values, 'checkIn');
        if (wrong !== undefined) return wrong;
        Object.assign(original.properties, values);
        store(original, content!.data);
        this.#checkedIn(original, id);
        return shown(original);
      }
      case 'cancelCheckOut':
        this.#checkedIn(this.get(item.properties.original as string), id);
        return {};
      case 'update': {
        if (item.properties.locked) return failure(409, 'constraint', 'Object is under retention.');
        // As with OpenCMIS: fields that only belong to `bulkUpdate` are ignored.
        const wrong = this.#wrong(item.properties, values, 'update');
        if (wrong !== undefined) return wrong;
        Object.assign(item.properties, values);
        return shown(item);
      }
      default:
        return failure(405, 'notSupported', 'unknown action');
    }
  }
}

const idOf = ({ properties }: Item): string => properties['cmis:objectId'] as string;

function propertiesIn(form: URLSearchParams): Properties {
  const found: Properties = {};
  for (const [field, id] of form) {
    const n = /^propertyId\[(\d+)\]$/.exec(field)?.[1];
    if (n === undefined) continue;
    const many = [...form].filter(([name]) => name.startsWith(`propertyValue[${n}][`)).map(([, value]) => value);
    found[id] = many.length > 0 ? many : form.get(`propertyValue[${n}]`);
  }
  return found;
}

function store(item: Item, data: Buffer): void {
  item.versions.push(data);
  item.properties['cmis:contentStreamLength'] = data.length;
  item.properties['cmis:versionLabel'] = `${item.versions.length}.0`;
  // Each version is an object of its own.
  item.properties['cmis:objectId'] = `${seriesOf(idOf(item))};${item.versions.length}`;
}

const shown = ({ properties }: Item): Reply => ({ body: { succinctProperties: properties } });

const failure = (status: number, exception: string, message: string): Reply => ({
  status,
  body: { exception, message },
});
