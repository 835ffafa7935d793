import type { Sandbox } from '../../context';
import type { EcmAnswer, EcmCall } from '../answer';
import type { ContentNode, FileVersion, StoredFile } from '../model';
import { newCategories } from './attributes';
import { classifications } from './catalog';
import { propertiesOf } from './json';
import { bodyOf, csError, formOf, isMultipart } from './service';
import { addNode, checkName, containerOf } from './tree';

export interface GivenFile {
  filename: string;
  mimeType: string;
  stored: StoredFile;
}

/** The fields of a form or a multipart body, and its file. */
export async function readForm(call: EcmCall): Promise<{ form: Record<string, unknown>; file?: GivenFile }> {
  if (!isMultipart(call.request)) return { form: formOf(call) };
  const parts = await call.takeForm();
  const form = Object.fromEntries(parts.flatMap((part) => ('text' in part ? [[part.name, part.text]] : [])));
  const file = parts.find((part) => 'stored' in part);
  return { form, ...(file !== undefined && 'stored' in file && { file }) };
}

/** A new version from an uploaded file. */
export function versionOf(sandbox: Sandbox, number: number, file: GivenFile, description = ''): FileVersion {
  const { filename, mimeType, stored } = file;
  return { ...stored, number, name: filename, mimeType, description, at: sandbox.clock.now() };
}

/** Reads `roles.classifications.id`. @throws ApiError 400 */
export function classificationIds(given: unknown): number[] {
  const list = given === undefined || given === null ? [] : Array.isArray(given) ? given : [given];
  return list.map((id) => {
    const known = classifications.find((one) => String(one.id) === String(id));
    if (known === undefined) throw csError(400, `The classification ${String(id)} does not exist.`);
    return known.id;
  });
}

/** `POST /nodes`: a folder, or a document with its content, categories and classifications. */
export async function createNode(sandbox: Sandbox, call: EcmCall): Promise<EcmAnswer> {
  const { form, file } = await readForm(call);
  const given = bodyOf(form);
  const type = Number(given.type);
  if (type !== 0 && type !== 144) throw csError(400, 'The type is required: 0 for a folder, 144 for a document.');
  if (type === 144 && file === undefined) throw csError(400, 'A file is required for a document.');
  const parent = containerOf(sandbox, given.parent_id);
  const roles = (given.roles ?? {}) as { categories?: unknown; classifications?: { id?: unknown } };
  const more: Partial<ContentNode> = {
    description: textOf(given.description),
    externalCreateDate: dateOf(given.external_create_date),
    categories: newCategories(roles.categories),
    classifications: classificationIds(roles.classifications?.id),
    ...(file !== undefined && type === 144 && { versions: [versionOf(sandbox, 1, file)] }),
  };
  // Nothing comes between the check of the name and taking it.
  const node = addNode(sandbox, parent, type, checkName(sandbox, parent.uuid, given.name), more);
  return { status: 201, body: { results: { data: { properties: propertiesOf(sandbox, node) } } } };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function dateOf(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value))) return value;
  throw csError(400, 'The external_create_date is not a date.');
}
