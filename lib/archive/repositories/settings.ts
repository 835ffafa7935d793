/** The border: what a repository is configured with, and what a filing is asked for, as schemas. */
import { z } from 'zod';
import { type ErrorCode, SignatureError } from '../../errors';
import type { CmisSettings } from './cmis/client';
import type { ContentServerSettings } from './content-server/content-server';
import type { CoreContentSettings } from './core-content/client';
import type { FolderSettings } from './folder/folder';
import type { HttpSettings } from './http/http';
import type { ContainerSpec, Metadata, RecordOptions } from './types';
import type { WebDavSettings } from './webdav/webdav';

export type RepositorySettings =
  | FolderSettings
  | ContentServerSettings
  | CoreContentSettings
  | CmisSettings
  | WebDavSettings
  | HttpSettings;

const filled = z.string({ error: 'is missing. Fill it in' }).trim().min(1, 'is empty. Fill it in');
const secret = z.string({ error: 'is missing. Fill it in' }).min(1, 'is empty. Fill it in');
/** An empty text counts as missing: that is what an empty field of a dialog gives. */
const optional = z.preprocess((value) => (value === '' || value === null ? undefined : value), filled.optional());

const url = filled.refine((text) => {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  return parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.username === '' && parsed.password === '';
}, 'is not a plain http or https URL without a user name');

const credentials = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('none') }),
    z.object({ kind: z.literal('basic'), username: filled, password: secret }),
    z.object({ kind: z.literal('bearer'), token: filled }),
    z.object({
      kind: z.literal('header'),
      name: filled.regex(/^[A-Za-z0-9-]+$/, 'is not the name of a header'),
      value: filled,
    }),
  ],
  { error: 'is not one of none, basic, bearer, header' },
);

const contentServerAuth = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('password'), username: filled, password: secret, domain: optional }),
    z.object({ kind: z.literal('otdsTicket'), otdsUrl: url, username: filled, password: secret }),
    z.object({
      kind: z.literal('otdsOAuth'),
      otdsUrl: url,
      clientId: filled,
      clientSecret: secret,
      username: optional,
      password: z.string().optional(),
      scope: optional,
    }),
  ],
  { error: 'is not one of password, otdsTicket, otdsOAuth' },
);

const cmisName = z.string().regex(/^[^\s"'\\]+$/, 'is not the id of a property');
const cmsName = z.string().regex(/^\w+$/, 'may have letters, digits and "_" only');
const blankable = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' || value === null ? undefined : value), schema.optional());

const settings: z.ZodType<RepositorySettings, unknown> = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('folder'), folder: filled }),
    z.object({
      kind: z.literal('content-server'),
      url,
      auth: contentServerAuth,
      root: blankable(z.string().regex(/^\d+$/, 'is not a node id')),
    }),
    z.object({
      kind: z.literal('core-content'),
      url,
      storageUrl: url,
      tokenUrl: url,
      clientId: filled,
      clientSecret: secret,
      rootFolderId: optional,
      fileType: blankable(cmsName),
      keyProperty: blankable(cmsName),
      aclId: optional,
    }),
    z.object({
      kind: z.literal('cmis'),
      url,
      credentials,
      repositoryId: optional,
      keyProperty: blankable(cmisName),
    }),
    z.object({ kind: z.literal('webdav'), url, credentials, namespace: optional }),
    z.object({
      kind: z.literal('http'),
      url,
      credentials,
      method: z.enum(['PUT', 'POST'], { error: 'is not PUT or POST' }),
      fileField: optional,
      writeOnly: z.boolean().optional(),
    }),
  ],
  { error: 'is no kind of repository' },
);

const step = { path: z.string().optional(), create: z.boolean().optional() };
const container: z.ZodType<ContainerSpec, unknown> = z.discriminatedUnion(
  'by',
  [
    z.object({ by: z.literal('path'), ...step }),
    z.object({ by: z.literal('id'), id: filled, ...step }),
    z.object({ by: z.literal('nickname'), nickname: filled, ...step }),
    z.object({ by: z.literal('businessObject'), system: filled, type: filled, id: filled, ...step }),
    z.object({ by: z.literal('workspace'), type: filled, name: filled, ...step }),
  ],
  { error: 'is not one of path, id, nickname, businessObject, workspace' },
);

const value = z.union([z.string(), z.number(), z.boolean()], { error: 'is no text, number, yes/no or list of these' });
const date = (error: string) => z.string().refine((text) => !Number.isNaN(Date.parse(text)), error);

const metadata: z.ZodType<Metadata, unknown> = z.object({
  type: optional,
  aspects: z.array(filled).optional(),
  attributes: z.record(z.string(), z.union([value, z.array(value)])).default({}),
  description: z.string().optional(),
  createdOn: blankable(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'is not a date like 2026-01-31')),
  classifications: z.array(z.string().regex(/^\d+$/, 'is not the id of a classification')).optional(),
});

const record: z.ZodType<RecordOptions, unknown> = z.object({
  classification: blankable(z.string().regex(/^\d+$/, 'is not the id of a records classification')),
  official: z.boolean().optional(),
  fileStatus: optional,
  retainUntil: blankable(date('is not a date like 2036-12-31')),
  hold: optional,
});

function reader<T>(schema: z.ZodType<T, unknown>, code: ErrorCode, name: string): (input: unknown) => T {
  return (input) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    const field = [name, ...(issue?.path ?? []).map(String)].join('.');
    throw new SignatureError(code, `${field} ${issue?.message ?? 'is wrong'}.`, { field });
  };
}

/** @throws SignatureError BAD_CONFIG, naming the field */
export const readSettings = reader(settings, 'BAD_CONFIG', 'repository');
/** @throws SignatureError BAD_INPUT, naming the field */
export const readContainerSpec = reader(container, 'BAD_INPUT', 'container');
/** @throws SignatureError BAD_INPUT, naming the field */
export const readMetadata = reader(metadata, 'BAD_INPUT', 'metadata');
/** @throws SignatureError BAD_INPUT, naming the field */
export const readRecordOptions = reader(record, 'BAD_INPUT', 'record');
