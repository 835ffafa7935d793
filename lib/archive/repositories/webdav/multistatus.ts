/** WebDAV properties: requests for them, and 207 answers, whose parts can fail one by one (RFC 4918, 13). */
import { type Element, escapedXml, parseXml } from './xml';

export interface PropertyName {
  space: string;
  name: string;
}

export interface Property extends PropertyName {
  text: string;
  children: PropertyName[];
}

export interface ResourceState {
  /** As the server wrote it: an absolute path or URL, percent-encoded. */
  href: string;
  /** Properties with status 200. */
  found: Property[];
  /** Properties that failed, with their status. */
  failed: (PropertyName & { status: number })[];
}

export const dav = 'DAV:';

const declaration = '<?xml version="1.0" encoding="utf-8"?>';

/** @param names which properties to read */
export const propfindBody = (names: readonly PropertyName[]): string =>
  `${declaration}<D:propfind xmlns:D="DAV:"><D:prop>${names
    .map(({ space, name }) => `<p:${name} xmlns:p="${escapedXml(space)}"/>`)
    .join('')}</D:prop></D:propfind>`;

/** @param values which properties to set */
export const proppatchBody = (values: readonly (PropertyName & { text: string })[]): string =>
  `${declaration}<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop>${values
    .map(({ space, name, text }) => `<p:${name} xmlns:p="${escapedXml(space)}">${escapedXml(text)}</p:${name}>`)
    .join('')}</D:prop></D:set></D:propertyupdate>`;

const isDav = (name: string) => (element: Element) => element.space === dav && element.name === name;

const textOf = (element: Element | undefined): string => element?.text.trim() ?? '';

const statusOf = (element: Element): number =>
  Number(/^HTTP\/\S+\s+(\d{3})/.exec(textOf(element.children.find(isDav('status'))))?.[1] ?? 200);

/** @throws SignatureError REMOTE_FAULT when the text is no such document */
export function readMultistatus(text: string): ResourceState[] {
  return parseXml(text)
    .children.filter(isDav('response'))
    .map((response) => {
      const parts = response.children.filter(isDav('propstat')).map((part) => ({
        status: statusOf(part),
        properties: part.children.find(isDav('prop'))?.children ?? [],
      }));
      const good = (status: number) => status >= 200 && status < 300;
      return {
        href: textOf(response.children.find(isDav('href'))),
        found: parts
          .filter(({ status }) => good(status))
          .flatMap(({ properties }) => properties)
          .map(({ space, name, text: own, children }) => ({
            space,
            name,
            text: own.trim(),
            children: children.map((child) => ({ space: child.space, name: child.name })),
          })),
        failed: parts
          .filter(({ status }) => !good(status))
          .flatMap(({ status, properties }) => properties.map(({ space, name }) => ({ space, name, status }))),
      };
    });
}

export const propertyOf = (state: ResourceState, { space, name }: PropertyName): Property | undefined =>
  state.found.find((property) => property.space === space && property.name === name);
