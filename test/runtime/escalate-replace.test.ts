import { expect } from 'chai';
import { until } from '../support/house';
import { anna, ben, carl, type LadderHouse, type Line, openLadderHouse, type Step, step } from './escalate-house';
import { invitations, sent, sign, state } from './steps';

const zoe = 'zoe@example.com';

/** How the service stands to everything that has ever belonged to an order. */
interface Truth {
  open: string[];
  cancelled: string[];
  signed: string[];
}

describe('escalate replaces a signer', () => {
  let ladders: LadderHouse;
  let count = 0;

  before(async () => {
    ladders = await openLadderHouse('escalate-replace');
  });
  after(() => ladders.house.close());
  afterEach(() => ladders.house.faults({}));

  /** An envelope with a ladder that replaces Anna by Carl after a day, and a wait for its signatures. */
  const begin = async (more: object = {}, alternate: object = {}) => {
    count += 1;
    const key = `R-${count}`;
    const signers = [{ email: zoe }, { email: anna, order: 2 }];
    const envelope = await sent(ladders.house, { key, signers, title: 'Offer', expireDays: 60, ...more });
    await sign(ladders.house, envelope, zoe);
    const mark = await ladders.start(envelope, [step('1d', 'replace', alternate), step('50d', 'emit')]);
    return { key, envelope, mark, waiting: await ladders.park(envelope) };
  };

  const truth = async (key: string): Promise<Truth> => {
    const documents = (await state(ladders.house)).documents.filter(({ externalId }) => externalId?.startsWith(key));
    const of = (...statuses: string[]) =>
      documents
        // A document without signers was never asked for.
        .filter(({ status, signers }) => statuses.includes(status) && signers.length > 0)
        .map(({ uuid }) => uuid);
    return { open: of('ne', 'co', 'se', 'vi'), cancelled: of('ca'), signed: of('si', 'sd') };
  };

  /** The step has been taken once, there is one open request, and it is asked of whom it should be. */
  const replaced = async (
    { key, envelope, mark }: { key: string; envelope: string; mark: string },
    outcome = 'replaced',
    signers = [zoe, carl],
  ): Promise<{ successor: string; fired: Step }> => {
    const [fired] = await ladders.fired(mark, 1);
    expect(fired).to.deep.include({ outcome, to: [{ email: carl }] });
    expect(fired?.signers.map(({ email }) => email)).to.deep.equal([anna]);
    const { open, cancelled } = await truth(key);
    expect({ open: open.length, cancelled }).to.deep.equal({ open: 1, cancelled: [envelope] });
    const successor = open[0] ?? '';
    expect((ladders.lines(mark)[0] as Line).envelope, 'the envelope of the message').to.equal(successor);
    const { documents } = await state(ladders.house);
    const asked = documents.find(({ uuid }) => uuid === successor)?.signers.filter(({ link }) => link !== null);
    expect(asked?.map(({ email }) => email)).to.deep.equal(signers);
    return { successor, fired: fired as Step };
  };

  /** All signers of the new envelope sign: the message that waited for the old one goes on, once. */
  const signedByAll = async (waiting: string, mark: string, successor: string, ...signers: string[]): Promise<void> => {
    for (const email of signers) await sign(ladders.house, successor, email);
    const end = await ladders.ended(waiting);
    expect(end).to.include({ outcome: 'reached', status: 'signed', envelope: successor });
    expect(await ladders.ended(mark)).to.include({ port: 1, status: 'signed', envelope: successor });
    expect(ladders.steps(mark)).to.have.length(1);
    for (const email of signers) {
      const mails = (await invitations(ladders.house, successor)).filter((to) => to === email);
      expect(mails, `invitations of ${email}`).to.have.length(1);
    }
  };

  it('S13: the wait behind follows to the new envelope and ends as signed; one line, nothing left open', async () => {
    const order = await begin();
    await ladders.advance('25h');
    const { successor } = await replaced(order);
    await signedByAll(order.waiting, order.mark, successor, zoe, carl);
    expect(await truth(order.key)).to.deep.equal({ open: [], cancelled: [order.envelope], signed: [successor] });
  });

  it('keeps what the request was: title, text, order, remaining time, and the fields filled in', async () => {
    const order = await begin({ title: 'Keep me' });
    await ladders.advance('25h');
    const { successor } = await replaced(order);
    const { documents, mails } = await state(ladders.house);
    const before = documents.find(({ uuid }) => uuid === order.envelope);
    const now = documents.find(({ uuid }) => uuid === successor);
    expect(now?.name).to.equal(before?.name);
    expect(
      mails.filter(({ document, to }) => document === successor && to === carl),
      'before it is his turn',
    ).to.deep.equal([]);
    await signedByAll(order.waiting, order.mark, successor, zoe, carl);
  });

  it('compensates when the new request is refused: the signers it had are asked again', async () => {
    const order = await begin();
    // The document is created, the request for signatures refused, once.
    await ladders.fault('POST /signature-requests/', 'status', { status: 400 });
    await ladders.advance('25h');
    const { successor, fired } = await replaced(order, 'compensated', [zoe, anna]);
    expect(fired.detail).to.be.a('string').and.not.equal('');
    await signedByAll(order.waiting, order.mark, successor, zoe, anna);
  });

  it('ends as signed when the signature comes before the cancellation', async () => {
    const order = await begin();
    await ladders.fault('POST */cancel*', 'delay', { delayMs: 600 });
    await ladders.house.advance('25h');
    await ladders.struck();
    await sign(ladders.house, order.envelope, anna);
    expect(await ladders.ended(order.waiting)).to.include({ outcome: 'reached', envelope: order.envelope });
    expect(await ladders.ended(order.mark)).to.include({ port: 1, status: 'signed' });
    await ladders.settled(order.envelope);
    expect(ladders.steps(order.mark)).to.deep.equal([]);
    expect(await truth(order.key)).to.deep.equal({ open: [], cancelled: [], signed: [order.envelope] });
  });

  describe('S13: and nothing is lost or done twice by', () => {
    const requests = {
      'reading the document': { match: 'GET /documents/*/' },
      'the cancellation': { match: 'POST */cancel*', next: ['POST /documents/'] },
      'the new document': { match: 'POST /documents/', next: ['POST /signature-requests/'] },
      'the new request': { match: 'POST /signature-requests/', next: [] },
    };

    for (const [what, { match, next }] of Object.entries<{ match: string; next?: string[] }>(requests)) {
      it(`a failure of ${what}`, async () => {
        const order = await begin();
        await ladders.fault(match, 'status', { status: 503 });
        await ladders.advance('25h');
        const { successor } = await replaced(order);
        await signedByAll(order.waiting, order.mark, successor, zoe, carl);
      });

      if (next)
        it(`a lost answer, and kill -9, at ${what}`, async () => {
          const order = await begin();
          // What would come next does not get through any more, so Node-RED dies right behind it.
          const outage = next.map((one) => ({ match: one, kind: 'outage' }));
          await ladders.house.faults({ api: [{ match, kind: 'lostAnswer', times: 1 }, ...outage] });
          await ladders.house.advance('25h');
          await ladders.struck();
          await ladders.house.runtime.end('SIGKILL');
          await ladders.house.faults({});
          await ladders.house.boot();
          const { successor } = await replaced(order);
          await signedByAll(order.waiting, order.mark, successor, zoe, carl);
        });

      it(`kill -9 in the middle of ${what}`, async () => {
        const order = await begin();
        await ladders.fault(match, 'delay', { delayMs: 400 });
        await ladders.house.advance('25h');
        await ladders.struck();
        await ladders.crash();
        const { successor } = await replaced(order);
        await signedByAll(order.waiting, order.mark, successor, zoe, carl);
      });
    }

    it('kill -9 during the compensation', async () => {
      const order = await begin();
      await ladders.house.faults({
        api: [
          { match: 'POST /signature-requests/', kind: 'status', status: 400, times: 1 },
          { match: 'POST /signature-requests/', kind: 'lostAnswer', times: 1 },
        ],
      });
      await ladders.house.advance('25h');
      await ladders.struck();
      await ladders.house.runtime.end('SIGKILL');
      await ladders.house.boot();
      const { successor } = await replaced(order, 'compensated', [zoe, anna]);
      await signedByAll(order.waiting, order.mark, successor, zoe, anna);
    });

    it('an outage that begins behind the cancellation and lasts', async () => {
      const order = await begin();
      await ladders.house.faults({ api: [{ match: 'POST /documents/', kind: 'outage' }] });
      await ladders.house.advance('25h');
      await until('the cancellation', async () => (await truth(order.key)).cancelled.length === 1);
      await ladders.house.advance('6h');
      expect(ladders.lines(order.mark), 'the ladder while the service is away').to.deep.equal([]);
      expect(ladders.lines(order.waiting), 'the wait while the service is away').to.deep.equal([]);
      await ladders.house.faults({});
      const { successor } = await replaced(order);
      await signedByAll(order.waiting, order.mark, successor, zoe, carl);
    });
  });

  it('two parallel signers by one alternate: the alternate once, the other stays', async () => {
    const envelope = await sent(ladders.house, {
      signers: [{ email: anna }, { email: ben }],
      key: 'two',
      expireDays: 60,
    });
    const mark = await ladders.start(envelope, [step('1d', 'replace')]);
    await ladders.advance('25h');
    const [fired] = await ladders.fired(mark, 1);
    expect(fired).to.deep.include({ outcome: 'replaced', to: [{ email: carl }] });
    expect(ladders.lines(mark)[0]?.turn).to.have.members([carl, ben]);
  });
});
