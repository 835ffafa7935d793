import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PushFault } from './faults/push';

/** A call that the receiver took. */
export interface HookCall {
  real: number;
  /** `webhook-id`, by which the receiver knows a repeat. */
  id: string;
  title: string;
  signed: boolean;
}

/** Base64 of 32 bytes. */
export const hookSecret = Buffer.alloc(32, 'chaos').toString('base64');

/** Another system, which takes webhooks by the rules of Standard Webhooks and knows a repeat by its id. */
export class Hook {
  readonly calls: HookCall[] = [];
  #rule: PushFault['rule'] | undefined;

  private constructor(
    readonly url: string,
    readonly server: Server,
  ) {}

  static async open(): Promise<Hook> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('error', () => undefined);
      request.on('end', async () => {
        const rule = hook.#take();
        const body = Buffer.concat(chunks).toString();
        if (rule?.kind === 'outage') return request.socket.destroy();
        if (rule?.kind === 'status') {
          const headers = rule.retryAfter === undefined ? {} : { 'retry-after': String(rule.retryAfter) };
          return response.writeHead(rule.status ?? 503, headers).end();
        }
        if (rule?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, rule.delayMs));
        hook.#note(request.headers, body);
        if (rule?.kind === 'lostAnswer') request.socket.destroy();
        else response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const hook = new Hook(`http://127.0.0.1:${(server.address() as AddressInfo).port}/notified`, server);
    return hook;
  }

  /** Lets the next calls fail; undefined for none. */
  breaks(rule: PushFault['rule'] | undefined): void {
    this.#rule = rule === undefined ? undefined : { ...rule };
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #take(): PushFault['rule'] | undefined {
    const rule = this.#rule;
    if (rule === undefined || rule.times <= 0) return undefined;
    rule.times -= 1;
    return rule;
  }

  #note(headers: IncomingHttpHeaders, body: string): void {
    const id = String(headers['webhook-id']);
    const { data } = JSON.parse(body) as { data: { title: string } };
    const expected = createHmac('sha256', Buffer.from(hookSecret, 'base64'))
      .update(`${id}.${headers['webhook-timestamp']}.${body}`)
      .digest();
    const given = Buffer.from(String(headers['webhook-signature']).replace(/^v1,/, ''), 'base64');
    const signed = given.length === expected.length && timingSafeEqual(given, expected);
    this.calls.push({ real: Date.now(), id, title: data.title, signed });
  }
}
