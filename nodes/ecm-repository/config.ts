import * as z from 'zod';
import { commonFields, flag, text } from '../../lib/node-red/config-fields';

/** Kinds of content repositories. */
export const repositoryKinds = ['folder', 'content-server', 'core-content', 'cmis', 'webdav', 'http'] as const;

/** Configuration of `ecm-repository`: where documents are filed, and how to log on. */
export const ecmRepositoryConfig = z.object({
  ...commonFields,
  kind: z.enum(repositoryKinds).default('folder'),
  /** folder: path, relative ones start at the user directory; others: base URL of the service. */
  folder: text('archive'),
  url: text(),
  /**
   * How to log on. content-server: `otdsOAuth`, `otdsTicket`, `user`; core-content: `oauth`; cmis, webdav, http: `basic`,
   * `bearer`, `none`.
   */
  auth: z.enum(['none', 'basic', 'bearer', 'user', 'otdsOAuth', 'otdsTicket', 'oauth']).default('none'),
  user: text(),
  clientId: text(),
  /** Token endpoint, or the address of OTDS. */
  tokenUrl: text(),
  grant: z.enum(['client_credentials', 'password']).default('client_credentials'),
  domain: text(),
  /** core-content: address of the Content Storage service, when it is not below `url`. */
  storageUrl: text(),
  /** cmis: id of the repository, when the service has more than one. */
  repositoryId: text(),
  /** content-server, core-content: id of the node or folder in which paths start; empty: at the top. */
  rootFolderId: text(),
  /** core-content: type of the documents; empty: `cms_file`. */
  fileType: text(),
  /** cmis, core-content: property of the documents that keeps their idempotency key; empty: none. */
  keyProperty: text(),
  /** core-content: id of the permissions of new documents; empty: those of the service. */
  aclId: text(),
  /** http: `PUT` to `<url>/<container>/<name>`, or `POST` as multipart form. */
  method: z.enum(['PUT', 'multipart']).default('PUT'),
  allowPrivateAddresses: flag(true),
});

export type EcmRepositoryConfig = z.infer<typeof ecmRepositoryConfig>;

export const ecmRepositoryCredentials = z.object({ password: text(), clientSecret: text(), token: text() });
export type EcmRepositoryCredentials = z.infer<typeof ecmRepositoryCredentials>;
