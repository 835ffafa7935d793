import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import type { NodeAPI } from 'node-red';
import { z } from 'zod';
import { SignatureError, toError } from '../errors';

/** Registers one browser for one person; throws what is wrong with the subscription. */
export type Register = (person: string, subscription: unknown) => Promise<void>;

/** Invitations with which browsers register: who it is, and until when, signed. */
export interface Invitations {
  /** Path of the route, as the outside sees it. */
  path: string;
  /** @returns a text to be handed to that person only; who has it can register a device for them */
  invite(person: string, expires: number): string;
}

interface Registration {
  secret: string;
  /** VAPID public key, which the browser needs to subscribe. */
  publicKey: string;
  now(): number;
  register: Register;
}

const routePath = '/core-signature/devices';
const maxBodyBytes = 16 * 1024;
const bodySchema = z.object({ invitation: z.string(), subscription: z.unknown() });

/**
 * The route at which browsers register for notifications: `GET …/<name>?invitation=` gives the key to subscribe with,
 * `POST …/<name>` takes `{invitation, subscription}`. Without a valid invitation nothing is said and nothing stored. One
 * Express route per process; push services come and go in a table behind it.
 */
export class DeviceRoute {
  readonly #registrations = new Map<string, Registration>();
  readonly #prefix: string;

  constructor(RED: NodeAPI) {
    const settings = RED.settings as {
      httpNodeRoot?: string | false;
      httpNodeMiddleware?: RequestHandler | RequestHandler[];
    };
    this.#prefix = `${(settings.httpNodeRoot || '').replace(/\/+$/, '')}${routePath}`;
    if (settings.httpNodeRoot === false) return;
    const middleware = [settings.httpNodeMiddleware ?? []].flat();
    const route = `${routePath}/:name`;
    // The page that registers may be served by another host; what protects the route is the invitation.
    const open: RequestHandler = (_request, response, next) => {
      response.set({
        'Access-Control-Allow-Origin': '*',
        'Access-Control-Allow-Headers': 'content-type',
        'Cache-Control': 'no-store',
      });
      next();
    };
    RED.httpNode.options(route, open, (_request: Request, response: Response) => void response.sendStatus(204));
    RED.httpNode.get(route, ...middleware, open, (request: Request, response: Response) => {
      this.#answer(response, async () => {
        const { registration } = this.#invited(String(request.params.name), String(request.query.invitation ?? ''));
        return { publicKey: registration.publicKey };
      });
    });
    RED.httpNode.post(route, ...middleware, open, (request: Request, response: Response) => {
      this.#answer(response, async () => {
        const { invitation, subscription } = bodySchema.parse(await jsonBody(request));
        const { registration, person } = this.#invited(String(request.params.name), invitation);
        await registration.register(person, subscription);
        return { registered: true };
      });
    });
  }

  /** Opens a registration under a name; returns its invitations and how to close it. */
  open(name: string, registration: Registration): { invitations: Invitations; close: () => void } {
    this.#registrations.set(name, registration);
    return {
      invitations: {
        path: `${this.#prefix}/${encodeURIComponent(name)}`,
        invite: (person, expires) => {
          const claim = Buffer.from(JSON.stringify([person, expires])).toString('base64url');
          return `${claim}.${signature(registration.secret, name, claim)}`;
        },
      },
      close: () => {
        if (this.#registrations.get(name) === registration) this.#registrations.delete(name);
      },
    };
  }

  #invited(name: string, invitation: string): { registration: Registration; person: string } {
    const registration = this.#registrations.get(name);
    const [claim = '', signed = ''] = invitation.split('.');
    const expected = Buffer.from(signature(registration?.secret ?? '', name, claim));
    const given = Buffer.from(signed);
    const genuine = registration !== undefined && given.length === expected.length && timingSafeEqual(given, expected);
    if (!genuine) throw new SignatureError('FORBIDDEN', 'The invitation is not valid.', { status: 403 });
    const [person, expires] = z
      .tuple([z.string(), z.number()])
      .parse(JSON.parse(Buffer.from(claim, 'base64url').toString()));
    if (expires <= registration.now())
      throw new SignatureError('FORBIDDEN', 'The invitation has expired.', { status: 403 });
    return { registration, person };
  }

  #answer(response: Response, work: () => Promise<object>): void {
    work().then(
      (body) => response.json(body),
      (thrown: unknown) => {
        const error = toError(thrown);
        const status =
          error instanceof SignatureError ? (error.status ?? 400) : error instanceof z.ZodError ? 400 : 503;
        response.status(status).json({
          error:
            status === 503
              ? 'Try again later.'
              : error instanceof SignatureError
                ? error.message
                : 'The request cannot be read.',
        });
      },
    );
  }
}

const signature = (secret: string, name: string, claim: string): string =>
  createHmac('sha256', secret).update(`${name}.${claim}`).digest('base64url');

async function jsonBody(request: IncomingMessage & { body?: unknown; _body?: boolean }): Promise<unknown> {
  if (request._body) return request.body;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > maxBodyBytes)
      throw new SignatureError('PAYLOAD_TOO_LARGE', 'The request is too large.', { status: 413 });
    chunks.push(chunk as Buffer);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new SignatureError('BAD_INPUT', 'The request is not JSON.', { status: 400 });
  }
}
