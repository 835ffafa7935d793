import express, { type Express } from 'express';
import { apiTokens } from './auth/api-tokens';
import { auditEvents } from './auth/audit-events';
import { tokenEndpoints } from './auth/token-endpoints';
import type { Sandbox } from './context';
import { control, showTime } from './control/control';
import { documentAttachments } from './documents/attachments';
import { documents } from './documents/documents';
import { documentsSearch } from './documents/search';
import { repositories } from './ecm/ecm';
import { events } from './events/events';
import { bodies, bodyErrors } from './http/body';
import { fileDownloads } from './http/file-downloads';
import { pagesRouter } from './pages';
import { pushServices } from './push/services';
import { signatureRequests } from './signature-requests/signature-requests';
import { prepare } from './signing/prepare';
import { signing } from './signing/signing';
import { teamMembers } from './teams/team-members';
import { teams } from './teams/teams';
import { templates } from './templates/templates';
import { webhooks } from './webhooks/webhooks';

const apiParts = [
  documents,
  documentsSearch,
  documentAttachments,
  signatureRequests,
  events,
  webhooks,
  templates,
  teams,
  teamMembers,
  apiTokens,
  auditEvents,
];

/** Puts the whole sandbox together: push services, content repositories, token endpoints, API, files, signing, control, pages. */
export function buildApp(sandbox: Sandbox, reset: () => Promise<void>): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('strict routing');
  app.use((_request, response, next) => {
    showTime(sandbox, response);
    next();
  });
  app.use(pushServices(sandbox));
  app.use(repositories(sandbox));
  app.use(bodies());
  tokenEndpoints(sandbox, app);
  app.use('/api/v1', api(sandbox));
  fileDownloads(sandbox, app);
  app.use('/sign/:token/api', signing(sandbox));
  app.use('/prepare', prepare(sandbox));
  app.use('/sandbox', control(sandbox, reset));
  app.use(pagesRouter());
  app.use(bodyErrors);
  return app;
}

function api(sandbox: Sandbox): express.Router {
  const router = express.Router({ strict: true });
  // As the service does: a path without the slash at the end is redirected, which turns a POST into a GET.
  router.use((request, response, next) => {
    if (request.path.endsWith('/')) return next();
    const url = new URL(request.originalUrl, sandbox.baseUrl);
    response.redirect(301, `${url.pathname}/${url.search}`);
  });
  for (const part of apiParts) part(sandbox, router);
  router.use((_request, response) => void response.status(404).json({ detail: 'Not found.' }));
  return router;
}
