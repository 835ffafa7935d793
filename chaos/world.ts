import { createHmac } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { anyPort } from '../scripts/lib/ports';
import type { FlowNode } from '../test/support/flows';
import { Balancer } from './balancer';
import { diceOf } from './dice';
import { credentialsOf, type FlowPlaces, flowOf } from './flow';
import { Hook, hookSecret } from './hook';
import { everybody, type House } from './schedule';
import { Service } from './service';
import { Slot } from './slot';
import { fileStore, type Store, serverStore } from './store';
import { leaseSeconds } from './time';

const contract = readFileSync(path.resolve(__dirname, '..', 'examples', 'documents', 'contract.pdf')).toString(
  'base64',
);

/** Everything a run happens in: real processes, kept over the runs of a session. */
export class World {
  readonly document = contract;
  #flows: FlowNode[];
  #deploys = 0;

  private constructor(
    readonly folder: string,
    readonly sandbox: Service,
    readonly hook: Hook,
    readonly proxy: Balancer,
    readonly store: Store,
    readonly slots: Slot[],
    flows: FlowNode[],
  ) {
    this.#flows = flows;
  }

  static async open({ ledger, runtimes }: House, seed: number): Promise<World> {
    const folder = mkdtempSync(path.join(tmpdir(), 'core-signature-chaos-'));
    const sandbox = await Service.open({ port: await anyPort(), data: path.join(folder, 'sandbox') });
    const hook = await Hook.open();
    const store =
      ledger === 'postgres' ? await serverStore() : fileStore(path.join(folder, 'a', 'core-signature-ledger.sqlite'));
    const slots: Slot[] = [];
    const proxy = await Balancer.open(() => slots, diceOf(seed));
    const places: FlowPlaces = {
      sandbox: sandbox.url,
      hook: hook.url,
      serviceAccount: JSON.stringify(await sandbox.ask('/sandbox/push/service-account.json')),
      trust: (await sandbox.bytes(`${sandbox.url}/sandbox/ca.pem`)).toString(),
      ...(store.postgres && { postgres: store.postgres }),
    };
    const flows = flowOf(places);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].slice(0, runtimes)) {
      const userDir = path.join(folder, name);
      mkdirSync(userDir);
      writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify(flows));
      writeFileSync(path.join(userDir, 'flows_cred.json'), JSON.stringify(credentialsOf(places, hookSecret)));
      const env = { CORE_SIGNATURE_SANDBOX_URL: sandbox.url, CORE_SIGNATURE_PUBLIC_URL: proxy.url, ...store.env };
      const settings = {
        credentialSecret: false,
        coreSignature: { leaseSeconds },
      };
      slots.push(new Slot({ name, port: await anyPort(), userDir, env, settings }));
    }
    const world = new World(folder, sandbox, hook, proxy, store, slots, flows);
    try {
      await store.prepare();
      await Promise.all(slots.map((slot) => slot.boot()));
      for (const person of everybody) await world.#register(person);
    } catch (thrown) {
      await world.close(true);
      throw new Error(`The house could not be opened; its logs are in ${folder}.`, { cause: thrown });
    }
    return world;
  }

  runtime(index: number): Slot {
    const slot = this.slots[index % this.slots.length];
    if (slot === undefined) throw new Error('There is no runtime.');
    return slot;
  }

  /** The secret address at which the service calls back. */
  get webhookUrl(): string {
    return `${this.proxy.url}/core-signature/events/${webhookSecret}`;
  }

  /** What must not be seen in any log. */
  get secrets(): string[] {
    return ['sandbox-token', webhookSecret, 'sandbox-password', hookSecret, this.store.postgres?.password ?? ''].filter(
      (text) => text !== '',
    );
  }

  /** Deploys the flows on every runtime, with some nodes changed, as a person with an editor does. */
  async redeploy(kind: 'full' | 'flows' | 'nodes', changed: readonly string[]): Promise<void> {
    this.#deploys += 1;
    const name = `deploy ${this.#deploys}`;
    this.#flows = this.#flows.map((node) => (changed.includes(node.id) ? { ...node, name } : node));
    const deploy = async (slot: Slot): Promise<void> => {
      await fetch(`${slot.url}/flows`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': kind },
        body: JSON.stringify(this.#flows),
        signal: AbortSignal.timeout(10_000),
      })
        .then((answer) => answer.arrayBuffer())
        // Killed or standing still: then it goes on with the flows it has.
        .catch(() => undefined);
    };
    await Promise.all(this.slots.filter(({ isUp }) => isUp).map(deploy));
  }

  /** Has every runtime ask the service something, whereby it learns the time there; by itself it does so every second. */
  async tellTime(): Promise<void> {
    const ask = (slot: Slot): Promise<unknown> =>
      fetch(`${slot.url}/core-signature/account/account/templates`, { signal: AbortSignal.timeout(500) })
        .then((answer) => answer.arrayBuffer())
        .catch(() => undefined);
    await Promise.all(this.slots.filter(({ isUp, isPaused }) => isUp && !isPaused).map(ask));
  }

  async close(keep: boolean): Promise<void> {
    await Promise.all(this.slots.map((slot) => slot.kill()));
    if (keep) for (const slot of this.slots) writeFileSync(path.join(this.folder, `${slot.name}.log`), slot.log());
    await Promise.all([this.sandbox.down('SIGKILL'), this.hook.close(), this.proxy.close()]);
    await this.store.close();
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
  }

  /** A phone for a person, with the app and the browser on it. */
  async #register(person: string): Promise<void> {
    const phone = `/sandbox/push/phones/${encodeURIComponent(person)}`;
    await this.sandbox.ask('/sandbox/push/phones', 'POST', { name: person });
    const { endpoint, keys } = await this.sandbox.ask<{ endpoint: string; keys: object }>(
      `${phone}/subscriptions`,
      'POST',
      {},
    );
    const { token } = await this.sandbox.ask<{ token: string }>(`${phone}/token`, 'POST');
    for (const [service, address] of Object.entries({
      'web-push': { kind: 'webPush', endpoint, keys },
      fcm: { kind: 'fcmToken', token },
    })) {
      const answer = await fetch(`${this.proxy.url}/${service}/devices`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ device: { person, ...address } }),
      });
      if (!answer.ok) throw new Error(`Registering ${person} answered ${answer.status}: ${await answer.text()}`);
      await answer.arrayBuffer();
    }
  }
}

/** Secret part of the webhook's address of an account with the sandbox's token. */
const webhookSecret = createHmac('sha256', 'sandbox-token')
  .update('webhook path of account')
  .digest('hex')
  .slice(0, 40);
