import { expect } from 'chai';
import { readJobStatus } from '../../../dist/lib/push/providers/opentext-status';
import { type Recipient, recipientLabel } from '../../../dist/lib/push/recipients';

const mail: Recipient = { kind: 'email', email: 'ada@acme.example' };

describe('OpenText delivery status', () => {
  it('reads a status of any shape', () => {
    for (const data of [null, undefined, 'x', 7, [], {}, { deliveries: 'x' }, { deliveries: [null] }]) {
      expect(readJobStatus(data, 'sms')).to.deep.equal({ deliveries: [], finished: false });
    }
    const done = { deliveries: [{ email: 'ada@acme.example', delivery_attempts: [{ state: 'Cancelled' }] }] };
    const label = recipientLabel(mail);
    expect(readJobStatus(done, 'email')).to.deep.equal({
      finished: true,
      deliveries: [{ recipient: label, state: 'failed', detail: 'Cancelled' }],
    });
    expect(readJobStatus([done], 'email').finished).to.equal(true);
  });
});
