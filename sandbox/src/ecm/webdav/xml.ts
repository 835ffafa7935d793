/** The little XML that WebDAV needs: names of properties in, a multistatus out (RFC 4918). */

export interface PropertyName {
  space: string;
  name: string;
}

export interface PropertyValue extends PropertyName {
  /** Text, already as XML. */
  xml: string;
}

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll('&amp;', '&');

interface Element extends PropertyName {
  text: string;
  children: Element[];
}

const tag = /<(\/?)([\w.-]+:)?([\w.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|<[?!][^>]*>/g;

/** Reads the elements of a body. @returns undefined when it is not well-formed */
export function parseXml(source: string): Element | undefined {
  const root: Element = { space: '', name: '', text: '', children: [] };
  const stack = [{ element: root, spaces: new Map([['', '']]) }];
  let end = 0;
  for (const match of source.matchAll(tag)) {
    const top = stack.at(-1);
    if (top === undefined) return undefined;
    top.element.text += unescaped(source.slice(end, match.index));
    end = match.index + match[0].length;
    const [, closing, prefix = '', name, attributes = '', empty] = match;
    if (name === undefined) continue;
    if (closing) {
      if (stack.length === 1 || top.element.name !== name) return undefined;
      stack.pop();
      continue;
    }
    const spaces = new Map(top.spaces);
    for (const [, declared = '', , double, single] of attributes.matchAll(
      /xmlns(?::([\w.-]+))?(\s*=\s*)(?:"([^"]*)"|'([^']*)')/g,
    )) {
      spaces.set(declared, unescaped(double ?? single ?? ''));
    }
    const space = spaces.get(prefix.slice(0, -1));
    if (space === undefined) return undefined;
    const element: Element = { space, name, text: '', children: [] };
    top.element.children.push(element);
    if (!empty) stack.push({ element, spaces });
  }
  return stack.length === 1 ? root.children[0] : undefined;
}

/** What a PROPFIND asks for. @returns `all`, or the names; undefined when the body is broken */
export function propfindNames(body: string): 'all' | PropertyName[] | undefined {
  if (body.trim() === '') return 'all';
  const prop = parseXml(body)?.children[0];
  if (prop === undefined) return undefined;
  return prop.name === 'prop' ? prop.children.map(({ space, name }) => ({ space, name })) : 'all';
}

/** What a PROPPATCH sets and removes, in its order. @returns undefined when the body is broken */
export function propertyUpdates(body: string): (PropertyName & { text: string | null })[] | undefined {
  const root = parseXml(body);
  if (root?.name !== 'propertyupdate') return undefined;
  return root.children.flatMap((action) =>
    action.children
      .flatMap(({ children }) => children)
      .map(({ space, name, text }) => ({ space, name, text: action.name === 'remove' ? null : text })),
  );
}

export interface ResourceStatus {
  href: string;
  parts: { status: string; properties: PropertyValue[] }[];
}

/** The body of a 207. */
export function multistatus(resources: readonly ResourceStatus[]): string {
  const property = ({ space, name, xml }: PropertyValue): string =>
    space === 'DAV:' ? `<D:${name}>${xml}</D:${name}>` : `<p:${name} xmlns:p="${escapeXml(space)}">${xml}</p:${name}>`;
  const part = ({ status, properties }: ResourceStatus['parts'][number]): string =>
    `<D:propstat><D:prop>${properties.map(property).join('')}</D:prop><D:status>HTTP/1.1 ${status}</D:status></D:propstat>`;
  const response = ({ href, parts }: ResourceStatus): string =>
    `<D:response><D:href>${escapeXml(href)}</D:href>${parts
      .filter(({ properties }) => properties.length > 0)
      .map(part)
      .join('')}</D:response>`;
  return `<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:">${resources.map(response).join('')}</D:multistatus>`;
}
