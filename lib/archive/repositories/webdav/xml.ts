/**
 * A small XML reader for answers of WebDAV servers: elements, namespaces and text. Document types and entities other than
 * the five predefined and numeric ones are refused, so nothing can be expanded or fetched.
 */
import { SignatureError } from '../../../errors';

export interface Element {
  /** Namespace URI, empty when there is none. */
  space: string;
  name: string;
  children: Element[];
  /** Own text, children's not included. */
  text: string;
}

const largest = 8 * 1024 * 1024;
const deepest = 64;
const mostElements = 200_000;

const bad = (why: string): SignatureError =>
  new SignatureError('REMOTE_FAULT', `The WebDAV server answered with XML that cannot be read: ${why}.`);

const predefined: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  return text.replace(/&([^;\s]{0,12});?/g, (_, entity: string) => {
    const plain = Object.hasOwn(predefined, entity) ? predefined[entity] : undefined;
    if (plain !== undefined) return plain;
    const number = /^#x([0-9a-f]{1,6})$/i.exec(entity)?.[1] ?? /^#(\d{1,7})$/.exec(entity)?.[1];
    const code = number === undefined ? Number.NaN : Number.parseInt(number, /^#x/i.test(entity) ? 16 : 10);
    if (!(code > 0 && code <= 0x10ffff)) throw bad('an entity is not allowed');
    return String.fromCodePoint(code);
  });
}

const attribute = /\s+([^\s=/>]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;

/** Namespace declarations among the attributes of a start tag. */
function declarations(source: string): Map<string, string> {
  const found = new Map<string, string>();
  attribute.lastIndex = 0;
  let end = 0;
  for (let match = attribute.exec(source); match !== null; match = attribute.exec(source)) {
    end = attribute.lastIndex;
    const prefix = /^xmlns(?::(.+))?$/.exec(match[1] ?? '');
    if (prefix !== null) found.set(prefix[1] ?? '', decoded(match[2] ?? match[3] ?? ''));
  }
  if (source.slice(end).trim() !== '') throw bad('a start tag is broken');
  return found;
}

interface Open extends Element {
  qualified: string;
  scope: Map<string, string>;
}

function opened(qualified: string, attributes: string, outer: Map<string, string>): Open {
  const own = declarations(attributes);
  const scope = own.size === 0 ? outer : new Map([...outer, ...own]);
  const [first = '', second] = qualified.split(':');
  const [prefix, name] = second === undefined ? ['', first] : [first, second];
  const space = scope.get(prefix);
  if (space === undefined && prefix !== '') throw bad('a namespace prefix is not declared');
  return { space: space ?? '', name, children: [], text: '', qualified, scope };
}

/** The end of a piece of markup that begins at `from`. */
function endOf(source: string, mark: string, from: number): number {
  const end = source.indexOf(mark, from);
  if (end < 0) throw bad('it ends too early');
  return end + mark.length;
}

/** The `>` of a tag, skipping those within quotes. */
function endOfTag(source: string, from: number): number {
  for (let at = from; at < source.length; at += 1) {
    const letter = source[at];
    if (letter === '>') return at;
    if (letter === '"' || letter === "'") at = endOf(source, letter, at + 1) - 1;
  }
  throw bad('it ends too early');
}

/**
 * @param source the document
 * @returns its root element
 * @throws SignatureError REMOTE_FAULT when it is not well-formed, too large, too deep, or declares a document type
 */
export function parseXml(source: string): Element {
  if (source.length > largest) throw bad('it is too large');
  const top: Open = { space: '', name: '', children: [], text: '', qualified: '', scope: new Map([['xml', 'xml']]) };
  const stack: Open[] = [top];
  let count = 0;
  for (let at = source.charCodeAt(0) === 0xfeff ? 1 : 0; at < source.length; ) {
    const current = stack.at(-1) ?? top;
    if (source[at] !== '<') {
      const next = source.indexOf('<', at);
      const end = next < 0 ? source.length : next;
      current.text += decoded(source.slice(at, end));
      at = end;
    } else if (source.startsWith('<!--', at)) at = endOf(source, '-->', at + 4);
    else if (source.startsWith('<?', at)) at = endOf(source, '?>', at + 2);
    else if (source.startsWith('<![CDATA[', at)) {
      const end = endOf(source, ']]>', at + 9);
      current.text += source.slice(at + 9, end - 3);
      at = end;
    } else if (source.startsWith('<!', at)) throw bad('a document type is not allowed');
    else if (source.startsWith('</', at)) {
      const end = endOf(source, '>', at);
      if (stack.length === 1 || source.slice(at + 2, end - 1).trim() !== current.qualified) {
        throw bad('an end tag is wrong');
      }
      stack.pop();
      at = end;
    } else {
      const end = endOfTag(source, at);
      const empty = source[end - 1] === '/';
      const inner = source.slice(at + 1, empty ? end - 1 : end);
      const qualified = /^[^\s/>]+/.exec(inner)?.[0] ?? '';
      if (!/^[\p{L}_][\p{L}\p{N}._-]*(?::[\p{L}_][\p{L}\p{N}._-]*)?$/u.test(qualified)) throw bad('a tag is broken');
      count += 1;
      if (count > mostElements || stack.length > deepest) throw bad('it is too deep or has too many elements');
      const element = opened(qualified, inner.slice(qualified.length), current.scope);
      current.children.push(element);
      if (!empty) stack.push(element);
      at = end + 1;
    }
  }
  const [root] = top.children;
  if (stack.length > 1 || root === undefined || top.children.length > 1) throw bad('it ends too early');
  return root;
}

/** A text as it may stand in an element or a quoted attribute. Characters that XML cannot carry are left out. */
export const escapedXml = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 cannot carry them
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replace(/\p{Surrogate}/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
