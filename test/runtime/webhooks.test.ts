import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { expect } from 'chai';
import { startChild } from '../../scripts/lib/child';
import { anyPort } from '../../scripts/lib/ports';
import {
  eventLines,
  eventsIn,
  type FlowNode,
  httpIn,
  httpResponse,
  sandboxAccount,
  sendFromBody,
  tab,
} from '../support/flows';
import { type House, openHouse, projectRoot, until } from '../support/house';
import {
  api,
  callbackUrl,
  decline,
  eventsOf,
  inLedger,
  post,
  type ServiceEvent,
  sent,
  sentByHand,
  sign,
  state,
  webhookBody,
} from './steps';

interface EventLine {
  type: string;
  status: string;
  signer: string | null;
  at: string;
  envelope: string;
  deliveryId: string;
  redelivered?: boolean;
}

const sending = (): FlowNode[] => [httpIn('/send', ['send']), sendFromBody('send', ['answer']), httpResponse()];

const listening = (more: object = {}): FlowNode[] => [
  eventsIn('events', ['line of events.jsonl'], more),
  ...eventLines('events.jsonl'),
];

const flows = (events: object = {}, account: object = {}): FlowNode[] => [
  tab(),
  sandboxAccount(account),
  ...sending(),
  ...listening(events),
];

const linesOf = (house: House, envelope: string): EventLine[] =>
  house.lines<EventLine>('events.jsonl').filter((line) => line.envelope === envelope);

const typesOf = (house: House, envelope: string): string[] => linesOf(house, envelope).map(({ type }) => type);

/** Waits until the flow has emitted exactly the events that the service lists. */
const untilComplete = (house: House, envelope: string): Promise<string[]> =>
  until(
    'every event of the envelope',
    async () => {
      const known = (await eventsOf(house, envelope)).map(({ event_type }) => event_type).toSorted();
      const emitted = typesOf(house, envelope);
      return known.length > 0 && emitted.toSorted().join() === known.join() && emitted;
    },
    { child: house.runtime },
  );

/** Answers the status of a POST of that many bytes, however early the other side answers. */
const postBytes = (url: string, bytes: number): Promise<{ status: number; ms: number }> =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const outgoing = request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': bytes },
    });
    let answered = false;
    outgoing.on('response', (answer) => {
      answered = true;
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, ms: performance.now() - began });
    });
    outgoing.on('error', (error) => answered || reject(error));
    outgoing.end(Buffer.alloc(bytes, 0x20));
  });

