import { Router } from 'express';
import type { Sandbox } from '../../context';
import { authRoutes } from './auth';
import { categoryRoutes } from './categories';
import { nameRoutes } from './names';
import { nodeRoutes, versionRoutes } from './nodes';
import { recordRoutes } from './records';
import { csError, formErrors, formParser, Routes } from './service';
import { workspaceRoutes } from './workspaces';

/** The REST API of Content Server, to be mounted at `…/api`. Bodies are forms; JSON goes into the form field `body`. */
export function contentServer(sandbox: Sandbox): Router {
  const router = Router();
  router.use(formParser);
  authRoutes(sandbox, router);
  const routes = new Routes(sandbox, router);
  for (const add of [nodeRoutes, versionRoutes, categoryRoutes, recordRoutes, nameRoutes, workspaceRoutes]) {
    add(sandbox, routes);
  }
  router.use((_request, response) => void response.status(404).json(csError(404, 'There is no such resource.').body));
  router.use(formErrors);
  return router;
}
