import { FakeServer, formOf, type Incoming, partsOf, type Reply } from './server';

interface Instance {
  id: string;
  category: string;
  type: string;
  body: { name: string; parent_folder_id?: string; properties?: Record<string, unknown> } & Record<string, unknown>;
  /** Of the primary rendition. */
  readonly blob: string;
}

/** Content Metadata, Content Storage and the tenant's token service behind one address. */
export class FakeCoreContent extends FakeServer {
  readonly instances: Instance[] = [];
  readonly blobs = new Map<string, Buffer>();
  #tokens = 0;
  #valid = '';

  documents(): Instance[] {
    return this.instances.filter(({ category }) => category === 'file');
  }

  expireToken(): void {
    this.#valid = '';
  }

  protected answer(request: Incoming): Reply {
    const { method, path, headers, query } = request;
    if (path === '/tenants/t1/oauth2/token') {
      const good = headers.authorization === `Basic ${Buffer.from('client:client-secret').toString('base64')}`;
      if (!good || formOf(request).get('grant_type') !== 'client_credentials') return { status: 401 };
      this.#tokens += 1;
      this.#valid = `token-${this.#tokens}`;
      return { body: { access_token: this.#valid, expires_in: 3600 } };
    }
    if (headers.authorization !== `Bearer ${this.#valid}`) return { status: 401 };
    if (path === '/v3/files/fromStream') {
      const id = `blob-${this.blobs.size + 1}`;
      this.blobs.set(id, partsOf(request)[0]!.data);
      return { status: 201, body: { id, originalFileName: 'x' } };
    }
    const blob = /^\/v3\/files\/([^/]+)\/stream$/.exec(path)?.[1];
    if (blob !== undefined) return this.blobs.has(blob) ? { body: this.blobs.get(blob) } : { status: 404 };
    const [, category = '', type = '', id] = /^\/cms\/instances\/(\w+)\/(\w+)(?:\/([^/]+))?$/.exec(path) ?? [];
    if (!['cms_file', 'cms_folder', 'acme_contract'].includes(type)) return { status: 404 };
    const here = this.instances.filter((one) => one.category === category && one.type === type);
    if (id !== undefined) {
      const one = here.find((instance) => instance.id === id);
      if (one === undefined) return { status: 404 };
      if (method === 'PATCH') Object.assign(one.body, JSON.parse(request.body.toString()));
      return { body: { id, ...one.body } };
    }
    if (method === 'POST') {
      const body = JSON.parse(request.body.toString());
      if (here.some((one) => one.body.name === body.name && one.body.parent_folder_id === body.parent_folder_id)) {
        return { status: 400, body: { message: 'duplicate' } };
      }
      const blob = body.renditions?.[0].blob_id ?? '';
      const made = { id: `obj-${this.instances.length + 1}`, category, type, body, blob };
      this.instances.push(made);
      return { status: 201, body: { id: made.id, ...body } };
    }
    const conditions = [...(query.get('filter') ?? '').matchAll(/(\w+) eq '((?:[^']|'')*)'/g)];
    const found = here.filter(({ body }) =>
      conditions.every(
        ([, name = '', value = '']) => (body[name] ?? body.properties?.[name]) === value.replaceAll("''", "'"),
      ),
    );
    return {
      body: found.length === 0 ? {} : { _embedded: { collection: found.map((one) => ({ id: one.id, ...one.body })) } },
    };
  }
}