describe('webhooks', () => {
  const layouts = [
    { title: "both at '/'", settings: { httpNodeRoot: '/', httpAdminRoot: '/' }, prefix: '' },
    { title: "flows at '/red', editor at '/'", settings: { httpNodeRoot: '/red', httpAdminRoot: '/' }, prefix: '/red' },
    { title: "flows at '/', editor at '/admin'", settings: { httpNodeRoot: '/', httpAdminRoot: '/admin' }, prefix: '' },
    { title: 'flows at /, no editor', settings: { httpNodeRoot: '/', httpAdminRoot: false }, prefix: '' },
  ];

  for (const { title, settings, prefix } of layouts) {
    describe(`with ${title}`, () => {
      let house: House;
      let url: string;
      let signed: ServiceEvent;

      before(async () => {
        house = await openHouse({ name: 'webhooks-layout', settings, flows: flows() });
        const envelope = await sent(house, {}, `${prefix}/send`);
        url = await callbackUrl(house, envelope);
        await sign(house, envelope);
        await untilComplete(house, envelope);
        signed = (await eventsOf(house, envelope)).find(({ event_type }) => event_type === 'signed') as ServiceEvent;
      });
      after(() => house.close());

      it('the service was told an address below the root of flows, and all it sent was answered with 200', async () => {
        expect(url).to.match(new RegExp(`^${house.runtime.url}${prefix}/core-signature/events/[0-9a-f]{40}$`));
        const { deliveries } = await state(house);
        expect(deliveries.length).to.be.at.least(3);
        expect(new Set(deliveries.map(({ status }) => status))).to.deep.equal(new Set([200]));
      });

      it('200 for the exact bytes of a true event, however they are spelled', async () => {
        const body = JSON.stringify(webhookBody(signed), null, 3).replace('"signed"', '"\\u0073igned"');
        expect((await post(url, body)).status).to.equal(200);
        expect((await post(url, body, { 'content-type': 'text/plain' })).status).to.equal(200);
      });

      it('W2 W3: 401 for a wrong, a short and a missing hash', async () => {
        const { event_hash, ...unsigned } = webhookBody(signed);
        for (const hash of ['0'.repeat(64), String(event_hash).slice(1), 'nonsense', '', null, 7]) {
          const { status } = await post(url, { ...unsigned, event_hash: hash });
          expect(status, `hash ${hash}`).to.equal(hash === 7 ? 400 : 401);
        }
        expect((await post(url, unsigned)).status).to.equal(401);
        expect((await post(url, webhookBody(signed, 'another-token'))).status).to.equal(401);
      });

      it('400 for broken JSON and for what is no event', async () => {
        for (const body of ['{"uuid": ', '[]', 'null', '"text"', '', '{}', '\xff\xfe']) {
          expect((await post(url, Buffer.from(body, 'latin1'))).status, body).to.equal(400);
        }
      });

      it('W1: 413 for 10 MB, soon, and the runtime goes on', async () => {
        const { status, ms } = await postBytes(url, 10 * 1024 * 1024);
        expect(status).to.equal(413);
        expect(ms).to.be.below(2_000);
        expect((await post(url, webhookBody(signed))).status).to.equal(200);
      });

      it('W5: 404 for any other path', async () => {
        const wrong = url.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
        expect((await post(wrong, webhookBody(signed))).status).to.equal(404);
      });

      it('leaves the JSON bodies of other nodes alone', async () => {
        const before = (await state(house)).documents.length;
        await sent(house, {}, `${prefix}/send`);
        expect((await state(house)).documents.length).to.equal(before + 1);
      });
    });
  }

  describe('what is believed', () => {
    let house: House;
    let url: string;

    before(async () => {
      house = await openHouse({ name: 'webhooks', flows: [tab(), sandboxAccount()] });
      await house.deploy(flows({}, { credentials: { hashKeys: 'next-key\nsandbox-token', token: 'sandbox-token' } }));
      url = await callbackUrl(house, await sent(house));
    });
    after(() => house.close());
    afterEach(() => house.faults({}));

    const counter = (name: string): Promise<number> =>
      inLedger(house, async (ledger) => (await ledger.counters({ account: 'account' }))[name] ?? 0);

    it('S5: events come out in the order they happened, once each, with the envelope as it is now', async () => {
      const envelope = await sent(house);
      await sign(house, envelope);
      await untilComplete(house, envelope);
      const lines = linesOf(house, envelope);
      expect(lines.map(({ at }) => at)).to.deep.equal(lines.map(({ at }) => at).toSorted());
      expect(lines.find(({ type }) => type === 'signer_signed')?.signer).to.equal('anna@example.com');
      expect(new Set(lines.map(({ deliveryId }) => deliveryId)).size).to.equal(lines.length);
    });

    it('S4 W10: five copies of each webhook are one event, and each copy is answered with 200', async () => {
      const envelope = await sent(house);
      await sign(house, envelope);
      const emitted = await untilComplete(house, envelope);
      const known = await eventsOf(house, envelope);
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => known.map((event) => post(url, webhookBody(event)))).flat(),
      );
      expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
      const marker = await sent(house);
      await untilComplete(house, marker);
      expect(typesOf(house, envelope)).to.deep.equal(emitted);
      expect(await counter('duplicate')).to.be.at.least(known.length * 5);
    });

    it('S5: webhooks in any order give the same events in the right order', async () => {
      await house.faults({ callbacks: { reorder: true, duplicate: true } });
      const envelope = await sent(house);
      await sign(house, envelope);
      await untilComplete(house, envelope);
      const lines = linesOf(house, envelope);
      expect(lines.map(({ at }) => at)).to.deep.equal(lines.map(({ at }) => at).toSorted());
      expect(typesOf(house, envelope).at(-1)).to.equal('signed');
    });

    it('W6: a right hash with a swapped document or type moves nothing', async () => {
      const done = await sent(house);
      await sign(house, done);
      await untilComplete(house, done);
      const open = await sent(house);
      await untilComplete(house, open);
      const before = typesOf(house, open);
      const signed = (await eventsOf(house, done)).find(({ event_type }) => event_type === 'signed') as ServiceEvent;
      const forged = { ...webhookBody(signed), document: { uuid: open, status: 'si' } };
      expect((await post(url, forged)).status).to.equal(200);
      await house.faults({ callbacks: { forge: 3 } });
      const marker = await sent(house);
      await untilComplete(house, marker);
      expect(typesOf(house, open)).to.deep.equal(before);
      const { status, terminal } =
        (await inLedger(house, (ledger) => ledger.envelope({ account: 'account', id: open }))) ?? {};
      expect({ status, terminal }).to.deep.equal({ status: 'sent', terminal: false });
    });

    it('W7 W10: an unknown document and one of another team get 200 and come to nothing', async () => {
      const foreign = await sentByHand(house, null, 'other-token');
      const [event] = await until('an event of the other team', async () => {
        const known = await eventsOf(house, foreign, 'other-token');
        return known.length > 0 && known;
      });
      const before = await counter('foreign');
      expect((await post(url, webhookBody(event as ServiceEvent))).status).to.equal(200);
      const unknown = { ...(event as ServiceEvent), document: { uuid: '7e57ab1e-0000-4000-8000-000000000000' } };
      expect((await post(url, webhookBody(unknown))).status).to.equal(200);
      await until('both to be found foreign', async () => (await counter('foreign')) === before + 2);
      expect(typesOf(house, foreign)).to.deep.equal([]);
    });

    it('W10: an event type that is new to us gets 200 and comes to nothing', async () => {
      const envelope = await sent(house);
      const [first] = await until('an event', async () => {
        const known = await eventsOf(house, envelope);
        return known.length > 0 && known;
      });
      const strange = webhookBody({ ...(first as ServiceEvent), event_type: 'signer_waved' });
      expect((await post(url, strange)).status).to.equal(200);
      await untilComplete(house, envelope);
      expect(typesOf(house, envelope)).not.to.include('signer_waved');
    });

    it('W7: an envelope of our own team that no flow has sent is reported, too', async () => {
      const envelope = await sentByHand(house, url);
      await sign(house, envelope);
      expect((await untilComplete(house, envelope)).at(-1)).to.equal('signed');
    });

    it('W8: a webhook that comes two hours late is taken', async () => {
      await house.faults({ callbacks: { delayMs: 2 * 3_600_000 } });
      const envelope = await sent(house);
      await sign(house, envelope);
      await house.faults({});
      expect(typesOf(house, envelope)).to.deep.equal([]);
      await house.advance('121m');
      expect((await untilComplete(house, envelope)).at(-1)).to.equal('signed');
    });

    it('W4: a hash made with any of the keys counts, while keys are changed', async () => {
      const envelope = await sent(house);
      await untilComplete(house, envelope);
      const [event] = await eventsOf(house, envelope);
      expect((await post(url, webhookBody(event as ServiceEvent, 'next-key'))).status).to.equal(200);
      expect((await post(url, webhookBody(event as ServiceEvent, 'sandbox-token'))).status).to.equal(200);
      expect((await post(url, webhookBody(event as ServiceEvent, 'last-key'))).status).to.equal(401);
    });

    it('S3: what was signed while Node-RED was down is found at the next start', async () => {
      const envelope = await sent(house);
      await untilComplete(house, envelope);
      await house.runtime.end();
      await sign(house, envelope);
      await house.boot();
      expect((await untilComplete(house, envelope)).at(-1)).to.equal('signed');
    });

    it('W13 W14: what came is counted; no body, no key and no address of a webhook is in the log', async () => {
      expect(await counter('forged')).to.be.at.least(1);
      for (const name of ['accepted', 'duplicate', 'confirmed', 'reconciled']) {
        expect(await counter(name), name).to.be.at.least(1);
      }
      const log = house.runtime.log();
      for (const secret of ['anna@example.com', 'next-key', 'sandbox-token', 'event_hash"', url.slice(-40)]) {
        expect(log.includes(secret), `${secret} in the log`).to.equal(false);
      }
    });
  });

  describe('when they cannot be stored', () => {
    let house: House;
    const file = path.join('missing', 'ledger.sqlite');
    const ledger = { id: 'ledger', type: 'signature-ledger', name: '', version: 1, engine: 'file', file };

    before(async () => {
      house = await openHouse({
        name: 'webhooks-503',
        flows: [ledger, ...flows({}, { ledger: 'ledger' })],
      });
    });
    after(() => house.close());

    it('W9: 503, so that the service comes again, and then nothing is missing', async () => {
      const { url } = await fetch(`${house.runtime.url}/core-signature/account/account/webhook`).then(
        (answer) => answer.json() as Promise<{ url: string }>,
      );
      const envelope = await sentByHand(house, url);
      await sign(house, envelope);
      await until('the refused webhooks', async () => {
        const { deliveries } = await state(house);
        return deliveries.length >= 3 && deliveries.every(({ status }) => status === 503);
      });
      mkdirSync(path.join(house.runtime.userDir, 'missing'));
      await house.advance('3m');
      expect((await untilComplete(house, envelope)).at(-1)).to.equal('signed');
    });
  });

  describe('that never come', () => {
    let house: House;

    before(async () => {
      house = await openHouse({ name: 'webhooks-lost', flows: flows({}, { reconcileMinutes: '0.05' }) });
    });
    after(() => house.close());

    it('W11: are found by the comparison with the service', async () => {
      await house.faults({ callbacks: { drop: true } });
      const envelope = await sent(house);
      await sign(house, envelope);
      expect((await untilComplete(house, envelope)).at(-1)).to.equal('signed');
      const { deliveries } = await state(house);
      expect(deliveries.every(({ status }) => status === null)).to.equal(true);
    });

    it('without a public URL a node that polls emits them, of envelopes sent by anybody in the team', async () => {
      await house.faults({});
      await house.deploy(flows({ source: 'poll', pollSeconds: '1' }, { publicUrl: '' }));
      const own = await sent(house);
      const byHand = await sentByHand(house, null);
      expect(await callbackUrl(house, own)).to.equal(null);
      await decline(house, own);
      await sign(house, byHand);
      expect((await untilComplete(house, own)).at(-1)).to.equal('declined');
      expect((await untilComplete(house, byHand)).at(-1)).to.equal('signed');
    });

    it('behind a core http in node, events come as messages and are answered by the flow', async () => {
      const gateway = (skipBodyParsing: boolean): FlowNode[] => [
        tab(),
        sandboxAccount({ publicUrl: '' }),
        ...sending(),
        ...listening({ source: 'message' }),
        { ...httpIn('/gateway', ['events', 'answer']), skipBodyParsing },
      ];
      for (const raw of [true, false]) {
        await house.deploy(gateway(raw));
        const envelope = await sentByHand(house, `${house.runtime.url}/gateway`);
        await sign(house, envelope);
        expect((await untilComplete(house, envelope)).at(-1)).to.equal('signed');
      }
    });
  });

  describe('for the whole team', () => {
    let house: House;
    const hooks = async () =>
      (
        await api<{ results: { uuid: string; event_type: string; callback_url: string; name: string }[] }>(
          house,
          'webhooks/',
        )
      ).results;
    const types = async () => (await hooks()).map(({ event_type }) => event_type).toSorted();
    const team = (events: string[], account: object = {}): FlowNode[] =>
      flows({ registration: 'team', events }, account);

    before(async () => {
      house = await openHouse({ name: 'webhooks-team', flows: team(['signed', 'declined']) });
    });
    after(() => house.close());

    it('W12: one subscription per event type, made once, and kept as it is over redeploys and restarts', async () => {
      await until('the subscriptions', async () => (await types()).join() === 'declined,signed');
      const before = (await hooks()).map(({ uuid }) => uuid).toSorted();
      for (const kind of ['full', 'nodes', 'flows'] as const) await house.deploy(team(['signed', 'declined']), kind);
      await house.runtime.end('SIGKILL');
      await house.boot();
      const envelope = await sentByHand(house, null);
      await sign(house, envelope);
      await until('the event', () => typesOf(house, envelope).includes('signed'), { child: house.runtime });
      expect((await hooks()).map(({ uuid }) => uuid).toSorted()).to.deep.equal(before);
    });

    it('W12: a wrong address is corrected with the next deploy, and a double removed', async () => {
      const [hook] = await hooks();
      const { uuid, event_type, name, callback_url: right } = hook as Record<string, string>;
      const rest = { event_type, name };
      await api(house, `webhooks/${uuid}/`, {
        method: 'PUT',
        body: { ...rest, callback_url: 'https://old.example.com/' },
      });
      await api(house, 'webhooks/', { method: 'POST', body: { ...rest, callback_url: right } });
      await house.deploy(team(['signed', 'declined']));
      await until('two right subscriptions', async () => {
        const now = await hooks();
        return now.length === 2 && now.every(({ callback_url }) => callback_url === right);
      });
    });

    it('W12: subscriptions of others are left alone, and ours go with the node', async () => {
      const callback_url = 'https://elsewhere.example.com/hook';
      await api(house, 'webhooks/', {
        method: 'POST',
        body: { name: 'Theirs', event_type: 'expired', callback_url },
      });
      await house.deploy([tab(), sandboxAccount(), ...sending()]);
      await until('only theirs', async () => (await hooks()).map(({ name }) => name).join() === 'Theirs');
    });
  });

  describe('behind middleware of the runtime', () => {
    /** Starts Node-RED with settings that JSON cannot hold. */
    const withSettings = async (more: string, work: (house: House) => Promise<void>): Promise<void> => {
      const house = await openHouse({ name: 'webhooks-middleware', flows: flows() });
      try {
        await house.runtime.end();
        const port = await anyPort();
        const url = `http://127.0.0.1:${port}`;
        const settings = path.join(house.runtime.userDir, 'more-settings.js');
        writeFileSync(settings, `module.exports = { ...require('./settings.js'), uiPort: ${port}, ${more} };\n`);
        const program = path.join(projectRoot, 'node_modules', 'node-red', 'red.js');
        const child = startChild(process.execPath, [program, '-u', house.runtime.userDir, '-s', settings], {
          cwd: house.runtime.userDir,
          env: { NODE_OPTIONS: '', CORE_SIGNATURE_SANDBOX_URL: house.sandbox.url, CORE_SIGNATURE_PUBLIC_URL: url },
        });
        house.runtime = { ...child, url, userDir: house.runtime.userDir };
        await until('Node-RED to start', () => /Started flows/.test(child.log()), { child });
        await work(house);
      } finally {
        await house.close();
      }
    };

    it('httpNodeMiddleware runs before a webhook and may refuse it', async () => {
      const middleware = `httpNodeMiddleware: (request, response, next) => {
        if (request.path.includes('/core-signature/') && !request.query.gate) return response.sendStatus(418);
        next();
      }`;
      await withSettings(middleware, async (house) => {
        const url = await callbackUrl(house, await sent(house));
        expect((await post(url, '{}')).status).to.equal(418);
        expect((await post(`${url}?gate=1`, '{}')).status).to.equal(400);
      });
    });

    it('httpNodeAuth keeps the service out with 401: such a runtime has to poll or sit behind a gateway', async () => {
      // The password is "open".
      const hash = '$2b$08$mkI.KuZ4dKxNVFsVO9Q5zO7TkzyjGPzGD7lmqYpIj7vcgBz8LDCo6';
      await withSettings(`httpNodeAuth: { user: 'user', pass: '${hash}' }`, async (house) => {
        const account = await fetch(`${house.runtime.url}/core-signature/account/account/webhook`);
        const { url } = (await account.json()) as { url: string };
        expect((await post(url, '{}')).status).to.equal(401);
        const check = await post(`${house.runtime.url}/core-signature/account/account/webhook/check`, {});
        expect(check.body).to.deep.include({ ok: false });
        expect(JSON.stringify(check.body)).to.match(/httpNodeAuth/);
      });
    });
  });
});
