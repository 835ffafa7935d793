import type { RequestHandler } from 'express';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { toError } from '../errors';

/** What the editor sends instead of a secret that was not changed. */
const unchanged = '__PWRD__';

const bodySchema = z.object({
  id: z.string().default(''),
  config: z.record(z.string(), z.unknown()).default({}),
  credentials: z.record(z.string(), z.string()).default({}),
});

/**
 * The route behind "Test connection" in a configuration dialog. It works with what is in the dialog now; secrets that were
 * not typed anew are taken from the deployed node, and `${NAME}` from the environment. Needs the permission to write the
 * node's type.
 *
 * @param test gives a plain sentence, or throws one
 */
export function addTestRoute(
  RED: NodeAPI,
  type: string,
  path: string,
  test: (config: object, credentials: Record<string, string>, id: string) => Promise<string>,
): void {
  const mayWrite = RED.auth.needsPermission(`${type}.write`) as RequestHandler;
  RED.httpAdmin.post(`/core-signature/${path}/test`, mayWrite, (request, response) => {
    const run = async (): Promise<string> => {
      const { id, ...body } = bodySchema.parse(request.body);
      const stored = (RED.nodes.getCredentials(id) as Record<string, string> | undefined) ?? {};
      const typed = Object.fromEntries(Object.entries(body.credentials).filter(([, value]) => value !== unchanged));
      return test(filledIn(RED, id, body.config), filledIn(RED, id, { ...stored, ...typed }), id);
    };
    run().then(
      (message) => response.json({ ok: true, message }),
      (thrown: unknown) => response.json({ ok: false, message: toError(thrown).message }),
    );
  });
}

/** Values of the form `${NAME}` from the environment, as Node-RED fills them in when it builds a node from its flows. */
function filledIn<T>(RED: NodeAPI, id: string, values: Record<string, T>): Record<string, T | string> {
  const node = RED.nodes.getNode(id);
  const fill = (value: T): T | string => {
    const [, name] = (typeof value === 'string' && /^\$\{(\S+)\}$/.exec(value)) || [];
    return name === undefined ? value : (RED.util.getSetting(node, name) ?? value);
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, fill(value)]));
}
