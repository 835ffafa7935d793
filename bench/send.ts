import { readFileSync } from 'node:fs';
import path from 'node:path';
import axios from 'axios';
import { openLedger } from '../dist/lib/ledger/ledger';
import { makeOwner } from '../dist/lib/ledger/owner';
import type { SignatureAccount } from '../dist/lib/process/account';
import { compose } from '../dist/lib/process/compose';
import { Dispatcher } from '../dist/lib/process/dispatcher';
import type { DocumentSource } from '../dist/lib/process/document-source';
import { sendEnvelope } from '../dist/lib/process/send';
import { accountConfig, accountCredentials } from '../dist/nodes/core-signature-account/config';
import { connect } from '../dist/nodes/core-signature-account/connection';
import { startHelper } from './lib/helper';
import { type Bench, median } from './lib/row';
import { inFolder, root } from './lib/stage';

const latencyMs = 50;
const concurrency = 16;
const sliceMs = 2_000;
const rounds = 6;

const bytes = readFileSync(path.join(root, 'examples', 'documents', 'contract.pdf'));
const source: DocumentSource = { kind: 'content', name: 'contract.pdf', bytes };

/** How many times a second `work` gets done when so many are always under way. */
async function rate(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  let done = 0;
  const one = async (): Promise<void> => {
    while (performance.now() - began < sliceMs) {
      await work();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, one));
  return done / ((performance.now() - began) / 1000);
}

/** The two calls that make an envelope, with nothing around them. */
function sendByAxios(service: string): () => Promise<void> {
  const headers = { authorization: 'Token sandbox-token' };
  return async () => {
    const file = { file_from_content: bytes.toString('base64'), file_from_content_name: 'contract.pdf' };
    const document = await axios.post(`${service}/api/v1/documents/`, { name: 'Contract', ...file }, { headers });
    const signers = [{ email: 'anna@example.com' }];
    const request = { document: `${service}/api/v1/documents/${document.data.uuid}/`, signers, who: 'o' };
    await axios.post(`${service}/api/v1/signature-requests/`, request, { headers });
  };
}

/** The same by way of the package: checked, noted in the ledger before and after, with a message in the outbox. */
function sendByPackage(account: SignatureAccount): () => Promise<void> {
  let sent = 0;
  return async () => {
    sent += 1;
    const externalId = `bench-${sent}`;
    const draft = { source, attachments: [], signers: ['anna@example.com'], externalId, title: 'Contract' };
    const choices = { who: 'o' as const, reminders: false, lockBySms: false, prepare: false, switchedOff: [] };
    const composition = compose({ ...draft, ...choices, callbackUrl: account.callbackUrl }, (uuid) => uuid);
    const message = JSON.stringify({ payload: { order: externalId } });
    const job = { node: 'send', externalId, foreignId: false, composition, source, attachments: [], message };
    const { deliveryId, claimed } = await sendEnvelope(account, { ...job, retryForMs: 0 });
    const ledger = await account.dispatcher.ledger();
    // The flow behind is through; nobody waits for that to be noted.
    ledger.finishDeliveries([{ id: deliveryId, rev: claimed?.rev ?? 0 }]).catch((error: Error) => console.error(error));
  };
}

/** Envelopes per second at an API that takes 50 ms, beside the same calls by axios alone. */
export const send: Bench = () =>
  inFolder(async (folder) => {
    const service = await startHelper<{ url: string }>('service', { latencyMs });
    const { url } = service.first;
    // The rate limit is a setting, not a cost: lifted, so that it does not hide what is measured.
    const config = { ...accountConfig.parse({ service: 'custom', url: `${url}/api/v1/` }), ratePerSecond: 100_000 };
    const connection = connect('account', config, accountCredentials.parse({ token: 'sandbox-token' }));
    const dispatcher = new Dispatcher({
      leaseMs: 120_000,
      open: () => openLedger({ engine: 'sqlite', file: path.join(folder, 'ledger.sqlite') }),
      owner: makeOwner(),
      onFault: (error) => console.error(error.message),
    });
    const { client, clock, secret, hashKeys } = connection;
    const facts = { id: 'account', lane: '', callbackUrl: null, allowPrivateAddresses: true };
    try {
      const ours = sendByPackage({ ...facts, client, clock, secret, hashKeys, dispatcher });
      const alone = sendByAxios(url);
      await alone();
      await ours();
      const pairs: { ours: number; alone: number }[] = [];
      for (let round = 0; round < rounds; round += 1) pairs.push({ ours: await rate(ours), alone: await rate(alone) });
      const from = (read: (pair: (typeof pairs)[number]) => number) => median(pairs.map(read)).toFixed(1);
      return [
        {
          bench: 'send',
          what: 'envelopes/s beside axios alone',
          value: median(pairs.map((pair) => pair.ours / pair.alone)),
          unit: '×',
          mark: { at: 0.85, best: 'high' },
          from: `${from((pair) => pair.ours)} / ${from((pair) => pair.alone)} per s`,
        },
      ];
    } finally {
      connection.close();
      await dispatcher.stop();
      await service.end();
    }
  });
