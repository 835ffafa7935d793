import express, { type Response, type Router } from 'express';
import { z } from 'zod';
import { parseDuration } from '../clock';
import type { Sandbox } from '../context';
import { downloadFiled } from '../ecm/filed';
import { faultSettings } from '../faults';
import { pushControl } from '../push/control';
import { clockJson, stateJson } from './state';

const durationText = 'Give a length of time: milliseconds, "90m", "3d", or an ISO duration such as "P3DT2H".';
const clockBody = z.union(
  [
    z.strictObject({ advance: z.union([z.string(), z.number()]).transform(toMilliseconds) }),
    z.strictObject({ to: z.string().transform(toInstant) }),
  ],
  { error: `Give { "advance": … } or { "to": … }. ${durationText}` },
);

/** `/sandbox/*`: what tests and the inbox page use to look at the sandbox, turn its clock and break it. */
export function control(sandbox: Sandbox, reset: () => Promise<void>): Router {
  const router = express.Router();
  // Other sites that are open in the same browser have no business here.
  router.use((request, response, next) => {
    const { origin, host } = request.headers;
    if (origin === undefined || URL.parse(origin)?.host === host) next();
    else refuse(response, 'Requests from other sites are refused.');
  });

  router.get('/state', (_request, response) => void response.json(stateJson(sandbox)));
  router.get('/clock', (_request, response) => void response.json(clockJson(sandbox)));
  router.post('/clock', async (request, response) => {
    const body = clockBody.safeParse(request.body ?? {});
    if (!body.success) return refuse(response, body.error);
    const target = 'to' in body.data ? body.data.to : sandbox.clock.now() + body.data.advance;
    if (target < sandbox.clock.now()) return refuse(response, 'The clock only goes forward.');
    await sandbox.clock.advanceTo(target);
    showTime(sandbox, response);
    response.json(clockJson(sandbox));
  });

  router.get('/faults', (_request, response) => void response.json(sandbox.faults.settings));
  router.put('/faults', (request, response) => {
    const body = faultSettings.safeParse(request.body ?? {});
    if (!body.success) return refuse(response, body.error);
    sandbox.faults.replace(body.data);
    answerFaults(sandbox, response);
  });
  router.post('/faults', (request, response) => {
    const body = faultSettings.safeParse(request.body ?? {});
    if (!body.success) return refuse(response, body.error);
    sandbox.faults.merge(body.data);
    answerFaults(sandbox, response);
  });
  router.delete('/faults', (_request, response) => {
    sandbox.faults.replace({});
    answerFaults(sandbox, response);
  });

  router.get('/filed/:id/:version', (request, response) => downloadFiled(sandbox, request, response));
  router.get('/ca.pem', (_request, response) => {
    response.type('application/x-pem-file').send(sandbox.ca.rootCertificatePem);
  });
  router.use('/push', pushControl(sandbox));
  router.post('/reset', async (_request, response) => {
    await reset();
    showTime(sandbox, response);
    response.json(clockJson(sandbox));
  });
  return router;
}

/** Tells the virtual time in the headers of an answer, so that clients can follow the clock. */
export function showTime({ clock }: Sandbox, response: Response): void {
  response.set('X-Sandbox-Now', new Date(clock.now()).toISOString());
  response.set('X-Sandbox-Offset', String(clock.offset));
}

function answerFaults(sandbox: Sandbox, response: Response): void {
  sandbox.store.commit();
  response.json(sandbox.faults.settings);
}

function refuse(response: Response, problem: z.ZodError | string): void {
  response.status(400).json({ error: typeof problem === 'string' ? problem : z.prettifyError(problem) });
}

function toMilliseconds(value: string | number, context: z.RefinementCtx): number {
  const duration = parseDuration(value);
  if (duration === undefined) context.addIssue({ code: 'custom', message: durationText });
  return duration ?? 0;
}

function toInstant(value: string, context: z.RefinementCtx): number {
  const instant = Date.parse(value);
  if (Number.isNaN(instant)) context.addIssue({ code: 'custom', message: 'Give an ISO 8601 instant.' });
  return instant;
}
