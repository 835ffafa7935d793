/** Opens a repository of any kind. */
import { createCmisRepository } from './cmis/cmis';
import { createContentServerRepository } from './content-server/content-server';
import { createCoreContentRepository } from './core-content/core-content';
import { createFolderRepository } from './folder/folder';
import { createHttpRepository } from './http/http';
import { readSettings } from './settings';
import type { Repository, RepositoryTools } from './types';
import { createWebDavRepository } from './webdav/webdav';

/**
 * @param input see `RepositorySettings`; checked here
 * @param tools user agent, and replacements for tests
 * @returns the repository; nothing is sent yet
 * @throws SignatureError BAD_CONFIG, naming the field
 */
export function openRepository(input: unknown, tools: RepositoryTools): Repository {
  const settings = readSettings(input);
  switch (settings.kind) {
    case 'folder':
      return createFolderRepository(settings);
    case 'content-server':
      return createContentServerRepository(settings, tools);
    case 'core-content':
      return createCoreContentRepository(settings, tools);
    case 'cmis':
      return createCmisRepository(settings, tools);
    case 'webdav':
      return createWebDavRepository(settings, tools);
    case 'http':
      return createHttpRepository(settings, tools);
  }
}
