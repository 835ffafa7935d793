import { expect } from 'chai';
import type { Dispatcher } from '../../../dist/lib/process/dispatcher';
import {
  type NotifyResult,
  notify,
  type PushService,
  resumeNotify,
  type Target,
} from '../../../dist/lib/process/notify';
import type { Notification } from '../../../dist/lib/push/message';
import type { SendResult } from '../../../dist/lib/push/types';
import { drain, node, onBothEngines, owner } from '../ledger/stores';
import { everyFault, failing } from './failing-ledger';

const hour = 3_600_000;
const leaseMs = 60_000;
const sent: SendResult = { state: 'sent', id: 'id' };
const away: SendResult = { state: 'retry', reason: 'away' };

onBothEngines('notifications', ({ store, ledger }) => {
  /** What has gone out, in order. */
  let shown: string[];
  /** How the push service answers, call by call; then it takes everything. */
  let answers: SendResult[];
  beforeEach(() => {
    shown = [];
    answers = [];
  });

  const service = (): PushService => ({
    id: 'push',
    provider: {
      check: () => undefined,
      send: async ({ title }: Notification) => {
        shown.push(title);
        return answers.shift() ?? sent;
      },
    } as unknown as PushService['provider'],
    dispatcher: { owner, leaseMs, ledger: async () => ledger(), kick: () => undefined } as unknown as Dispatcher,
    clock: { now: () => store().now, shift: () => 0, onShift: () => () => {} },
    lane: '',
  });
  const target = (title: string, token = 'phone-of-anna', more: Partial<Notification> = {}): Target => ({
    person: 'anna@example.com',
    device: '',
    recipient: { kind: 'fcmToken', token },
    notification: {
      title,
      collapseKey: 'envelope 1',
      priority: 'high',
      expiresAt: store().now + 100 * hour,
      data: {},
      dryRun: false,
      ...more,
    },
  });
  const tell = (key: string, targets: Target[]) =>
    notify(service(), { node, key, targets, unreachable: [], message: '{}', retryForMs: 50 * hour });
  /** Everything that is to be tried again is, an hour later. */
  const tryAgain = async (): Promise<void> => {
    store().now += hour;
    const lanes = [{ clock: '', shift: 0 }];
    const operations = await ledger().claimOperations({ owner, nodes: [node], lanes, leaseMs, limit: 10 });
    for (const operation of operations) await resumeNotify(service(), operation);
  };
  const told = async (): Promise<NotifyResult[]> => (await drain(ledger())).map(({ body }) => body as NotifyResult);

  it('an older one that had to wait does not take the place of a later one on the device', async () => {
    answers = [away];
    expect((await tell('sign', [target('please sign')])).state).to.equal('waiting');
    store().now += 1000;
    expect((await tell('done', [target('signed by all')])).state).to.equal('finished');
    await tryAgain();
    expect(shown).to.deep.equal(['please sign', 'signed by all']);
    const [done, sign] = await told();
    expect(done?.sent).to.have.length(1);
    expect(sign?.sent).to.deep.equal([]);
    expect(sign?.undeliverable).to.have.length(1);
    expect(sign?.undeliverable[0]).to.include({ code: 'SUPERSEDED', person: 'anna@example.com' });
  });

  it('another device, another collapse key, none, and a webhook are not concerned', async () => {
    const url = { recipient: { kind: 'url', url: 'https://crm.example/hook' } } as unknown as Partial<Target>;
    const none = { collapseKey: undefined };
    answers = Array.from({ length: 4 }, () => away);
    await tell('first', [
      target('device', 'tablet-of-anna'),
      target('key', 'phone-of-anna', { collapseKey: 'envelope 2' }),
      target('none', 'phone-of-anna', none),
      { ...target('hook'), ...url },
    ]);
    store().now += 1000;
    await tell('second', [target('later'), target('later', 'phone-of-anna', none), { ...target('later'), ...url }]);
    await tryAgain();
    expect(shown.slice(-4)).to.deep.equal(['device', 'key', 'none', 'hook']);
    expect((await told()).map(({ undeliverable }) => undeliverable)).to.deep.equal([[], []]);
  });

  it('what a crash has cut off is finished with the devices of then, whoever has which by now', async () => {
    const crashed = service();
    crashed.provider.send = async ({ title }) => {
      shown.push(title);
      if (title === 'tablet') return new Promise(() => undefined);
      return sent;
    };
    const both = [target('phone', 'phone-of-anna'), target('tablet', 'tablet-of-anna')];
    void notify(crashed, { node, key: 'k', targets: both, unreachable: [], message: '{}', retryForMs: 50 * hour });
    while (shown.length < 2) await new Promise((resolve) => setImmediate(resolve));
    store().now += 2 * leaseMs;
    expect((await tell('k', [target('tablet', 'tablet-of-anna')])).state).to.equal('finished');
    expect(shown).to.deep.equal(['phone', 'tablet', 'tablet']);
    expect((await told()).map((one) => one.sent.length)).to.deep.equal([2]);
  });

  for (const [what, fault] of everyFault) {
    it(`each goes out once when the ledger is away ${what}, at each in turn`, async () => {
      let met = true;
      let at = 0;
      while (met) {
        at += 1;
        shown = [];
        const key = `k${at}`;
        const phone = { ...target(`${key} text`), recipient: { kind: 'phone', phone: '+4917012345678' } as const };
        const targets = [phone, target(`${key} push`, `phone-${at}`)];
        const job = { node, key, targets, unreachable: [], message: '{}', retryForMs: 50 * hour };
        const faulty = failing(ledger(), { at, ...fault });
        const broken = service();
        Object.assign(broken.dispatcher, { ledger: async () => faulty.ledger });
        await notify(broken, job).catch(() => undefined);
        met = faulty.struck();
        store().now += 2 * leaseMs;
        await notify(service(), job);
        const results = new Map((await drain(ledger())).map(({ id, body }) => [id, body as NotifyResult]));
        const [result] = [...results.values()];
        const text = shown.filter((title) => title.endsWith('text')).length;
        const unknown = result?.undeliverable.some(({ code }) => code === 'OUTCOME_UNKNOWN') === true;
        expect(text, `texts at ${at}`).to.be.within(unknown ? 0 : 1, 1);
        expect(shown.filter((title) => title.endsWith('push')).length).to.be.within(1, 2);
        expect(results.size).to.equal(1);
        expect((result?.sent.length ?? 0) + (unknown ? 1 : 0)).to.equal(2);
      }
      expect(at, 'calls').to.be.above(6);
    });
  }

  it('the marks of places go with retention', async () => {
    await tell('sign', [target('please sign')]);
    const marks = async (): Promise<number> => (await ledger().prune({ before: store().now + hour })).rows;
    await drain(ledger());
    const [first, second] = [await marks(), await marks()];
    expect(first).to.be.above(second);
    store().now -= 1000;
    answers = [sent];
    await tell('older', [target('older')]);
    expect(shown).to.deep.equal(['please sign', 'older']);
  });
});
