import { expect } from 'chai';
import { ledgerNode, onTab, sandboxAccount, sendFromBody } from '../support/flows';
import { openStage, type Stage, until } from './stage';

const bad: [what: string, node: object, says: RegExp][] = [
  ['a URL that is none', { service: 'custom', url: 'not a url' }, /url/i],
  ['no client secret', { service: 'eu', auth: 'otds', clientId: '' }, /clientId|tenant|clientSecret/],
  ['a rate that is no number', { ratePerSecond: 'fast' }, /ratePerSecond/],
  ['a ledger that is missing', { ledger: 'gone' }, /ledger/],
];

describe('configuration nodes, by themselves', () => {
  let stage: Stage;

  before(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.unload());
  after(() => stage.close());

  for (const [what, config, says] of bad) {
    it(`core-signature-account with ${what} says so through the nodes that use it, and throws nothing`, async () => {
      await stage.load([
        sandboxAccount({ id: 'bad account', ...config }),
        sendFromBody('send', [], { account: 'bad account' }),
        onTab({ id: 'caught', type: 'catch', scope: ['send'], uncaught: false, wires: [['failed']] }),
        onTab({ id: 'failed', type: 'helper' }),
      ]);
      expect(stage.statuses('send').at(-1)).to.include({ fill: 'red', text: 'bad config: account' });
      stage.node('send').receive({ payload: {} });
      await until('the refusal', () => stage.arrived('failed').length > 0);
      const error = stage.arrived('failed')[0]?.error as { code: string; message: string };
      expect(error.code).to.equal('BAD_CONFIG');
      expect(error.message).to.match(says);
    });
  }

  for (const [what, config] of [
    ['a port that is no number', { engine: 'postgres', port: 'http' }],
    ['a certificate file that is missing', { engine: 'postgres', tls: 'ca', caFile: '/no/such/ca.pem' }],
  ] as const) {
    it(`signature-ledger with ${what} makes its account unusable, and throws nothing`, async () => {
      await stage.load([
        ledgerNode(config, 'bad ledger'),
        sandboxAccount({ id: 'bad account', ledger: 'bad ledger' }),
        sendFromBody('send', [], { account: 'bad account' }),
      ]);
      expect(stage.statuses('send').at(-1)).to.include({ fill: 'red', text: 'bad config: account' });
    });
  }

  it('close within moments, also twenty times in a row', async () => {
    for (let time = 0; time < 20; time += 1) {
      await stage.load([sendFromBody('send', [])]);
      const began = performance.now();
      await stage.unload();
      expect(performance.now() - began).to.be.below(2_000);
    }
  });
});
