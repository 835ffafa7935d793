/**
 * One HTTP request and the head of its answer. The only place that knows axios: nothing of it (configuration, headers,
 * error objects) leaves this file.
 */
import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { addAbortSignal } from 'node:stream';
import type { AxiosStatic } from 'axios';
import { lazy } from '../lazy';
import { guardedLookup } from './private-address';

export interface ExchangeRequest {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string | Buffer | Readable;
  /** Only to public addresses. */
  publicOnly: boolean;
  /**
   * Over any connection that is still open. Else over one that was used a moment ago, or a new one: a connection that the
   * service is just closing fails in a way that leaves the outcome unclear.
   */
  anyConnection: boolean;
  signal: AbortSignal;
}

export interface ExchangeAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Decompressed; ends with an error when the connection breaks or the signal is aborted. */
  body: Readable;
}

/** No answer arrived. */
export class ExchangeFailure extends Error {
  /** Node.js or axios error code, for example `ECONNREFUSED`. */
  readonly code: string;
  /** Whether the request may have reached the service. */
  readonly sent: boolean;

  constructor(code: string, sent: boolean) {
    super(code);
    this.code = code;
    this.sent = sent;
  }
}

/** Servers keep a connection at rest for some seconds at least, so one that rested this long is not about to be closed. */
const momentMs = 1_000;

const agents = (options: http.AgentOptions) => ({
  httpAgent: new http.Agent(options),
  httpsAgent: new https.Agent(options),
});
const pooled = agents({ keepAlive: true });
const recent = agents({ keepAlive: true, timeout: momentMs });
const single = agents({});

const agentsFor = ({ publicOnly, anyConnection }: ExchangeRequest) =>
  publicOnly ? single : anyConnection ? pooled : recent;

const axios = lazy(() => require('axios') as AxiosStatic);

/** Node's own `http`/`https`, reporting when the connection stands and bytes may begin to flow. */
const watchedTransport = (onConnected: () => void) => ({
  request(options: https.RequestOptions, onAnswer: (answer: http.IncomingMessage) => void): http.ClientRequest {
    const request = (options.protocol === 'https:' ? https : http).request(options, onAnswer);
    return request.on('socket', (socket) => {
      if (socket.connecting) socket.once('encrypted' in socket ? 'secureConnect' : 'connect', onConnected);
      else onConnected();
    });
  },
});

/** The code of anything axios throws; a refusal by our own `lookup` passes through as itself. */
function codeOf(thrown: unknown): string {
  const error = axios().isAxiosError(thrown) ? thrown : undefined;
  return error?.code ?? (thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'UNKNOWN');
}

/**
 * Sends a request and waits for the head of the answer, whatever its status. Redirects are not followed.
 *
 * @throws ExchangeFailure when there is no answer
 */
export async function exchange(request: ExchangeRequest): Promise<ExchangeAnswer> {
  let sent = false;
  try {
    const answer = await axios().request<Readable>({
      method: request.method,
      url: request.url,
      headers: { ...request.headers },
      data: request.body,
      signal: request.signal,
      ...agentsFor(request),
      ...(request.publicOnly && { lookup: guardedLookup as never }),
      transport: watchedTransport(() => {
        sent = true;
      }),
      responseType: 'stream',
      maxRedirects: 0,
      maxBodyLength: Number.POSITIVE_INFINITY,
      maxContentLength: -1,
      timeout: 0,
      validateStatus: () => true,
      transformRequest: [(data: unknown) => data],
    });
    const headers = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    // An abort before anyone reads must not become an uncaught exception; a reader still meets the error.
    const body = answer.data.on('error', () => {});
    return { status: answer.status, headers, body: addAbortSignal(request.signal, body) };
  } catch (thrown) {
    throw new ExchangeFailure(codeOf(thrown), sent);
  }
}
