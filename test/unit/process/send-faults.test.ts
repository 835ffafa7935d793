import { expect } from 'chai';
import type { SignatureError } from '../../../dist/lib/errors';
import { compose } from '../../../dist/lib/process/compose';
import { sendEnvelope } from '../../../dist/lib/process/send';
import type { SendJob } from '../../../dist/lib/process/send-job';
import { deadlineReached } from '../../../dist/lib/process/time-out';
import { parkMessage } from '../../../dist/lib/process/wait';
import { until } from '../../../scripts/lib/child';
import { contractPdf } from '../../support/house';
import { drain } from '../ledger/stores';
import { anna, ProcessBench } from './bench';
import { everyFault, never } from './failing-ledger';

describe('an effect at the service happens once', function () {
  this.timeout(120_000);
  let bench: ProcessBench;
  let count = 0;

  before(async () => {
    bench = await ProcessBench.open();
  });
  after(() => bench.close());
  afterEach(() => bench.faults([]));

  const jobOf = (key: string): SendJob => {
    const source = { kind: 'content' as const, name: 'contract.pdf', bytes: contractPdf };
    return {
      node: key,
      externalId: key,
      foreignId: false,
      composition: compose({ externalId: key, title: key, source, signers: [anna], switchedOff: [] } as never, String),
      source,
      attachments: [],
      message: '{}',
      retryForMs: 0,
    };
  };

  const blind = {
    'is not reached any more': { kind: 'outage' },
    'lets nobody in any more': { kind: 'status', status: 403 },
  };
  for (const [what, rule] of Object.entries(blind)) {
    it(`an order whose answer was lost is told as unclear, not as unsent, when the service ${what}`, async () => {
      count += 1;
      const key = `unclear-${count}`;
      await bench.faults([
        { match: 'POST *requests/', kind: 'lostAnswer', times: 1 },
        { match: 'GET /documents/', ...rule },
      ]);
      const job = { ...jobOf(key), retryForMs: 1_500 };
      const told = await sendEnvelope(bench.account, job).catch((thrown: SignatureError) => thrown);
      expect(told).to.include({ code: 'OUTCOME_UNKNOWN' });
      expect((told as SignatureError).message).to.match(/^Whether the envelope was sent could not be found out: .*\./);
      await bench.faults([]);
      const { envelope } = await sendEnvelope(bench.account, jobOf(key));
      await until('the invitation', async () => (await bench.seen(key)).invited.length > 0);
      const { line, invited } = await bench.seen(key);
      expect([line.map(({ uuid }) => uuid), invited]).to.deep.equal([[envelope.id], [anna]]);
    });
  }

  it('an order that was refused, or could not be looked up before anything was sent, is told as that', async () => {
    count += 1;
    const job = jobOf(`unsent-${count}`);
    await bench.faults([{ match: 'GET /documents/', kind: 'status', status: 403 }]);
    const hidden = await sendEnvelope(bench.account, { ...job, foreignId: true }).catch((thrown) => thrown);
    expect(hidden).to.include({ code: 'FORBIDDEN' });
    await bench.faults([{ match: 'POST *requests/', kind: 'status', status: 400 }]);
    const refused = await sendEnvelope(bench.account, job).catch((thrown) => thrown);
    expect(refused).to.include({ code: 'REFUSED' });
  });

  for (const [what, fault] of everyFault) {
    it(`sending, when the ledger is away ${what}, at each in turn`, async () => {
      let met = true;
      let at = 0;
      while (met) {
        at += 1;
        count += 1;
        const key = `send-${count}`;
        met = await bench.attempt({ at, ...fault }, (account) => sendEnvelope(account, jobOf(key)));
        bench.lapse();
        const { envelope } = await sendEnvelope(bench.account, jobOf(key));
        bench.lapse();
        const seen = await until('the invitation', async () => {
          const now = await bench.seen(key);
          return now.invited.length > 0 && now;
        });
        expect(seen.line.map(({ uuid }) => uuid)).to.deep.equal([envelope.id]);
        expect(seen.invited).to.deep.equal([anna]);
        expect(await drain(bench.ledger, [key]), 'messages').to.have.length(1);
      }
      expect(at, 'calls').to.be.above(2);
    });

    it(`S14: taking back what was not signed in time, when the ledger is away ${what}, at each in turn`, async () => {
      let met = true;
      let at = 0;
      while (met) {
        at += 1;
        count += 1;
        const key = `wait-${count}`;
        const envelope = await bench.send(key);
        await parkMessage(bench.account, {
          node: key,
          envelope,
          name: key,
          statuses: ['signed'],
          deadline: bench.account.clock.now() + 60_000,
          message: '{}',
          messageKey: key,
          group: '',
        });
        await bench.advance('2m');
        const outcomes: unknown[] = [];
        const attempt = async (thisFault: typeof never): Promise<boolean> => {
          bench.lapse();
          const timer = await bench.claim(key, 'wait');
          if (!timer) return false;
          return bench.attempt(thisFault, (account, ledger) => deadlineReached(account, timer, ledger, 'cancel'));
        };
        met = await attempt({ at, ...fault });
        for (let attempts = 0; attempts < 3; attempts += 1) {
          for (const { body } of await drain(bench.ledger, [key])) outcomes.push((body as { outcome: string }).outcome);
          await attempt(never);
        }
        expect(outcomes).to.deep.equal(['timeout']);
        const { line, open } = await bench.seen(key);
        expect([line.length, open.length]).to.deep.equal([1, 0]);
        expect(await bench.ledger.listEnvelopes({ account: bench.account.id, held: true, limit: 9 })).to.deep.equal([]);
      }
      expect(at, 'calls').to.be.above(6);
    });
  }
});
