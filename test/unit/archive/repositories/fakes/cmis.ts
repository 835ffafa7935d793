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
  propertyType: 'string',
  cardinality: 'single',
  updatability: 'readwrite',
  required: false,
  ...more,
});

const definitions: Record<string, { versionable: boolean; properties: ReturnType<typeof property>[] }> = {
  'cmis:document': {
    versionable: true,
    properties: [
      property('cmis:name', { required: true }),
      property('cmis:objectTypeId', { required: true, updatability: 'oncreate' }),
      property('cmis:description'),
      property('cmis:objectId', { updatability: 'readonly' }),
    ],
  },
  'acme:contract': {
    versionable: true,
    properties: [
      property('acme:envelope'),
      property('acme:customer', { required: true }),
      property('acme:signed', { propertyType: 'datetime' }),
      property('acme:signers', { cardinality: 'multi' }),
    ],
  },
  'acme:confidential': { versionable: false, properties: [property('acme:level')] },
};

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
    return this.items.get(id)!;
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
    const item = isRoot ? (id !== null ? this.items.get(id) : this.#byPath(names)) : undefined;
    if (method === 'GET') return isRoot ? this.#select(item, query) : this.#model(query);
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

  #select(item: Item | undefined, query: URLSearchParams): Reply {
    if (item === undefined) return failure(404, 'objectNotFound', 'no such object');
    switch (query.get('cmisselector')) {
      case 'content':
        return { body: item.versions.at(-1) ?? Buffer.alloc(0) };
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
      const ids = id === 'cmis:document' ? ['acme:contract'] : ['acme:confidential'];
      return { body: ids.map((one) => ({ type: { id: one, displayName: one } })) };
    }
    const definition = definitions[id];
    if (definition === undefined) return failure(404, 'objectNotFound', 'no such type');
    const inherited = id === 'acme:contract' ? definitions['cmis:document']!.properties : [];
    return {
      body: {
        id,
        versionable: definition.versionable,
        propertyDefinitions: Object.fromEntries([...inherited, ...definition.properties].map((one) => [one.id, one])),
      },
    };
  }

  #query(statement: string): Reply {
    const [, name = '', value = ''] = /WHERE (\S+) = '(.*)'$/.exec(statement) ?? [];
    const plain = value.replace(/\\(.)/g, '$1');
    const found = this.documents().filter(({ properties }) => properties[name] === plain);
    return { body: { results: found.map(({ properties }) => ({ succinctProperties: properties })) } };
  }

  #act(item: Item, form: URLSearchParams, content: FormPart | undefined): Reply {
    const values = propertiesIn(form);
    const id = item.properties['cmis:objectId'] as string;
    switch (form.get('cmisaction')) {
      case 'createFolder':
      case 'createDocument': {
        const taken = [...this.items.values()].some(
          ({ parent, properties }) => parent === id && properties['cmis:name'] === values['cmis:name'],
        );
        // As some servers do: not nameConstraintViolation.
        if (taken) return failure(409, 'constraint', 'Object exists.');
        const kind = form.get('cmisaction') === 'createFolder' ? 'folder' : 'document';
        const path = [item.properties['cmis:path'], values['cmis:name']].join('/').replace('//', '/');
        const made = this.#add(kind, id, { ...values, ...(kind === 'folder' && { 'cmis:path': path }) });
        if (content !== undefined) store(made, content.data);
        return { ...shown(made), status: 201 };
      }
      case 'checkOut': {
        if (item.copy !== undefined) return failure(409, 'versioning', 'Already checked out.');
        const copy = this.#add('document', null, { ...item.properties, original: id });
        item.copy = copy.properties['cmis:objectId'] as string;
        item.properties['cmis:versionSeriesCheckedOutId'] = item.copy;
        return { ...shown(copy), status: 201 };
      }
      case 'checkIn': {
        const original = this.get(item.properties.original as string);
        store(original, content!.data);
        delete original.copy;
        delete original.properties['cmis:versionSeriesCheckedOutId'];
        this.items.delete(id);
        return shown(original);
      }
      case 'update': {
        if (item.properties.locked) return failure(409, 'constraint', 'Object is under retention.');
        const added = [...form].filter(([name]) => name.startsWith('addSecondaryTypeId')).map(([, value]) => value);
        const present = (item.properties['cmis:secondaryObjectTypeIds'] as string[] | undefined) ?? [];
        Object.assign(item.properties, values, { 'cmis:secondaryObjectTypeIds': [...present, ...added] });
        return shown(item);
      }
      default:
        return failure(405, 'notSupported', 'unknown action');
    }
  }
}

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
}

const shown = ({ properties }: Item): Reply => ({ body: { succinctProperties: properties } });

const failure = (status: number, exception: string, message: string): Reply => ({
  status,
  body: { exception, message },
});
