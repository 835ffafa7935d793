import { FakeServer, type Incoming, partsOf, type Reply } from './server';

/** A plain store: PUT, GET, HEAD, and POST of a form. */
export class FakeHttpStore extends FakeServer {
  readonly files = new Map<string, Buffer>();
  /** Given as `Location` after a POST. */
  location: ((path: string) => string) | undefined = (path) => path;

  documents(): string[] {
    return [...this.files.keys()].filter((path) => !path.endsWith('.metadata.json'));
  }

  protected answer(request: Incoming): Reply {
    const { method, path, headers, body } = request;
    if (headers['x-api-key'] !== 'secret-key') return { status: 401, body: { error: 'key secret-key is unknown' } };
    const file = this.files.get(path);
    if (method === 'PUT') {
      if (headers['if-none-match'] === '*' && file !== undefined) return { status: 412 };
      this.files.set(path, body);
      return { status: 201 };
    }
    if (method === 'POST') {
      const parts = partsOf(request);
      const target = `/store/${parts.find(({ name }) => name === 'key')?.data.toString()}`;
      this.files.set(target, parts.at(-1)!.data);
      return { status: 201, headers: this.location ? { location: this.location(target) } : {} };
    }
    return file === undefined ? { status: 404 } : { body: file };
  }
}
