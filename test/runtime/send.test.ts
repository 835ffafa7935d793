import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect } from 'chai';
import {
  appendTo,
  change,
  type FlowNode,
  functionNode,
  httpIn,
  httpResponse,
  onTab,
  refusals,
  sandboxAccount,
  sendFromBody,
  tab,
} from '../support/flows';
import { contractPdf, type House, openHouse, until } from '../support/house';
import { type Answer, api, documentsOf, invitations, order, post, type SentAnswer, sent, sign, state } from './steps';

interface SentLine {
  key: string;
  envelope: string;
  deliveryId: string;
  redelivered?: boolean;
  repeated: boolean;
}

const anna = { email: 'anna@example.com' };
const ben = { email: 'ben@example.com' };
const approval = '0f4c1e52-8a0b-4b7e-9c51-5d1f6a2b3c02';

/** A message with all kinds of values goes through `send-envelope`; what is left of it is the answer. */
const fill = `
  const body = msg.payload;
  msg.file = Buffer.from(body.document, 'base64');
  msg.keep = { when: new Date(86400000), bytes: Buffer.from([0, 255, 7]), list: [1, { deep: [true, null] }] };
  return msg;`;
const look = `
  const kind = (value) => Object.prototype.toString.call(value).slice(8, -1);
  const { keep } = msg;
  msg.payload = {
    file: 'file' in msg,
    when: kind(keep.when) + ' ' + keep.when.getTime(),
    bytes: Buffer.isBuffer(keep.bytes) && [...keep.bytes],
    list: keep.list,
    envelope: Object.keys(msg.envelope).sort(),
  };
  return msg;`;
const split = `
  const signers = ['one@example.com', 'two@example.com', 'three@example.com'];
  return [signers.map((email) => ({ ...msg, payload: { ...msg.payload, signers: [{ email }] } }))];`;

const flows = (): FlowNode[] => [
  tab(),
  sandboxAccount(),
  httpIn('/send', ['send']),
  sendFromBody('send', ['answer', 'sent line']),
  change(
    'sent line',
    [
      [
        'payload',
        '{"key": envelope.externalId, "envelope": envelope.id, "deliveryId": deliveryId, "redelivered": redelivered, "repeated": payload.repeated}',
      ],
    ],
    ['append sent.jsonl'],
  ),
  appendTo('sent.jsonl'),
  httpIn('/more', ['more']),
  sendFromBody('more', ['answer'], {
    attachments: 'payload.attachments',
    subject: 'payload.subject',
    subjectType: 'msg',
  }),
  httpIn('/file', ['file']),
  sendFromBody('file', ['answer'], { documentSource: 'file' }),
  httpIn('/url', ['url']),
  sendFromBody('url', ['answer'], { documentSource: 'url' }),
  httpIn('/template', ['template']),
  sendFromBody('template', ['answer'], { documentSource: 'template' }),
  httpIn('/all-kinds', ['fill']),
  functionNode('fill', fill, ['all kinds']),
  sendFromBody('all kinds', ['look'], { document: 'file' }),
  functionNode('look', look, ['answer']),
  httpIn('/split', ['split', 'accepted']),
  functionNode('split', split, ['each']),
  sendFromBody('each', [], { externalId: '' }),
  httpIn('/stubborn', ['stubborn']),
  sendFromBody('stubborn', ['answer'], { externalId: '', retrySeconds: '0' }),
  onTab({ id: 'failed', type: 'catch', name: '', scope: ['stubborn'], uncaught: false, wires: [['stubborn']] }),
  change('accepted', [['payload', '{}']], ['answer']),
  httpResponse(),
  ...refusals(['send', 'more', 'file', 'url', 'template', 'all kinds', 'each']),
];

