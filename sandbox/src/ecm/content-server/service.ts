import express, { type ErrorRequestHandler, type Request, type Router } from 'express';
import type { Sandbox } from '../../context';
import { ApiError } from '../../http/errors';
import { type EcmCall, type EcmService, type EcmWork, ecmCall, type StepOf } from '../answer';
import { requireTicket } from './tickets';

/** A refusal as Content Server words it. */
export const csError = (status: number, error: string): ApiError => new ApiError(status, { error });

export const contentServerService: EcmService = {
  name: 'content-server',
  refusal: csError,
  quotaFull: () => csError(500, 'The item could not be stored: the storage quota has been exceeded.'),
  retained: () => csError(403, 'The item cannot be changed: it is on hold or under a retention rule.'),
};

/** The form fields of a request, or empty. Repeated fields are lists. */
export const formOf = ({ request }: EcmCall): Record<string, unknown> =>
  (request.body ?? {}) as Record<string, unknown>;

/**
 * The JSON of the form field `body`, or the fields themselves where there is none.
 *
 * @throws ApiError 400 when it is no JSON object
 */
export function bodyOf(form: Record<string, unknown>): Record<string, unknown> {
  if (form.body === undefined) return form;
  try {
    const value: unknown = JSON.parse(String(form.body));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw csError(400, 'The field body is not a JSON object.');
}

type Method = 'get' | 'post' | 'put' | 'delete';

/** Adds routes that need a ticket. Paths are below `/api`; `/v{n}/` stands for both versions of the API. */
export class Routes {
  constructor(
    private readonly sandbox: Sandbox,
    private readonly router: Router,
  ) {}

  add(method: Method, path: string, step: StepOf, work: EcmWork): this {
    const paths = path.startsWith('/v{n}/') ? ['1', '2'].map((n) => path.replace('{n}', n)) : [path];
    const withTicket: EcmWork = (call) => {
      requireTicket(this.sandbox, call);
      return work(call);
    };
    this.router[method](paths, ecmCall(this.sandbox, contentServerService, step, withTicket));
    return this;
  }
}

export const formParser = express.urlencoded({ extended: false, limit: '4mb', parameterLimit: 5000 });

/** Bodies that cannot be read. */
export const formErrors: ErrorRequestHandler = (error, _request, response, next) => {
  const { status } = error as { status?: number };
  if (status === undefined || response.headersSent) next(error);
  else response.status(status).json({ error: 'The body of the request cannot be read.' });
};

export const isMultipart = (request: Request): boolean =>
  (request.headers['content-type'] ?? '').toLowerCase().startsWith('multipart/form-data');
