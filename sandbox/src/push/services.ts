import { Router } from 'express';
import type { Sandbox } from '../context';
import { fcm } from './fcm/routes';
import { openText } from './opentext/routes';
import { webPush } from './webpush/endpoint';

/** The push services as senders see them. Each reads its bodies itself, so this comes before all other parsers. */
export function pushServices(sandbox: Sandbox): Router {
  const router = Router({ strict: true });
  router.use(webPush(sandbox));
  router.use(fcm(sandbox));
  router.use('/mra/v1', openText(sandbox));
  return router;
}
