import path from 'node:path';
import type { RepositorySettings } from '../../lib/archive/repositories/settings';
import type { EcmRepositoryConfig, EcmRepositoryCredentials } from './config';

/**
 * The repository's settings out of the dialog's fields and the credentials; `lib/archive/repositories/settings.ts` checks
 * them in full.
 *
 * @param userDir folder from which a relative path of the folder repository starts
 */
export function settingsOf(
  config: EcmRepositoryConfig,
  credentials: EcmRepositoryCredentials,
  userDir: string,
): unknown {
  const { url, user, clientId, tokenUrl, keyProperty } = config;
  const { password, clientSecret, token } = credentials;
  switch (config.kind) {
    case 'folder':
      return { kind: 'folder', folder: path.resolve(userDir, config.folder) } satisfies RepositorySettings;
    case 'content-server':
      return {
        kind: 'content-server',
        url,
        auth: contentServerAuth(config, credentials),
        root: config.rootFolderId,
      };
    case 'core-content':
      return {
        kind: 'core-content',
        url,
        storageUrl: config.storageUrl || url,
        tokenUrl,
        clientId,
        clientSecret,
        rootFolderId: config.rootFolderId,
        fileType: config.fileType,
        keyProperty,
        aclId: config.aclId,
      };
    case 'cmis':
      return {
        kind: 'cmis',
        url,
        repositoryId: config.repositoryId,
        keyProperty,
        credentials: plain(config.auth, user, password, token),
      };
    case 'webdav':
      return { kind: 'webdav', url, credentials: plain(config.auth, user, password, token) };
    case 'http':
      return {
        kind: 'http',
        url,
        method: config.method === 'multipart' ? 'POST' : 'PUT',
        credentials: plain(config.auth, user, password, token),
      };
  }
}

function contentServerAuth(
  { auth, grant, user, clientId, tokenUrl, domain }: EcmRepositoryConfig,
  secrets: EcmRepositoryCredentials,
) {
  const { password, clientSecret } = secrets;
  if (auth === 'otdsOAuth') {
    const person = grant === 'password' ? { username: user, password } : {};
    return { kind: 'otdsOAuth', otdsUrl: tokenUrl, clientId, clientSecret, ...person };
  }
  if (auth === 'otdsTicket') return { kind: 'otdsTicket', otdsUrl: tokenUrl, username: user, password };
  return { kind: 'password', username: user, password, domain };
}

function plain(auth: EcmRepositoryConfig['auth'], username: string, password: string, token: string) {
  if (auth === 'basic') return { kind: 'basic', username, password };
  return auth === 'bearer' ? { kind: 'bearer', token } : { kind: 'none' };
}
