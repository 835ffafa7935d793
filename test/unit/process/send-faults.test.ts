import { expect } from 'chai';
import { compose } from '../../../dist/lib/process/compose';
import { type SendJob, sendEnvelope } from '../../../dist/lib/process/send';
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
