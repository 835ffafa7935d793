import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Sandbox } from '../context';
import { ApiError } from '../http/errors';
import { forward } from '../signature-requests/actions';
import { signerState } from '../signature-requests/turns';
import { attachment, type Download, originalPdf, signedPdf, signingLogPdf } from './downloads';
import { assertReady, assertUnlocked, lockOf, openSession, type Session, SigningError } from './session';
import { decline, sign, signBody, whereNext } from './sign';
import { sendCode, unlock } from './unlock';
import { markViewed, signingView } from './view';

const unlockBody = z.object({ password: z.string().optional(), code: z.string().optional() });
const declineBody = z.object({ reason: z.string().max(1000, 'The reason is too long.').default('') });
const forwardBody = z.object({
  email: z.email('Please enter an e-mail address.'),
  reason: z.string().max(1000, 'The reason is too long.').optional(),
});

/** The JSON and the files behind the signing page, below `/sign/:token/api`. */
export function signing(sandbox: Sandbox): Router {
  const router = express.Router({ mergeParams: true });
  const work =
    (run: (session: Session, request: Request) => Promise<Download | object> | Download | object) =>
    async (request: Request, response: Response): Promise<void> => {
      try {
        const session = openSession(sandbox, String(request.params.token));
        const result = await run(session, request);
        sandbox.store.commit();
        reply(response, result);
      } catch (error) {
        sandbox.store.commit();
        refuse(response, error);
      }
    };
  const outcome = (session: Session) => ({
    state: signerState(session.document, session.signer),
    ...whereNext(sandbox, session),
  });

  router.get(
    '/',
    work((session) => {
      if (lockOf(sandbox, session) === null) markViewed(sandbox, session);
      return signingView(sandbox, session);
    }),
  );
  router.get(
    '/document.pdf',
    work((session) => originalPdf(sandbox, session)),
  );
  router.get(
    '/signed.pdf',
    work((session) => signedPdf(sandbox, session)),
  );
  router.get(
    '/signing-log.pdf',
    work((session) => signingLogPdf(sandbox, session)),
  );
  router.get(
    '/attachments/:uuid',
    work((session, request) => attachment(sandbox, session, String(request.params.uuid))),
  );
  router.post(
    '/unlock',
    work((session, request) => {
      unlock(sandbox, session, parse(unlockBody, request.body));
      return { ...outcome(session), redirect: null, next: null };
    }),
  );
  router.post(
    '/sms',
    work((session) => {
      sendCode(sandbox, session);
      return { ...outcome(session), redirect: null, next: null };
    }),
  );
  router.post(
    '/sign',
    work(async (session, request) => {
      await sign(sandbox, session, parse(signBody, request.body));
      return outcome(session);
    }),
  );
  router.post(
    '/decline',
    work((session, request) => {
      decline(sandbox, session, parse(declineBody, request.body).reason.trim());
      return outcome(session);
    }),
  );
  router.post(
    '/forward',
    work((session, request) => {
      const { email, reason } = parse(forwardBody, request.body);
      assertReady(session);
      assertUnlocked(sandbox, session);
      if (!signingView(sandbox, session).options.forward)
        throw new SigningError(403, 'You cannot forward this document.');
      forward(
        sandbox,
        session.document,
        session.signer.given.email,
        email,
        reason?.trim() || null,
        sandbox.clock.now(),
      );
      return { ...outcome(session), redirect: null, next: null };
    }),
  );
  return router;
}

function parse<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new SigningError(400, issue?.message ?? 'The request cannot be read.', issue?.path.join('.'));
}

function reply(response: Response, result: Download | object): void {
  if (!('content' in result)) {
    response.json(result);
    return;
  }
  response.attachment(result.name).type(result.type);
  if (result.type === 'application/pdf') response.set('Content-Disposition', 'inline');
  response.send(result.content);
}

function refuse(response: Response, error: unknown): void {
  if (error instanceof SigningError) {
    const { message, field } = error;
    response.status(error.status).json(field === undefined ? { error: message } : { error: message, field });
  } else if (error instanceof ApiError) {
    response.status(error.status).json({ error: firstText(error.body) });
  } else {
    console.error('core-signature-sandbox:', error);
    response.status(500).json({ error: 'The sandbox could not do this.' });
  }
}

/** The first text inside a refusal of the API, for a person to read. */
function firstText(body: unknown): string {
  if (typeof body === 'string') return body;
  const inner: unknown[] = body !== null && typeof body === 'object' ? Object.values(body) : [];
  return inner.length > 0 ? firstText(inner[0]) : 'The request was refused.';
}
