import { expect } from 'chai';
import { onTab, sendFromBody } from '../support/flows';
import { contractPdf } from '../support/house';
import { openStage, type Stage, until } from './stage';

const good = { document: contractPdf, title: 'Contract', signers: [{ email: 'anna@example.com' }] };

const helperNode = (id: string) => onTab({ id, type: 'helper' });
const watching = [
  onTab({ id: 'completed', type: 'complete', scope: ['send'], uncaught: false, wires: [['complete']] }),
  onTab({ id: 'caught', type: 'catch', scope: ['send'], uncaught: false, wires: [['failed']] }),
  helperNode('complete'),
  helperNode('failed'),
  helperNode('out'),
];

describe('send-envelope, by itself', () => {
  let stage: Stage;

  before(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.unload());
  after(() => stage.close());

  it('is done once per message, and has sent once', async () => {
    await stage.load([sendFromBody('send', ['out']), ...watching]);
    stage.node('send').receive({ payload: good, topic: 'kept' });
    stage.node('send').receive({ payload: good, topic: 'kept' });
    await until('both to be done', () => stage.arrived('complete').length >= 2);
    await until('both to leave', () => stage.arrived('out').length >= 2);
    expect(stage.arrived('complete')).to.have.length(2);
    expect(stage.arrived('out')).to.have.length(2);
    expect(stage.arrived('failed')).to.deep.equal([]);
    const [message] = stage.arrived('out');
    expect(message).to.include({ topic: 'kept' });
    expect(message?.envelope).to.include({ status: 'sent', account: 'account' });
    expect(message?.payload).to.include({ status: 'sent', repeated: false });
  });

  it('says of a repeat that its message may have left before, with the same delivery id', async () => {
    await stage.load([sendFromBody('send', ['out']), ...watching]);
    for (let count = 1; count <= 2; count += 1) {
      stage.node('send').receive({ payload: { ...good, key: 'the same order' } });
      await until('the message to leave', () => stage.arrived('out').length >= count);
    }
    const [first, second] = stage.arrived('out');
    expect(second?.deliveryId).to.equal(first?.deliveryId);
    expect([first?.redelivered, second?.redelivered]).to.deep.equal([undefined, true]);
  });

  it('shows that it works and then nothing; after a refusal the code, until the next success', async () => {
    await stage.load([sendFromBody('send', ['out']), ...watching]);
    stage.node('send').receive({ payload: { ...good, signers: [] } });
    await until('the refusal', () => stage.arrived('failed').length > 0);
    expect(stage.statuses('send').at(-1)).to.deep.equal({ fill: 'red', shape: 'ring', text: 'no signer' });
    stage.node('send').receive({ payload: good });
    await until('the message to leave', () => stage.arrived('complete').length > 0);
    const shown = stage.statuses('send').map(({ fill, text }) => `${fill} ${text}`);
    expect(shown).to.include('blue 1');
    expect(stage.statuses('send').at(-1)).to.deep.equal({});
  });

  it('hands a refused message to the Catch node once, with code and field, and is not done with it', async () => {
    await stage.load([sendFromBody('send', ['out']), ...watching]);
    stage.node('send').receive({ payload: { ...good, document: undefined }, topic: 'kept' });
    await until('the refusal', () => stage.arrived('failed').length > 0);
    const [message] = stage.arrived('failed');
    expect(message?.error).to.include({ code: 'NO_DOCUMENT' });
    expect(message).to.include({ topic: 'kept' });
    expect(stage.arrived('failed')).to.have.length(1);
    expect(stage.arrived('complete')).to.deep.equal([]);
    expect(stage.arrived('out')).to.deep.equal([]);
  });

  for (const [what, config, says] of [
    ['no account', { account: '' }, /choose an account/],
    ['an account that was deleted', { account: 'gone' }, /choose an account/],
    ['a size limit that is no number', { maxSizeMb: 'much' }, /maxSizeMb/],
    ['an unknown role', { signersSource: 'rows', signers: [{ role: 'boss' }] }, /role/],
  ] as const) {
    it(`with ${what}: is red, refuses each message with BAD_CONFIG, and does not harm the runtime`, async () => {
      await stage.load([sendFromBody('send', ['out'], config), ...watching]);
      expect(stage.statuses('send').at(-1)).to.include({ fill: 'red' });
      expect(stage.statuses('send').at(-1)?.text).to.match(/^bad config: (account|maxSizeMb|signers\.0\.role)$/);
      stage.node('send').receive({ payload: good });
      await until('the refusal', () => stage.arrived('failed').length > 0);
      const error = stage.arrived('failed')[0]?.error as { code: string; message: string };
      expect(error.code).to.equal('BAD_CONFIG');
      expect(error.message).to.match(says);
    });
  }

  it('closes while a message is on its way', async () => {
    await stage.load([sendFromBody('send', ['out']), ...watching]);
    stage.node('send').receive({ payload: good });
    await until('it to work', () => stage.statuses('send').some(({ fill }) => fill === 'blue'));
  });
});
