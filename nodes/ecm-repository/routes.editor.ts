import type { Answer } from '../editor/runtime.editor';
import type { Say } from '../editor/texts.editor';

const root = 'core-signature/repository';

/**
 * Asks one of the runtime's routes about repositories. A request that fails becomes an answer with a plain message.
 *
 * @param path below the root of these routes
 * @param body makes it a POST
 */
export async function askRoute<Full extends Answer>(say: Say, path: string, body?: object): Promise<Full | Answer> {
  const request = { url: `${root}/${path}`, dataType: 'json' } as const;
  const posted = { type: 'POST', contentType: 'application/json', data: JSON.stringify(body) } as const;
  try {
    return (await $.ajax(body ? { ...request, ...posted } : { ...request, type: 'GET' })) as Full;
  } catch (thrown) {
    const status = (thrown as { status?: number } | null)?.status ?? 0;
    const key = status === 401 || status === 403 ? 'notAllowed' : 'noAnswer';
    return { ok: false, message: say(`message.${key}`, { status }) };
  }
}
