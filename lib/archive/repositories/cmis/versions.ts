/** New versions, by way of a working copy. */
import { SignatureError } from '../../../errors';
import { noContainer, statusOf } from '../remote';
import type { ArchiveFile, AttributeValue, Filed, Metadata } from '../types';
import { type CmisClient, type CmisProperties, textIn } from './client';
import { addedTypes, changedValues, listIn, propertyFields, type Value } from './form';
import type { CmisModel } from './model';

/** The properties that are to change on a document that is there, judged by the types it has. */
export async function changesTo(
  before: CmisProperties,
  metadata: Metadata | undefined,
  model: CmisModel,
  extra: Readonly<Record<string, AttributeValue>> = {},
): Promise<Value[]> {
  const type = textIn(before, 'cmis:objectTypeId');
  const wanted = [...new Set([...listIn(before, 'cmis:secondaryObjectTypeIds'), ...(metadata?.aspects ?? [])])];
  const properties = Object.keys({ ...extra, ...metadata?.attributes });
  const aspects = await model.aspectsFor(type, wanted, properties);
  const values = await model.values({ attributes: {}, ...metadata, type, aspects }, extra, false);
  return [...addedTypes(before, aspects), ...changedValues(values, before)];
}

/**
 * Makes the file a new version. A working copy that an earlier attempt left is used; that of somebody else is not, as
 * the server refuses it.
 *
 * @param document of which version does not matter
 * @param extra properties besides the metadata
 * @returns the properties of the new version
 * @throws SignatureError BAD_CONFIG (the type has no versions), UNKNOWN_TYPE, RETENTION (checked out by somebody else)
 */
export async function addVersion(
  client: CmisClient,
  model: CmisModel,
  document: Filed,
  file: ArchiveFile,
  { key, metadata, extra }: { key: string; metadata?: Metadata; extra: Readonly<Record<string, AttributeValue>> },
): Promise<CmisProperties> {
  const before = await client.object({ id: document.id });
  if (before === null) throw noContainer(client.options.service, JSON.stringify(document.name));
  if (!(await model.type(textIn(before, 'cmis:objectTypeId'))).versionable) {
    throw new SignatureError(
      'BAD_CONFIG',
      `${document.name} is of a type without versions. Choose "rename" or "adopt" as the policy, or a versionable type.`,
      { field: 'collision' },
    );
  }
  const values = await changesTo(before, metadata, model, extra);
  const left = textIn(before, 'cmis:versionSeriesCheckedOutId');
  const copy = left !== '' ? left : textIn(await client.actOn(document.id, action('checkOut')), 'cmis:objectId');
  const checkIn = [
    ...action('checkIn'),
    ['major', 'true'],
    ['checkinComment', key],
    ...propertyFields(values),
  ] as const;
  try {
    return await client.actOn(copy, checkIn, { file });
  } catch (thrown) {
    const status = statusOf(thrown) ?? 0;
    // What is refused for good must not stay checked out; the refusal is what counts, so a failure of this is not told.
    if (left === '' && status >= 400 && status < 500) await client.act(copy, action('cancelCheckOut')).catch(() => {});
    throw thrown;
  }
}

const action = (cmisaction: string) => Object.entries({ cmisaction, succinct: 'true' });
