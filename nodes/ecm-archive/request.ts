import type { Node, NodeAPI } from 'node-red';
import { readContainerSpec, readMetadata, readRecordOptions } from '../../lib/archive/repositories/settings';
import type { ContainerSpec } from '../../lib/archive/repositories/types';
import { SignatureError } from '../../lib/errors';
import type { FlowMessage } from '../../lib/node-red/handlers';
import { evaluate } from '../../lib/node-red/typed-input';
import type { ArchiveRequest } from '../../lib/process/archiving/types';
import type { EcmArchiveConfig } from './config';

type Of = (field: keyof EcmArchiveConfig & string) => Promise<unknown>;

/**
 * Where and how one envelope is filed, as the dialog and the message say.
 *
 * @param envelopeName name of the signed PDF when the dialog gives none
 * @throws SignatureError `BAD_INPUT` naming the field
 */
export async function requestOf(
  RED: NodeAPI,
  node: Node,
  config: EcmArchiveConfig,
  message: FlowMessage,
  envelopeName: string,
): Promise<ArchiveRequest> {
  const of: Of = (field) =>
    evaluate(
      RED,
      node,
      message,
      field,
      String(config[field]),
      config[`${field}Type` as keyof EcmArchiveConfig] as Parameters<typeof evaluate>[5],
    );
  const attributes: Record<string, unknown> = {};
  for (const { attribute, value, valueType } of config.metadata) {
    const given = await evaluate(RED, node, message, `metadata ${attribute}`, value, valueType);
    if (attribute !== '' && given !== undefined) attributes[attribute] = given;
  }
  const record = await of('record');
  const chosen = text('documentName', await of('documentName'));
  return {
    container: await containerOf(config, of),
    name: (chosen ?? envelopeName).replace(/\.pdf$/i, ''),
    isNameDerived: chosen === undefined,
    collision: config.collision,
    metadata: readMetadata({
      type: text('documentType', await of('documentType')),
      attributes,
      classifications: [(await of('classifications')) ?? []].flat().map(asText),
    }),
    ...(record !== undefined && { record: readRecordOptions(withTextIds(record)) }),
    form: config.form,
    trust: config.trust,
    tsaUrl: config.tsaUrl,
    policy: {
      indeterminate: config.indeterminate,
      noSignature: config.noSignature,
      ...(config.minimumLevel !== '' && { minimumLevel: config.minimumLevel }),
    },
    revocation: config.revocation,
    maxBytes: config.maxSizeMb * 1024 * 1024,
    deleteAtProvider: config.deleteAtProvider,
    retryForMs: config.retryDays * 86_400_000,
  };
}

async function containerOf(config: EcmArchiveConfig, of: Of): Promise<ContainerSpec> {
  const container = text('container', await of('container'));
  const rest = { path: text('path', await of('path')), create: config.createPath };
  const objectType = text('objectType', await of('objectType'));
  switch (config.containerBy) {
    case 'path':
      return readContainerSpec({ by: 'path', ...rest });
    case 'id':
      return readContainerSpec({ by: 'id', id: container, ...rest });
    case 'nickname':
      return readContainerSpec({ by: 'nickname', nickname: container, ...rest });
    case 'businessObject': {
      const system = text('system', await of('system'));
      return readContainerSpec({ by: 'businessObject', system, type: objectType, id: container, ...rest });
    }
    case 'workspace':
      return readContainerSpec({ by: 'workspace', type: objectType, name: container, ...rest });
  }
}

/** Ids are numbers to the one who writes them, and text to the repositories. */
const asText = (id: unknown): unknown => (typeof id === 'number' ? String(id) : id);

const withTextIds = (record: unknown): unknown =>
  typeof record === 'object' && record !== null && !Array.isArray(record)
    ? Object.fromEntries(Object.entries(record).map(([name, value]) => [name, asText(value)]))
    : record;

function text(field: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new SignatureError('BAD_INPUT', `${field} must be text.`, { field });
}
