import { FakeServer, formOf, type Incoming, partsOf, type Reply } from './server';

interface Node {
  id: number;
  name: string;
  type: number;
  parent: number;
  versions: Buffer[];
  nicknames: string[];
  categories: Record<string, unknown>;
  classifications: number[];
  record?: { class: number; official: boolean; file_status: string; token: number };
  holds: number[];
}

type Routes = Record<string, (found: string[]) => Reply>;

const quotaText = 'The quota of the user is exceeded.';

/** Content Server's REST API, as far as filing drives it. Refusals as current versions give them: mostly 500 with a text. */
export class FakeContentServer extends FakeServer {
  readonly nodes = new Map<number, Node>();
  tickets = new Set<string>();
  password = 'secret';
  quotaFull = false;
  #next = 4711;
  #tickets = 0;

  constructor() {
    super();
    this.add({ id: 2000, name: 'Enterprise', type: 141, parent: -1 });
    this.add({ id: 2003, name: 'Categories', type: 133, parent: -1 });
    this.add({ id: 12508, name: 'Contract', type: 131, parent: 2003 });
    this.add({ id: 3001, name: 'ACME', type: 848, parent: 2000 });
  }

  add(node: Partial<Node> & Pick<Node, 'name' | 'type' | 'parent'>): Node {
    const made = {
      id: this.#next,
      versions: [],
      nicknames: [],
      categories: {},
      classifications: [],
      holds: [],
      ...node,
    };
    if (node.id === undefined) this.#next += 1;
    this.nodes.set(made.id, made);
    return made;
  }

  documents(): Node[] {
    return [...this.nodes.values()].filter(({ type }) => type === 144);
  }

  expireTickets(): void {
    this.tickets.clear();
  }

  protected answer(request: Incoming): Reply {
    const { method, headers } = request;
    const path = request.path.replace('/cs/cs/api/', '');
    if (path === 'otdsws/oauth2/token' || request.path === '/otdsws/oauth2/token') return this.#token(request);
    if (request.path === '/otdsws/rest/authentication/credentials') return { body: { ticket: 'otds-ticket' } };
    if (path === 'v1/auth') return this.#logIn(request);
    const ticket = String(headers.otcsticket);
    if (!this.tickets.has(ticket)) return { status: 401, body: { error: 'Authentication Required' } };
    if (headers.llcookie !== ticket || headers.cookie !== `otcsticket=${ticket}; LLCookie=${ticket}`) {
      return { status: 400, body: { error: 'ticket headers' } };
    }
    return this.#route(`${method} ${path}`, request);
  }

