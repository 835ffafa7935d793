import { until } from '../scripts/lib/child';
import { type Sandbox, startSandbox } from '../scripts/lib/sandbox';

/** What the sandbox shows of itself, as far as it is looked at here. Times are on its clock, newest first. */
export interface ServiceState {
  clock: { now: string; offsetMs: number };
  mails: { id: string; at: string; to: string; kind: string; subject: string; document: string }[];
  documents: {
    uuid: string;
    name: string;
    externalId: string | null;
    status: string;
    createdAt: string;
    signers: { email: string; state: string; link: string | null }[];
  }[];
  deliveries: { id: string; at: string; event: string; document: string; attempt: number; status: number | null }[];
  phones: { name: string; notifications: PhoneNotification[] }[];
  messages: { jobId: string; at: string; channel: string; text: string; subject: string | null }[];
  filed: Filed[];
}

export interface PhoneNotification {
  id: string;
  at: string;
  title: string;
  topic: string | null;
  service: string;
  replaced: boolean;
}

export interface Filed {
  id: string;
  service: string;
  path: string;
  name: string;
  sha256: string;
  versions: { number: number; sha256: string }[];
}

export interface ServiceEvent {
  uuid: string;
  event_type: string;
  timestamp: string;
  signer: { email: string } | null;
}

/** The sandbox as a process that can go down and come back. */
export class Service {
  #sandbox: Sandbox | undefined;
  /** How far its clock was ahead of real time, and since when; oldest first. */
  readonly offsets: { real: number; offsetMs: number }[] = [];

  private constructor(
    readonly url: string,
    readonly options: { port: number; data: string },
  ) {}

  static async open(options: { port: number; data: string }): Promise<Service> {
    const service = new Service(`http://127.0.0.1:${options.port}`, options);
    await service.up();
    service.offsets.push({ real: 0, offsetMs: 0 });
    return service;
  }

  async up(): Promise<void> {
    this.#sandbox ??= await startSandbox(this.options);
  }

  async down(signal: NodeJS.Signals): Promise<void> {
    const sandbox = this.#sandbox;
    this.#sandbox = undefined;
    await sandbox?.end(signal);
  }

  /** Now on its clock, as last heard. */
  now(): number {
    return Date.now() + (this.offsets.at(-1)?.offsetMs ?? 0);
  }

  /** Moves the clock forwards; everything that becomes due on the way has happened then. */
  async advance(ms: number): Promise<void> {
    const { offsetMs } = await this.ask<{ offsetMs: number }>('/sandbox/clock', 'POST', { advance: Math.round(ms) });
    this.offsets.push({ real: Date.now(), offsetMs });
  }

  async addFaults(faults: object): Promise<void> {
    await this.ask('/sandbox/faults', 'POST', faults);
  }

  async clearFaults(): Promise<void> {
    await this.ask('/sandbox/faults', 'DELETE');
  }

  state(): Promise<ServiceState> {
    return this.ask<ServiceState>('/sandbox/state');
  }

  /** Asks it, again when it happens to be down. @throws Error for a refusal */
  async ask<T>(target: string, method = 'GET', body?: object): Promise<T> {
    const answer = await until(`the sandbox to answer ${method} ${target}`, () =>
      fetch(this.url + target, {
        method,
        headers: { 'content-type': 'application/json', authorization: 'Token sandbox-token' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    );
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${target} answered ${answer.status}: ${text.slice(0, 500)}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Bytes behind a URL. */
  async bytes(url: string): Promise<Buffer> {
    const answer = await until(`the sandbox to give ${url}`, () => fetch(url));
    return Buffer.from(await answer.arrayBuffer());
  }
}
