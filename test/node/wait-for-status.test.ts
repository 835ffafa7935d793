import { expect } from 'chai';
import { linkFor, signAs } from '../../scripts/lib/signer';
import { onTab, sendFromBody, waitFor } from '../support/flows';
import { contractPdf } from '../support/house';
import { openStage, type Stage, until } from './stage';

const helperNode = (id: string) => onTab({ id, type: 'helper' });
const watching = [
  onTab({ id: 'completed', type: 'complete', scope: ['wait'], uncaught: false, wires: [['complete']] }),
  onTab({ id: 'caught', type: 'catch', scope: ['wait'], uncaught: false, wires: [['failed']] }),
  ...['complete', 'failed', 'sent', 'reached', 'ended', 'timed out'].map(helperNode),
];
const outputs: [string[], string[], string[]] = [['reached'], ['ended'], ['timed out']];

describe('wait-for-status, by itself', () => {
  let stage: Stage;

  before(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.unload());
  after(() => stage.close());

  const sent = async (): Promise<Record<string, unknown>> => {
    const signers = [{ email: 'anna@example.com' }];
    stage.node('send').receive({ payload: { document: contractPdf, title: 'Contract', signers } });
    return until('the envelope', () => stage.arrived('sent')[0]);
  };

  it('is done with a message once it is parked, counts it, and lets it out at one output', async () => {
    await stage.load([sendFromBody('send', ['sent']), waitFor('wait', outputs), ...watching]);
    const message = await sent();
    const { id } = message.envelope as { id: string };
    stage.node('wait').receive({ ...message, topic: 'kept' });
    await until('it to be parked', () => stage.arrived('complete').length > 0);
    await until('the count', () => stage.statuses('wait').some(({ text }) => text?.startsWith('1')));
    const link = await linkFor(stage.sandbox.url, 'anna@example.com', id);
    await signAs(link, 'Anna');
    // There is no webhook here: the next message about the envelope makes the node look.
    stage.node('wait').receive({ envelope: message.envelope, _msgid: 'another' });
    await until('both to leave', () => stage.arrived('reached').length === 2);
    expect(stage.arrived('ended')).to.deep.equal([]);
    expect(stage.arrived('timed out')).to.deep.equal([]);
    const kept = stage.arrived('reached').find(({ topic }) => topic === 'kept');
    expect(kept?.payload).to.include({ outcome: 'reached', status: 'signed' });
    expect(kept).not.to.have.property('_parked');
    expect(stage.arrived('complete')).to.have.length(2);
    await until('the empty status', () => Object.keys(stage.statuses('wait').at(-1) ?? { none: 1 }).length === 0);
  });

  it('hands a message without an envelope to the Catch node once, with its code', async () => {
    await stage.load([waitFor('wait', outputs), ...watching]);
    stage.node('wait').receive({ payload: 'nothing' });
    await until('the refusal', () => stage.arrived('failed').length > 0);
    expect(stage.arrived('failed')).to.have.length(1);
    expect(stage.arrived('failed')[0]?.error).to.include({ code: 'NO_ENVELOPE' });
    expect(stage.arrived('complete')).to.deep.equal([]);
    expect(stage.statuses('wait').at(-1)).to.include({ fill: 'red', text: 'no envelope' });
  });

  for (const [what, config, says, field] of [
    ['no account', { account: '' }, /choose an account/, 'account'],
    ['an unknown status', { statuses: ['signd'] }, /statuses/, 'statuses.0'],
    ['an unknown kind of timeout', { timeoutKind: 'sometimes' }, /timeoutKind/, 'timeoutKind'],
  ] as const) {
    it(`with ${what}: is red, refuses each message with BAD_CONFIG, and does not harm the runtime`, async () => {
      await stage.load([waitFor('wait', outputs, config), ...watching]);
      expect(stage.statuses('wait').at(-1)).to.include({ fill: 'red', text: `bad config: ${field}` });
      stage.node('wait').receive({ envelope: 'any' });
      await until('the refusal', () => stage.arrived('failed').length > 0);
      const error = stage.arrived('failed')[0]?.error as { code: string; message: string };
      expect(error.code).to.equal('BAD_CONFIG');
      expect(error.message).to.match(says);
    });
  }
});