  #token(request: Incoming): Reply {
    const good = formOf(request).get('client_secret') === 'client-secret';
    return good ? { body: { access_token: 'otds-token' } } : { status: 400, body: { error: 'invalid_client' } };
  }

  #logIn(request: Incoming): Reply {
    this.#tickets += 1;
    const ticket = `ticket-${this.#tickets}`;
    const proof = request.headers.authorization ?? request.headers.otdsticket;
    if (request.method === 'GET') {
      if (proof !== 'Bearer otds-token' && proof !== 'otds-ticket')
        return { status: 401, body: { error: 'bad token' } };
      this.tickets.add(ticket);
      return { headers: { otcsticket: ticket }, body: {} };
    }
    if (formOf(request).get('password') !== this.password) {
      return { status: 401, body: { error: `Invalid username/password ${formOf(request).get('password')}` } };
    }
    this.tickets.add(ticket);
    return { body: { ticket } };
  }

  #route(call: string, request: Incoming): Reply {
    for (const [pattern, answer] of Object.entries({ ...this.#content(request), ...this.#metadata(request) })) {
      const found = new RegExp(`^${pattern.replaceAll('*', '([^/]+)')}$`).exec(call);
      if (found !== null) return answer(found.slice(1).map(decodeURIComponent));
    }
    return { status: 404, body: { error: `no route ${call}` } };
  }

  #node(id: string | undefined): Node {
    return this.nodes.get(Number(id))!;
  }

  #content = (request: Incoming): Routes => ({
    'GET v2/volumes/*': (found) => {
      const type = Number(found[0]);
      const volume = [...this.nodes.values()].find((one) => one.type === type);
      return volume ? { body: { results: [shown(volume)] } } : { status: 404, body: { error: 'no volume' } };
    },
    'POST v2/search': () => {
      const name = /^OTName:"(.*)"$/.exec(formOf(request).get('where') ?? '')?.[1];
      return { body: { results: [...this.nodes.values()].filter((one) => one.name === name).map(shown) } };
    },
    'POST v1/validation/nodes/names': () => {
      const { parent_id, names } = bodyOf(request);
      const results = this.#children(parent_id).filter(({ name }) => names.includes(name));
      return { body: { results: results.map(({ id, name }) => ({ id, name })) } };
    },
    'POST v2/nodes': () => this.#create(request),
    'GET v2/nodes/*': (found) => {
      const one = this.#node(found[0]);
      return one ? { body: { results: shown(one) } } : { status: 404, body: { error: 'Item does not exist' } };
    },
    'GET v2/nodes/*/nodes': (found) => {
      const name = request.query.get('where_name');
      const type = request.query.get('where_type');
      const children = this.#children(Number(found[0]))
        .filter((child) => name === null || child.name.toLowerCase().startsWith(name.toLowerCase()))
        .filter((child) => type === null || child.type === Number(type));
      return { body: { results: children.map(shown) } };
    },
    'POST v2/nodes/*/versions': (found) => {
      const one = this.#node(found[0]);
      if (one.record?.official) return refusal('The item is an official record and cannot be changed.');
      one.versions.push(partsOf(request)[1]!.data);
      return { body: { results: { data: { versions: { version_number: one.versions.length } } } } };
    },
    'GET v2/nodes/*/versions': (found) => {
      const { versions } = this.#node(found[0]);
      return { body: { results: versions.map((_, n) => ({ data: { versions: { version_number: n + 1 } } })) } };
    },
    'GET v2/nodes/*/versions/*/content': (found) => {
      const content = this.#node(found[0])?.versions[Number(found[1]) - 1];
      return content ? { body: content } : { status: 404, body: { error: 'no version' } };
    },
    'PUT v2/nodes/*/nicknames': (found) => {
      const nickname = formOf(request).get('nickname')!;
      if ([...this.nodes.values()].some(({ nicknames }) => nicknames.includes(nickname))) {
        return refusal('The nickname is in use.');
      }
      this.#node(found[0]).nicknames.push(nickname);
      return { body: { results: {} } };
    },
    'GET v2/nicknames/*/nodes': (found) => {
      const [nickname = ''] = found;
      const one = [...this.nodes.values()].find(({ nicknames }) => nicknames.includes(nickname));
      return one ? { body: { results: shown(one) } } : { status: 404, body: { error: 'no such nickname' } };
    },
    'GET v2/externalsystems/*/botypes/*/boids/*': (found) => {
      const isIt = found.join(' ') === 'SAP KNA1 0000001';
      return isIt
        ? { body: { results: [shown(this.#node('3001'))] } }
        : { status: 404, body: { error: 'no workspace' } };
    },
    'GET v2/businessworkspacetypes': () => {
      return { body: { results: [{ data: { properties: { wksp_type_id: 7, wksp_type_name: 'Customer' } } }] } };
    },
    'GET v2/businessworkspaces': () => {
      const isIt = request.query.get('where_workspace_type_id') === '7';
      return {
        body: { results: isIt ? [shown(this.#node('3001')), shown({ ...this.#node('3001'), name: 'ACME 2' })] : [] },
      };
    },
  });

  #metadata = (request: Incoming): Routes => ({
    'GET v1/forms/nodes/categories/create': () => {
      if (request.query.get('category_id') !== '12508') return refusal('Invalid category.');
      return {
        body: {
          forms: [
            {
              data: { '12508_2': '', '12508_5': false, '12508_6': [''] },
              options: { fields: { '12508_2': { label: 'Status', type: 'select' }, '12508_6': { fields: {} } } },
              schema: {
                properties: {
                  '12508_1': { type: 'object' },
                  '12508_2': { type: 'string', required: true, enum: ['Draft', 'Final'] },
                  '12508_5': { type: 'boolean', required: false },
                  '12508_6': { type: 'array', items: { type: 'string', maxLength: 32 } },
                },
              },
            },
          ],
        },
      };
    },
    'PUT v2/nodes/*/categories/*': (found) => {
      const one = this.#node(found[0]);
      if (one.record?.official) return refusal('The item is an official record and cannot be changed.');
      if (!Object.keys(one.categories).some((key) => key.startsWith(`${found[1]}_`)))
        return refusal('No such category.');
      Object.assign(one.categories, valuesOf(formOf(request)));
      return { body: { results: {} } };
    },
    'POST v2/nodes/*/categories': (found) => {
      const { category_id, ...values } = valuesOf(formOf(request));
      const { categories } = this.#node(found[0]);
      if (Object.keys(categories).length > 0) return refusal('The category is already assigned.');
      Object.assign(categories, values);
      return { body: { results: {} } };
    },
    'GET v1/nodes/*/classifications': (found) => {
      return { body: { data: this.#node(found[0]).classifications.map((id) => ({ id })) } };
    },
    'POST v1/nodes/*/classifications': (found) => {
      this.#node(found[0]).classifications = bodyOf(request).class_id;
      return { body: {} };
    },
    'GET v1/nodes/*/rmclassifications': (found) => {
      const { record } = this.#node(found[0]);
      const data = record
        ? [{ rmclassification_id: record.class, official: record.official, file_status: record.file_status }]
        : [];
      return { body: { rm_metadataToken: record ? `token-${record.token}` : null, data } };
    },
    'POST v1/nodes/*/rmclassifications': (found) => {
      const one = this.#node(found[0]);
      if (one.record) return refusal('A records classification is assigned already.');
      one.record = { class: bodyOf(request).class_id, official: false, file_status: '', token: 1 };
      return { body: {} };
    },
    'PUT v1/nodes/*/rmclassifications': (found) => {
      const { record } = this.#node(found[0]);
      if (bodyOf(request).rm_metadataToken !== `token-${record?.token}`) return refusal('The metadata token is stale.');
      Object.assign(record!, {
        official: bodyOf(request).official,
        file_status: bodyOf(request).file_status,
        token: record!.token + 1,
      });
      return { body: {} };
    },
    'POST v1/nodes/*/holds': (found) => {
      const { holds } = this.#node(found[0]);
      if (holds.includes(bodyOf(request).hold_id)) return refusal('The hold is already applied.');
      holds.push(bodyOf(request).hold_id);
      return { body: {} };
    },
    'GET v2/hold': () => {
      return { body: { results: [{ data: { hold: { HoldID: 13, HoldName: 'Litigation' } } }] } };
    },
  });

  #children(parent: number): Node[] {
    return [...this.nodes.values()].filter((one) => one.parent === parent);
  }

  #create(request: Incoming): Reply {
    const isForm = request.headers['content-type']?.startsWith('multipart/') === true;
    const parts = isForm ? partsOf(request) : [];
    const body = JSON.parse(isForm ? parts[0]!.data.toString('utf8') : formOf(request).get('body')!);
    const parent = Number(body.parent_id);
    if (!this.nodes.has(parent)) return refusal('Could not access the parent item.');
    if (this.quotaFull) return refusal(quotaText);
    if (this.#children(parent).some(({ name }) => name === body.name)) {
      return refusal(`An item with the name '${body.name}' already exists.`);
    }
    const made = this.add({
      name: body.name,
      type: Number(body.type),
      parent,
      versions: isForm ? [parts[1]!.data] : [],
      categories: body.roles.categories ?? {},
      classifications: body.roles.classifications?.id ?? [],
    });
    return { body: { results: shown(made) } };
  }
}

const bodyOf = (request: Incoming) => JSON.parse(formOf(request).get('body') ?? '{}');

const shown = ({ id, name, type, parent, versions }: Node) => ({
  data: {
    properties: { id, name, type, parent_id: parent, size: versions.at(-1)?.length ?? null, container: type !== 144 },
  },
});

const refusal = (error: string): Reply => ({ status: 500, body: { error } });

function valuesOf(form: URLSearchParams): Record<string, unknown> {
  return Object.fromEntries(
    [...new Set(form.keys())].map((key) => [key, form.getAll(key).length > 1 ? form.getAll(key) : form.get(key)]),
  );
}
