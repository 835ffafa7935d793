import { expect } from 'chai';
import { eventsIn, onTab } from '../support/flows';
import { openStage, type Stage, until } from './stage';

const helperNode = (id: string) => onTab({ id, type: 'helper' });
const watching = [
  onTab({ id: 'completed', type: 'complete', scope: ['events'], uncaught: false, wires: [['complete']] }),
  onTab({ id: 'caught', type: 'catch', scope: ['events'], uncaught: false, wires: [['failed']] }),
  ...['complete', 'failed', 'out'].map(helperNode),
];

describe('signature-event-in, by itself', () => {
  let stage: Stage;

  before(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.unload());
  after(() => stage.close());

  it('shows where events come from, and warns when nobody can call', async () => {
    await stage.load([
      eventsIn('by webhook', ['out'], { source: 'webhook' }),
      eventsIn('by poll', ['out'], { source: 'poll' }),
      ...watching,
    ]);
    await until('both', () => stage.statuses('by webhook').length > 0 && stage.statuses('by poll').length > 0);
    expect(stage.statuses('by webhook').at(-1)).to.include({ fill: 'yellow', text: 'no public URL' });
    expect(stage.statuses('by poll').at(-1)).to.include({ fill: 'green', text: 'poll' });
  });

  it('refuses a message that is no event, and one with a wrong hash, with a code', async () => {
    await stage.load([eventsIn('events', ['out'], { source: 'message' }), ...watching]);
    const event = { uuid: '1', event_type: 'signed', timestamp: '2026-01-01T00:00:00Z', event_time: '1767225600' };
    stage.node('events').receive({ payload: 'no event' });
    await until('the first refusal', () => stage.arrived('failed').length === 1);
    stage.node('events').receive({ payload: { ...event, event_hash: '0'.repeat(64) } });
    await until('the second refusal', () => stage.arrived('failed').length === 2);
    const codes = stage.arrived('failed').map(({ error }) => (error as { code: string }).code);
    expect(codes).to.deep.equal(['BAD_EVENT', 'FORGED_EVENT']);
    expect(stage.arrived('complete')).to.deep.equal([]);
    expect(stage.arrived('out')).to.deep.equal([]);
  });

  for (const [what, config] of [
    ['no account', { account: '' }],
    ['an unknown event type', { events: ['signd'] }],
    ['an interval that is no number', { source: 'poll', pollSeconds: 'often' }],
  ] as const) {
    it(`with ${what}: is red and does not harm the runtime`, async () => {
      await stage.load([eventsIn('events', ['out'], config), ...watching]);
      expect(stage.statuses('events').at(-1)).to.include({ fill: 'red' });
      expect(stage.statuses('events').at(-1)?.text).to.match(/^bad config: (account|events\.0|pollSeconds)$/);
    });
  }
});
