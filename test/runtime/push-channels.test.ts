import { expect } from 'chai';
import { change, type FlowNode, httpIn, httpResponse, onTab, refusals, sandboxAccount, tab } from '../support/flows';
import { type House, openHouse, until } from '../support/house';

const service: FlowNode = {
  id: 'messaging service',
  type: 'push-service',
  name: 'OpenText messaging',
  version: 1,
  provider: 'opentext',
  account: 'account',
};

const notify = (id: string, to: string[]): FlowNode =>
  onTab({
    id,
    type: 'push-notify',
    name: '',
    version: 1,
    service: service.id,
    moment: 'custom',
    recipientsSource: 'addresses',
    recipients: 'recipients',
    recipientsType: 'msg',
    title: 'Please sign the NDA',
    body: 'It is due on Friday.',
    wires: [to, to],
  });

interface Answer {
  sent?: { id: string; kind: string; device: string }[];
  undeliverable?: object[];
  finished?: boolean;
  deliveries?: { state: string }[];
  code?: string;
  message?: string;
}

describe('push-notify by OpenText messaging', () => {
  let house: House;

  const call = async (path: string, body: object): Promise<{ status: number; body: Answer }> => {
    const answer = await fetch(`${house.runtime.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Answer };
  };

  before(async () => {
    house = await openHouse({
      name: 'push-channels',
      flows: [
        tab(),
        sandboxAccount(),
        service,
        httpIn('/ask', ['asked']),
        change(
          'asked',
          [
            ['command', 'payload.command'],
            ['job', 'payload.job'],
          ],
          ['status'],
        ),
        notify('status', ['answer']),
        httpIn('/notify', ['whom', 'taken']),
        httpResponse('taken', '202'),
        change('whom', [['recipients', 'payload.recipients']], ['send']),
        notify('send', ['line']),
        change('line', [['payload', '$string(payload)']], ['results']),
        onTab({
          id: 'results',
          type: 'file',
          filename: 'results.jsonl',
          filenameType: 'str',
          appendNewline: true,
          overwriteFile: 'false',
          encoding: 'none',
          wires: [[]],
        }),
        httpResponse(),
        ...refusals(['status']),
      ],
    });
  });
  after(() => house.close());

  it('sends text messages and e-mails, and tells what became of them', async () => {
    await fetch(`${house.runtime.url}/notify`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        recipients: [
          { kind: 'phone', phone: '+49 170 1234567' },
          { kind: 'email', email: 'anna@example.com' },
        ],
      }),
    });
    const [result] = await until(
      'the result',
      () => house.lines<Answer>('results.jsonl').length > 0 && house.lines<Answer>('results.jsonl'),
      {
        child: house.runtime,
      },
    );
    expect(result?.undeliverable).to.deep.equal([]);
    expect(result?.sent?.map(({ kind }) => kind)).to.have.members(['phone', 'email']);
    const sms = result?.sent?.find(({ kind }) => kind === 'phone');
    expect(JSON.stringify(result)).not.to.include('1234567');
    await house.advance('1h');
    const delivered = await until('the receipt', async () => {
      const { body } = await call('/ask', { command: 'status', job: { id: sms?.id, channel: 'sms' } });
      return body.finished && body;
    });
    expect(delivered.deliveries?.map(({ state }) => state)).to.deep.equal(['delivered']);
  });

  it('says what is missing when it is asked for the status of nothing', async () => {
    const { status, body } = await call('/ask', { command: 'status' });
    expect(status).to.equal(422);
    expect(body.code).to.equal('BAD_INPUT');
    expect(body.message).to.match(/job/);
  });
});
