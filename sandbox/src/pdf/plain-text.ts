import { ConvertError } from './convert-error';
import { readZipEntry } from './zip';

/** One paragraph of a document that is not yet a PDF. */
export interface Block {
  kind: 'heading' | 'text' | 'bullet';
  /** of a heading, 1–3 */
  level: number;
  text: string;
}

const limit = 20 * 1024 * 1024;

/** Paragraphs of a plain text: parts between empty lines, with their own line ends. */
export function fromText(text: string): Block[] {
  return text
    .replace(/\r\n?/gu, '\n')
    .split(/\n{2,}/u)
    .map((part) => block('text', part.replace(/^\n+|\s+$/gu, '')))
    .filter(({ text }) => text !== '');
}

/** Paragraphs of a Markdown text: headings, bullets and text; emphasis marks and link targets are dropped. */
export function fromMarkdown(text: string): Block[] {
  const blocks: Block[] = [];
  let open = false;
  for (const line of text.replace(/\r\n?/gu, '\n').split('\n')) {
    const heading = /^(#{1,6})\s+(.*?)\s*#*$/u.exec(line);
    const bullet = /^\s*(?:[-*+]|\d+[.)])\s+(.*)$/u.exec(line);
    const last = blocks.at(-1);
    if (heading) blocks.push(block('heading', inline(heading[2] ?? ''), Math.min(3, heading[1]?.length ?? 1)));
    else if (bullet) blocks.push(block('bullet', inline(bullet[1] ?? '')));
    else if (line.trim() !== '' && open && last && last.kind !== 'heading') last.text += ` ${inline(line.trim())}`;
    else if (line.trim() !== '') blocks.push(block('text', inline(line.trim())));
    open = line.trim() !== '' && !heading;
  }
  return blocks;
}

function inline(text: string): string {
  return text
    .replace(/!?\[([^[\]]*)\]\([^()]*\)/gu, '$1')
    .replace(/(\*\*|__|`)(.+?)\1/gu, '$2')
    .replace(/(^|\W)[*_](\S(?:.*?\S)?)[*_](?=\W|$)/gu, '$1$2');
}

/** Paragraphs of an HTML page: its text only, without scripts, styles and pictures. */
export function fromHtml(html: string): Block[] {
  const body = html
    .replace(/<!--[\s\S]*?-->/gu, '')
    .replace(/<(script|style|head|title|template|svg)\b[\s\S]*?<\/\1\s*>/giu, '')
    .replace(/\s+/gu, ' ')
    .replace(/<br\s*\/?>/giu, '\n');
  const blocks: Block[] = [];
  const parts = body.split(
    /(<\/?(?:p|div|section|article|header|footer|main|h[1-6]|li|ul|ol|tr|table|blockquote|hr|pre|body|html)\b[^>]*>)/iu,
  );
  let current = { kind: 'text' as Block['kind'], level: 0 };
  for (const part of parts) {
    const opened = /^<(h[1-6]|li)\b/iu.exec(part)?.[1]?.toLowerCase();
    if (opened) {
      current =
        opened === 'li' ? { kind: 'bullet', level: 0 } : { kind: 'heading', level: Math.min(3, Number(opened[1])) };
    } else if (
      part.startsWith('<') &&
      /^<\/?[a-z]/iu.test(part) &&
      !/^<(?:a|b|i|em|strong|span|u|img|small|code)\b/iu.test(part)
    ) {
      current = { kind: 'text', level: 0 };
    } else {
      const text = decodeEntities(part.replace(/<(?=[a-z/!])[^>]*>/giu, ' '))
        .replace(/[^\S\n]+/gu, ' ')
        .replace(/ ?\n ?/gu, '\n')
        .trim();
      if (text !== '') blocks.push(block(current.kind, text, current.level));
    }
  }
  return blocks;
}

/**
 * Paragraphs of a Word document (.docx), read from its main part.
 *
 * @throws ConvertError when it is no Word document
 */
export function fromDocx(content: Uint8Array): Block[] {
  const xml = readZipEntry(content, 'word/document.xml', limit);
  if (!xml) throw new ConvertError('The file is not a readable Word document (.docx).');
  const blocks: Block[] = [];
  for (const [paragraph] of Buffer.from(xml)
    .toString('utf8')
    .matchAll(/<w:p[ >][\s\S]*?<\/w:p>/gu)) {
    const text = [...paragraph.matchAll(/<w:t(?: [^>]*)?>([^<]*)<\/w:t>|<w:(tab|br|cr)\b[^>]*>/gu)]
      .map(([, written, mark]) => (mark ? (mark === 'tab' ? '\t' : '\n') : decodeEntities(written ?? '')))
      .join('');
    const style = /<w:pStyle w:val="(?:(Title)|Heading([1-9]))"/u.exec(paragraph);
    if (text.trim() === '') continue;
    if (style) blocks.push(block('heading', text, style[1] ? 1 : Math.min(3, Number(style[2]))));
    else blocks.push(block(paragraph.includes('<w:numPr>') ? 'bullet' : 'text', text));
  }
  return blocks;
}

const entities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  euro: '€',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  copy: '©',
  sect: '§',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
};

function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/giu, (whole, decimal, hex, name) => {
    if (name) return entities[name] ?? whole;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function block(kind: Block['kind'], text: string, level = 0): Block {
  return { kind, text, level };
}
