import * as z from 'zod';
import { commonFields, flag, numberField, text, typedAs, typedValue } from '../../lib/node-red/config-fields';

/** One attribute of the filed documents. */
export const metadataRow = z.object({
  /** Id of the attribute, as the repository lists it. */
  attribute: text(),
  value: typedValue(),
  valueType: typedAs('msg'),
});

/** Configuration of `ecm-archive`. */
export const ecmArchiveConfig = z.object({
  ...commonFields,
  account: text(),
  repository: text(),
  envelope: typedValue('envelope'),
  envelopeType: typedAs('msg'),

  /** Where to file: how the container is found, its name or id, and a path below it. */
  containerBy: z.enum(['path', 'id', 'nickname', 'businessObject', 'workspace']).default('path'),
  /** id, nickname, business object id or workspace name; unused with `path`. */
  container: typedValue(),
  containerType: typedAs('msg'),
  /** businessObject: external system; unused otherwise. */
  system: typedValue(),
  systemType: typedAs('str'),
  /** businessObject: object type; workspace: workspace type. */
  objectType: typedValue(),
  objectTypeType: typedAs('str'),
  path: typedValue(),
  pathType: typedAs('str'),
  createPath: flag(true),

  /** Name of the signed PDF without extension; empty: the envelope's name, made to fit the repository. */
  documentName: typedValue(),
  documentNameType: typedAs('str'),
  collision: z.enum(['adopt', 'version', 'rename']).default('rename'),
  /** Type of the documents in the repository; empty: its plain document. */
  documentType: typedValue(),
  documentTypeType: typedAs('str'),
  metadata: z.array(metadataRow).default([]),
  classifications: typedValue(),
  classificationsType: typedAs('json'),
  /** `{classification, official, fileStatus, retainUntil, hold}`; empty: no record is declared. */
  record: typedValue(),
  recordType: typedAs('json'),

  /** What is filed: the documents one by one, one ZIP, or both; the package is BagIt in any case. */
  form: z.enum(['documents', 'zip', 'both']).default('both'),
  /** Certificates (PEM) the provider's seal has to end in; empty: none, then a seal is INDETERMINATE at best. */
  trust: text(),
  /** RFC 3161 service that time-stamps the package; empty: none. */
  tsaUrl: text(),
  indeterminate: z.enum(['archive', 'warn', 'quarantine']).default('warn'),
  noSignature: z.enum(['archive', 'warn', 'quarantine']).default('warn'),
  /** What it means when the PDF does not show whether a certificate was revoked. */
  revocation: z.enum(['required', 'if-named', 'ignored']).default('if-named'),
  minimumLevel: z.enum(['', 'PKCS7', 'B-B', 'B-T', 'B-LT', 'B-LTA']).default(''),

  maxSizeMb: numberField(200, { min: 1, max: 4096 }),
  /** How long an unreachable repository is tried again. */
  retryDays: numberField(7, { min: 0, max: 365 }),
  /** Delete the provider's copy once everything is filed. */
  deleteAtProvider: flag(false),
});

export type EcmArchiveConfig = z.infer<typeof ecmArchiveConfig>;