describe('send-envelope', () => {
  let house: House;

  before(async () => {
    house = await openHouse({ name: 'send', flows: flows() });
  });
  after(() => house.close());
  afterEach(() => house.faults({}));

  const linesOf = (key: string): SentLine[] => house.lines<SentLine>('sent.jsonl').filter((line) => line.key === key);

  /** Exactly one document and one mail to each signer, whatever happened before. */
  const expectOnce = async (key: string, ...emails: string[]): Promise<string> => {
    const documents = await documentsOf(house, key);
    expect(documents, `documents with the external id ${key}`).to.have.length(1);
    const [envelope = ''] = documents;
    const wanted = emails.length > 0 ? emails : [anna.email];
    await until('the mails', async () => (await invitations(house, envelope)).length >= wanted.length);
    expect(await invitations(house, envelope)).to.deep.equal(wanted);
    return envelope;
  };

  const ledgerFiles = (): string[] =>
    readdirSync(house.runtime.userDir).filter((name) => name.startsWith('core-signature-ledger'));

  describe('sends once', () => {
    it('the same external id twice is one envelope and one mail, and the second answer says so', async () => {
      const first = await order(house, { key: 'twice' });
      const second = await order(house, { key: 'twice' });
      expect(first.body.repeated).to.equal(false);
      expect(second.body).to.include({ envelope: first.body.envelope, repeated: true });
      await expectOnce('twice');
    });

    it('the same external id ten times at the same moment is one envelope, and everybody gets it', async () => {
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => order(house, { key: 'ten', signers: [anna, ben] })),
      );
      const envelope = await expectOnce('ten', anna.email, ben.email);
      expect(answers.map(({ status }) => status)).to.deep.equal(Array(10).fill(200));
      expect(new Set(answers.map(({ body }) => body.envelope))).to.deep.equal(new Set([envelope]));
      expect(answers.filter(({ body }) => !body.repeated)).to.have.length(1);
      expect(new Set(linesOf('ten').map(({ deliveryId }) => deliveryId)).size).to.equal(1);
    });

    it('the same external id after a restart, and after the ledger is lost, is still the same envelope', async () => {
      const envelope = await sent(house, { key: 'restart' });
      await house.runtime.end();
      await house.boot();
      expect(await sent(house, { key: 'restart' })).to.equal(envelope);
      await sign(house, envelope);
      await house.runtime.end();
      for (const name of ledgerFiles()) rmSync(path.join(house.runtime.userDir, name));
      await house.boot();
      const late = await order(house, { key: 'restart' });
      expect(late.body).to.include({ envelope, status: 'signed', repeated: true });
      await expectOnce('restart');
    });

    for (const step of ['POST /documents/', 'POST /signature-requests/']) {
      it(`the answer to ${step} is lost after the service has done it: still one`, async () => {
        const key = `lost answer ${step}`;
        await house.faults({ api: [{ match: step, kind: 'lostAnswer', times: 1 }] });
        const answer = await order(house, { key });
        expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
        expect(await expectOnce(key)).to.equal(answer.body.envelope);
      });

      it(`${step} is refused with 429 and Retry-After, then with 500: tried again until it is through`, async () => {
        const key = `patience ${step}`;
        await house.faults({
          api: [
            { match: step, kind: 'status', status: 429, retryAfter: 1, times: 1 },
            { match: step, kind: 'status', status: 500, times: 1 },
          ],
        });
        const began = performance.now();
        const answer = await order(house, { key });
        expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
        expect(performance.now() - began, 'waited as asked').to.be.at.least(1_000);
        await expectOnce(key);
      });

      it(`Node-RED is killed while ${step} is on its way: one envelope, and the message goes on`, async () => {
        const key = `killed at ${step}`;
        await house.faults({ api: [{ match: step, kind: 'delay', delayMs: 600, times: 1 }] });
        const lost = order(house, { key, signers: [anna, ben] }).catch(() => 'connection lost');
        await until('the request to be at the service', async () => {
          const faults = await (await fetch(`${house.sandbox.url}/sandbox/faults`)).json();
          return (faults as { api: object[] }).api.length === 0;
        });
        await house.runtime.end('SIGKILL');
        expect(await lost).to.equal('connection lost');
        await house.boot();
        await until('the message to go on', () => linesOf(key).length > 0, { child: house.runtime });
        const envelope = await expectOnce(key, anna.email, ben.email);
        expect(linesOf(key)).to.have.length(1);
        expect(linesOf(key)[0]?.envelope).to.equal(envelope);
      });
    }

    for (const kind of ['full', 'nodes', 'flows'] as const) {
      it(`S17: a redeploy (${kind}) while an envelope is being sent: one envelope, and the message goes on`, async () => {
        const key = `redeployed ${kind}`;
        await house.faults({ api: [{ match: 'POST /signature-requests/', kind: 'delay', delayMs: 700, times: 1 }] });
        order(house, { key }).catch(() => 'the connection may be lost with the old flow');
        await until('the document', async () => (await documentsOf(house, key)).length === 1);
        await house.deploy(
          flows().map((node) => (node.id === 'send' ? { ...node, name: `after ${kind}` } : node)),
          kind,
        );
        await until('the message to go on', () => linesOf(key).length > 0, { child: house.runtime });
        await expectOnce(key);
        expect(linesOf(key)).to.have.length(1);
      });
    }

    it('an outage shorter than the patience of the node only delays', async () => {
      await house.faults({ api: [{ kind: 'outage', times: 3 }] });
      expect((await order(house, { key: 'outage' })).status).to.equal(200);
      await expectOnce('outage');
    });

    it('an outage longer than that fails with a code; the same order later goes out once', async () => {
      await house.faults({ api: [{ match: 'POST *', kind: 'status', status: 503 }] });
      const refused = await order<{ code: string }>(house, { key: 'long outage' });
      expect(refused).to.deep.include({ status: 422 });
      expect(refused.body.code).to.equal('REMOTE_FAULT');
      await house.faults({});
      expect((await order(house, { key: 'long outage' })).status).to.equal(200);
      await expectOnce('long outage');
    });

    it('killed at any moment, and ordered again by the caller: one envelope each', async () => {
      const seed = Number(process.env.SEED ?? Date.now() % 100_000);
      let state = seed;
      const dice = (): number => {
        state = (state * 48_271) % 2_147_483_647;
        return state / 2_147_483_647;
      };
      for (let round = 0; round < 4; round += 1) {
        const key = `random ${seed} ${round}`;
        const inTime = order(house, { key }).catch(() => undefined);
        const pause = Math.floor(dice() * 90);
        await new Promise((resolve) => setTimeout(resolve, pause));
        await house.runtime.end('SIGKILL');
        await inTime;
        await house.boot();
        const again = await order(house, { key });
        expect(again.status, `seed ${seed}, round ${round}, killed after ${pause} ms`).to.equal(200);
        await expectOnce(key);
        await until('a line', () => linesOf(key).length > 0, { child: house.runtime });
        expect(new Set(linesOf(key).map(({ deliveryId }) => deliveryId)).size, `seed ${seed}`).to.equal(1);
      }
    });

    it('a failed message that a Catch node sends back without an external id does not send twice', async () => {
      await house.faults({ api: [{ match: 'POST /signature-requests/', kind: 'lostAnswer', times: 1 }] });
      const before = (await state(house)).documents.length;
      const answer = await order(house, { title: 'Stubborn' }, '/stubborn');
      expect(answer.status).to.equal(200);
      const { documents } = await state(house);
      expect(documents).to.have.length(before + 1);
      await until('the mail', async () => (await invitations(house, answer.body.envelope)).length > 0);
      expect(await invitations(house, answer.body.envelope)).to.deep.equal([anna.email]);
    });

    it('one message split into three with different signers sends three', async () => {
      await order(house, { title: 'Split' }, '/split');
      const mine = await until('three envelopes', async () => {
        const { documents } = await state(house);
        const found = documents.filter(({ name }) => name === 'Split');
        return found.length >= 3 && found.every(({ signers }) => signers.length === 2) && found;
      });
      const emails = mine.map(({ signers }) => signers.map(({ email }) => email).at(-1)).toSorted();
      expect(emails).to.deep.equal(['one@example.com', 'three@example.com', 'two@example.com']);
    });
  });

  describe('takes a document', () => {
    let files: string;
    const server = createServer((_, response) =>
      response.setHeader('content-type', 'application/pdf').end(contractPdf),
    );

    before(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      files = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => server.close());

    const expectSent = async (answer: Answer<SentAnswer>): Promise<void> => {
      expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
      await sign(house, answer.body.envelope);
      const { status } = await api<{ status: string }>(house, `documents/${answer.body.envelope}/`);
      expect(status).to.equal('si');
    };

    it('from a file', async () => {
      const file = path.join(__dirname, '..', '..', 'examples', 'documents', 'contract.pdf');
      await expectSent(await order(house, { document: file }, '/file'));
    });

    it('from a URL that the service fetches', async () => {
      const answer = await order(house, { document: `${files}/contract.pdf`, documentName: 'contract.pdf' }, '/url');
      await until('the mail', async () => (await invitations(house, answer.body.envelope)).length > 0);
      await expectSent(answer);
    });

    it('from a template of the account, with fields filled in before', async () => {
      const prefill = { order_number: 'PO-77', budget_checked: true, approval_date: '2026-03-01' };
      const answer = await order(house, { document: approval, prefill }, '/template');
      expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
      await until('the mail', async () => (await invitations(house, answer.body.envelope)).length > 0);
      const { documents } = await state(house);
      const link = documents.find(({ uuid }) => uuid === answer.body.envelope)?.signers.at(-1)?.link;
      const page = (await (await fetch(`${link}/api`)).json()) as { fields: { value: unknown }[] };
      const values = page.fields.map(({ value }) => value);
      for (const value of Object.values(prefill)) expect(values).to.include(value);
    });

    it('with attachments, from bytes and from a URL', async () => {
      const attachments = [
        { name: 'terms.pdf', content: contractPdf.toString('base64') },
        { name: 'prices.pdf', url: `${files}/prices.pdf` },
      ];
      await house.faults({ api: [{ match: 'POST /document-attachments/', kind: 'lostAnswer', times: 1 }] });
      const answer = await order(house, { attachments }, '/more');
      expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
      const document = await api<{ attachments: { name: string }[] }>(house, `documents/${answer.body.envelope}/`);
      expect(document.attachments.map(({ name }) => name).toSorted()).to.deep.equal(['prices.pdf', 'terms.pdf']);
    });

    it('gives an embedded signer a signing link and no mail', async () => {
      const signers = [{ ...anna, embedId: 'user-7' }, ben];
      const { body } = await order(house, { signers });
      const embedded = body.signers.find(({ email }) => email === anna.email);
      expect(embedded?.embedUrl).to.match(/^http/);
      await until('the mail', async () => (await invitations(house, body.envelope)).length > 0);
      expect(await invitations(house, body.envelope)).to.deep.equal([ben.email]);
    });

    it('and takes it off the message; everything else stays what it was', async () => {
      const { body, status } = await order<Record<string, unknown>>(house, {}, '/all-kinds');
      expect(status, JSON.stringify(body)).to.equal(200);
      expect(body).to.deep.include({
        file: false,
        when: 'Date 86400000',
        bytes: [0, 255, 7],
        list: [1, { deep: [true, null] }],
      });
      expect(body.envelope).to.include.members(['id', 'requestId', 'externalId', 'status', 'signers', 'account']);
    });
  });

  it("a signer's password reaches the service, and is nowhere in the ledger or the log", async () => {
    const password = 'open-sesame-4711';
    const key = 'password';
    await house.faults({ api: [{ match: 'POST /signature-requests/', kind: 'delay', delayMs: 500, times: 1 }] });
    const inTime = order(house, { key, signers: [{ ...anna, password }] }).catch(() => undefined);
    await until('the document', async () => (await documentsOf(house, key)).length === 1);
    const onDisk = (): string =>
      ledgerFiles()
        .map((name) => readFileSync(path.join(house.runtime.userDir, name), 'latin1'))
        .join('');
    expect(onDisk().includes('"externalId":"password"'), 'the ledger is looked at').to.equal(true);
    expect(onDisk().includes(password), 'in the ledger while it is being sent').to.equal(false);
    await house.runtime.end('SIGKILL');
    await inTime;
    await house.boot();
    await until('the message to go on', () => linesOf(key).length > 0, { child: house.runtime });
    expect(onDisk().includes(password), 'in the ledger afterwards').to.equal(false);
    expect(house.runtime.log().includes(password), 'in the log').to.equal(false);
    const { documents } = await state(house);
    const link = documents.find((document) => document.externalId === key)?.signers.at(-1)?.link;
    expect((await post(`${link}/api/unlock`, { password: 'wrong' })).status).not.to.equal(200);
    expect((await post(`${link}/api/unlock`, { password })).status).to.equal(200);
  });
});
