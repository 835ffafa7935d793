import { parseXml } from '../../../../../dist/lib/archive/repositories/webdav/xml';
import { FakeServer, type Incoming, type Reply } from './server';

interface Resource {
  content: Buffer | null;
  properties: Map<string, string>;
}

/** A WebDAV server that honours preconditions as Apache's mod_dav does. */
export class FakeWebDav extends FakeServer {
  readonly resources = new Map<string, Resource>([['/dav/', { content: null, properties: new Map() }]]);
  /** Whether properties of clients are kept. */
  keepsProperties = true;
  /** Bytes are changed on their way in, as by a meddling proxy. */
  garbles = false;

  documents(): string[] {
    return [...this.resources].filter(([, { content }]) => content !== null).map(([path]) => path);
  }

  protected answer({ method, path, headers, body }: Incoming): Reply {
    if (headers.authorization !== `Basic ${Buffer.from('user:secret').toString('base64')}`) return { status: 401 };
    const resource = this.resources.get(path) ?? this.resources.get(`${path}/`);
    const parent = this.resources.get(path.replace(/[^/]+\/?$/, ''));
    switch (method) {
      case 'PUT': {
        if (parent === undefined) return { status: 409 };
        if (headers['if-none-match'] === '*' && resource !== undefined) return { status: 412 };
        if (headers['content-length'] === undefined) return { status: 411 };
        const content = this.garbles ? Buffer.concat([body, Buffer.from('!')]) : body;
        this.resources.set(path, { content, properties: new Map() });
        return { status: resource === undefined ? 201 : 204 };
      }
      case 'MKCOL':
        if (resource !== undefined) return { status: 405 };
        if (parent === undefined) return { status: 409 };
        this.resources.set(path, { content: null, properties: new Map() });
        return { status: 201 };
      case 'GET':
      case 'HEAD':
        return resource?.content == null ? { status: 404 } : { body: resource.content };
      case 'PROPPATCH':
        if (!this.keepsProperties) return { status: 403 };
        return resource === undefined ? { status: 404 } : this.#patch(path, resource, body.toString('utf8'));
      case 'PROPFIND':
        return resource === undefined
          ? { status: 404 }
          : this.#find(path, resource, String(headers.depth), body.toString());
      default:
        return { status: 405 };
    }
  }

  #patch(path: string, resource: Resource, xml: string): Reply {
    const properties = parseXml(xml).children[0]!.children[0]!.children;
    const good = properties.filter(({ name }) => name !== 'forbidden');
    const bad = properties.filter(({ name }) => name === 'forbidden');
    // RFC 4918: all or nothing.
    if (bad.length === 0) for (const { space, name, text } of good) resource.properties.set(`${space} ${name}`, text);
    const part = (list: typeof properties, status: string) =>
      list.length === 0
        ? ''
        : `<D:propstat><D:prop>${list.map(({ space, name }) => `<n:${name} xmlns:n="${space}"/>`).join('')}</D:prop><D:status>HTTP/1.1 ${status}</D:status></D:propstat>`;
    return multistatus(
      `<D:response><D:href>${path}</D:href>${part(bad, '403 Forbidden')}${part(good, bad.length ? '424 Failed Dependency' : '200 OK')}</D:response>`,
    );
  }

  #find(path: string, resource: Resource, depth: string | undefined, xml: string): Reply {
    const wanted = parseXml(xml).children[0]!.children;
    const here = path.endsWith('/') ? path : `${path}/`;
    const below =
      depth === '1'
        ? [...this.resources].filter(([key]) => key !== here && /^[^/]+\/?$/.test(key.replace(here, '')))
        : [];
    const isBelow = below.filter(([key]) => key.startsWith(here));
    return multistatus(
      ([[path, resource], ...isBelow] as [string, Resource][])
        .map(([href, { content, properties }]) => {
          const found: string[] = [];
          const missing: string[] = [];
          for (const { space, name } of wanted) {
            const value =
              space !== 'DAV:'
                ? properties.get(`${space} ${name}`)
                : name === 'getcontentlength'
                  ? content?.length.toString()
                  : name === 'resourcetype' && content === null
                    ? '<D:collection/>'
                    : undefined;
            const escaped = space === 'DAV:' ? value : value?.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
            if (value === undefined) missing.push(`<n:${name} xmlns:n="${space}"/>`);
            else found.push(`<n:${name} xmlns:n="${space}">${escaped}</n:${name}>`);
          }
          return `<D:response><D:href>${href}</D:href><D:propstat><D:prop>${found.join('')}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat><D:propstat><D:prop>${missing.join('')}</D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat></D:response>`;
        })
        .join(''),
    );
  }
}

const multistatus = (responses: string): Reply => ({
  status: 207,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:">${responses}</D:multistatus>`,
});
