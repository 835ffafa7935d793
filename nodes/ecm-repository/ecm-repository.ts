import type { Request, RequestHandler, Response } from 'express';
import type { NodeAPI, NodeDef } from 'node-red';
import type { Repository } from '../../lib/archive/repositories/types';
import { toError } from '../../lib/errors';
import { lazy } from '../../lib/lazy';
import { constructConfig, readConfig } from '../../lib/node-red/construct';
import { type RepositoryNode, repositoryFrom } from '../../lib/node-red/repository-ref';
import { addTestRoute } from '../../lib/node-red/test-route';
import { ecmRepositoryConfig, ecmRepositoryCredentials } from './config';
import { settingsOf } from './settings';

const repositories = lazy(
  () => require('../../lib/archive/repositories/open') as typeof import('../../lib/archive/repositories/open'),
);

/** Where documents are filed, and how to log on there. */
export = (RED: NodeAPI): void => {
  function EcmRepository(this: RepositoryNode, definition: NodeDef): void {
    constructConfig(RED, this, definition, () => {
      this.repository = open(definition, (this.credentials ?? {}) as Record<string, string>);
    });
  }

  function open(definition: object, credentials: Record<string, string>): Repository {
    const config = readConfig(ecmRepositoryConfig, definition);
    const userDir = RED.settings.userDir ?? process.cwd();
    const settings = settingsOf(config, ecmRepositoryCredentials.parse(credentials), userDir);
    const { allowPrivateAddresses } = config;
    return repositories().openRepository(settings, { userAgent: 'node-red-core-signature', allowPrivateAddresses });
  }

  addTestRoute(RED, 'ecm-repository', 'repository', async (config, credentials) => {
    await open(config, credentials).test();
    return 'The repository can be used.';
  });

  const mayRead = RED.auth.needsPermission('ecm-repository.read') as RequestHandler;
  const lookup = (path: string, ask: (repository: Repository, request: Request) => Promise<object>): void => {
    RED.httpAdmin.get(`/core-signature/repository/:id/${path}`, mayRead, (request: Request, response: Response) => {
      const run = async (): Promise<object> => ask(repositoryFrom(RED, String(request.params.id)), request);
      run().then(
        (answer) => response.json({ ok: true, ...answer }),
        (thrown: unknown) => response.json({ ok: false, message: toError(thrown).message }),
      );
    });
  };
  lookup('types', async (repository) => ({ types: await repository.types() }));
  lookup('attributes', async (repository, request) => ({
    attributes: await repository.attributes(String(request.query.type ?? '')),
  }));
  lookup('containers', async (repository, request) => ({
    containers: await repository.containers(
      request.query.parent === undefined ? undefined : String(request.query.parent),
    ),
  }));

  RED.nodes.registerType<RepositoryNode, NodeDef, Record<string, never>, Record<string, string>>(
    'ecm-repository',
    EcmRepository,
    {
      credentials: { password: { type: 'password' }, clientSecret: { type: 'password' }, token: { type: 'password' } },
    },
  );
};
