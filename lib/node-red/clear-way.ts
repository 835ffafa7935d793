import type { NodeAPI } from 'node-red';
import { type ExpressApp, rootOf } from './raw-body';

/** Layers of Express, of Node-RED and of this package that keep no request out. */
const harmless = new Set(['query', 'expressInit', 'rawBodyCapture', 'captureWebhook']);

/**
 * Whether nothing stands between the runtime's HTTP server and a route of the flows that could refuse a request.
 *
 * On its way Express asks the admin app and all its parts first, which takes longer than everything that is done with a
 * webhook. A request may be spared that where neither the settings (log-on, middleware), nor another node, nor an
 * application that Node-RED is embedded in has put anything in between. In doubt the way is not clear.
 *
 * @param route path of the route as it was registered at the flows' app
 * @param example path that the route matches
 */
export function isWayClear(RED: NodeAPI, route: string, example: string): boolean {
  const { httpAdminMiddleware, httpNodeMiddleware } = RED.settings as unknown as Record<string, unknown>;
  if (httpAdminMiddleware !== undefined || httpNodeMiddleware !== undefined) return false;
  const flows = RED.httpNode as unknown as ExpressApp;
  const root = rootOf(flows);
  const admin = RED.httpAdmin as unknown as ExpressApp | undefined;
  const own = [admin, flows].filter((app) => app !== undefined && app !== root && rootOf(app) === root).length;
  let mounted = 0;
  for (const layer of root._router?.stack ?? []) {
    if (layer.name === 'mounted_app') mounted += 1;
    // What comes behind both apps, such as static files, is not on the way.
    else if (mounted < own && !harmless.has(layer.name ?? '')) return false;
  }
  // Another app beside the two of Node-RED could be in front of them.
  if (mounted !== own) return false;
  for (const layer of flows._router?.stack ?? []) {
    if (layer.route?.path === route) return true;
    const passes = layer.route === undefined ? harmless.has(layer.name ?? '') : layer.regexp?.test(example) === false;
    if (!passes) return false;
  }
  return false;
}
