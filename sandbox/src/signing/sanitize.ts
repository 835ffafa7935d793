const allowed = new Set(['a', 'abbr', 'acronym', 'b', 'blockquote', 'code', 'em', 'i', 'ul', 'li', 'ol', 'strong']);
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text made safe for HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/**
 * Leaves only the tags that a message may contain, all without attributes but the http(s) or mailto address of a link;
 * everything else is shown as text. Line ends become `<br>`. Tags that were left open are closed.
 */
export function sanitize(html: string): string {
  const open: string[] = [];
  const parts = html.split(/(<[^<>]*>)/).map((part) => {
    const [, slash, name = '', rest = ''] = /^<(\/?)([a-z]+)\b([^<>]*)>$/i.exec(part) ?? [];
    const tag = name.toLowerCase();
    if (!allowed.has(tag)) return escapeHtml(decode(part)).replace(/\r?\n/g, '<br>');
    if (slash !== '/') {
      open.push(tag);
      return tag === 'a' ? `<a${href(rest)}>` : `<${tag}>`;
    }
    const place = open.lastIndexOf(tag);
    return place < 0 ? '' : close(open.splice(place));
  });
  return parts.join('') + close(open);
}

function close(tags: string[]): string {
  return tags
    .reverse()
    .map((tag) => `</${tag}>`)
    .join('');
}

function href(attributes: string): string {
  const value = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(attributes);
  const address = decode(value?.[1] ?? value?.[2] ?? value?.[3] ?? '');
  const protocol = URL.parse(address)?.protocol ?? '';
  if (!['http:', 'https:', 'mailto:'].includes(protocol)) return '';
  return ` href="${escapeHtml(address)}" rel="noopener noreferrer" target="_blank"`;
}

/** The common entities, so that text which came escaped is not escaped twice. */
function decode(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_all, name: string) => named[name] ?? '');
}
