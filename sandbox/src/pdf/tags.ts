import type { TextRun } from './text-runs';
import { joinRuns } from './text-runs';

/** A signature tag found in a document. Positions are PDF points on the page as displayed, origin bottom left. */
export interface Tag {
  /** signature, initials, name, text, date, check box */
  type: 's' | 'i' | 'n' | 't' | 'd' | 'c';
  signerIndex: number;
  required: boolean;
  multiline: boolean;
  label: string;
  prefill: string | null;
  externalId: string | null;
  /** from 0 */
  page: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What the sandbox needs to know about a PDF: the size of each page as displayed (points) and its tags. */
export interface PdfFacts {
  pages: { width: number; height: number }[];
  tags: Tag[];
}

const tagPattern = /\[\[\s*([sintdc])\s*\|([^[\]]*)\]\]/giu;
const defaultLabels = { s: 'Signature', i: 'Initials', n: 'Name', t: 'Text', d: 'Date', c: 'Check box' } as const;

/** A field smaller than this (points) could not be used; it then grows to the right and upwards. */
const smallest: Record<Tag['type'], { width: number; height: number }> = {
  s: { width: 120, height: 40 },
  i: { width: 48, height: 24 },
  n: { width: 80, height: 12 },
  t: { width: 80, height: 12 },
  d: { width: 62, height: 12 },
  c: { width: 12, height: 12 },
};

type Meaning = Pick<Tag, 'type' | 'signerIndex' | 'required' | 'multiline' | 'label' | 'prefill' | 'externalId'>;

/**
 * Reads one tag `type|signerIndex|mod:val|…` (without the brackets): `r` mandatory, `m` multi-line, `n` label,
 * `p` prefill, `id` external id. A signature is mandatory unless `r:0`. Unknown modifiers are skipped.
 * Source: SignRequest's guide to document tags.
 *
 * @returns null when the signer index is no number: then it is ordinary text
 */
export function parseTag(type: string, rest: string): Meaning | null {
  const [index = '', ...modifiers] = rest.split('|').map((part) => part.replace(/\s+/gu, ' ').trim());
  if (!/^\d{1,4}$/u.test(index)) return null;
  const values = new Map<string, string>();
  for (const modifier of modifiers) {
    const colon = modifier.indexOf(':');
    if (colon > 0) values.set(modifier.slice(0, colon).trim().toLowerCase(), modifier.slice(colon + 1).trim());
  }
  const kind = type.toLowerCase() as Tag['type'];
  return {
    type: kind,
    signerIndex: Number(index),
    required: values.has('r') ? values.get('r') === '1' : kind === 's',
    multiline: values.get('m') === '1',
    label: values.get('n') || defaultLabels[kind],
    prefill: values.get('p') ?? null,
    externalId: values.get('id') || null,
  };
}

/**
 * Finds the tags in the text of one page, also where a tag is split over several text runs.
 *
 * @param runs the page's text runs in reading order, positions in points of the displayed page
 * @param page its index (from 0) and size in points
 */
export function findTags(runs: TextRun[], page: { index: number; width: number; height: number }): Tag[] {
  const { text, boxOf } = joinRuns(runs);
  const tags: Tag[] = [];
  for (const match of text.matchAll(tagPattern)) {
    const meaning = parseTag(match[1] ?? '', match[2] ?? '');
    const box = boxOf(match.index, match.index + match[0].length);
    if (meaning && box) tags.push({ ...meaning, page: page.index, ...fieldBox(meaning.type, box, page) });
  }
  return tags;
}

type Box = { x: number; y: number; width: number; height: number };

function fieldBox(type: Tag['type'], box: Box, page: { width: number; height: number }): Box {
  const least = smallest[type];
  const height = Math.min(page.height, Math.max(box.height, least.height));
  const width = type === 'c' ? height : Math.min(page.width, Math.max(box.width, least.width));
  return {
    x: round(Math.min(Math.max(0, box.x), page.width - width)),
    y: round(Math.min(Math.max(0, box.y), page.height - height)),
    width: round(width),
    height: round(height),
  };
}

const round = (points: number) => Math.round(points * 100) / 100;
