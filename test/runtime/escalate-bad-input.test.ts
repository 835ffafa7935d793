import { expect } from 'chai';
import { createVapidKeys } from '../../dist/lib/push/providers/webpush';
import { type FlowNode, functionNode, httpIn, onTab } from '../support/flows';
import { until } from '../support/house';
import { anna, ben, type LadderHouse, ladderFlows, openLadderHouse, step } from './escalate-house';
import { inLedger, post, sent, state } from './steps';

interface Row {
  title: string;
  body: object;
  code: string;
  says: RegExp;
}

const when = (amount: object, more: object = {}): object[] => [{ when: { amount, ...more }, action: { do: 'emit' } }];
const week = { mon: [['09:00', '17:00']] };
const brokenCalendar = 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:not a date\nEND:VEVENT\nEND:VCALENDAR';

const ladderRows: Row[] = [
  { title: 'no steps', body: { steps: [] }, code: 'BAD_INPUT', says: /no steps/ },
  { title: 'steps that are no list', body: { steps: 'remind' }, code: 'BAD_INPUT', says: /list of steps/ },
  {
    title: 'a delay of zero',
    body: { steps: [step('0h', 'remind')] },
    code: 'BAD_INPUT',
    says: /step 1.*longer than nothing/,
  },
  {
    title: 'a negative delay',
    body: { steps: [step('1d', 'emit'), step('-2h', 'remind')] },
    code: 'BAD_INPUT',
    says: /step 2/,
  },
  {
    title: 'zero days',
    body: { steps: when({ unit: 'days', days: 0 }) },
    code: 'BAD_INPUT',
    says: /step 1.*1 day or more/,
  },
  {
    title: 'more than all of the time',
    body: { steps: when({ unit: 'percent', percent: 101 }) },
    code: 'BAD_INPUT',
    says: /step 1.*100 %/,
  },
  {
    title: 'repeating zero times',
    body: { steps: [{ ...step('1d', 'emit'), repeat: { times: 0, every: { unit: 'clock', length: '1d' } } }] },
    code: 'BAD_INPUT',
    says: /step 1.*1 or more/,
  },
  { title: 'an unknown action', body: { steps: [step('1d', 'shout')] }, code: 'BAD_INPUT', says: /step 1/ },
  {
    title: 'an id that is used twice',
    body: { steps: [step('1d', 'emit'), step('1d', 'emit')] },
    code: 'BAD_INPUT',
    says: /step 2.*used by another step/,
  },
  {
    title: 'an unknown zone',
    body: { steps: [step('1d', 'emit')], calendar: { zone: 'Europe/Atlantis', hours: week } },
    code: 'BAD_INPUT',
    says: /zone/,
  },
  {
    title: 'broken iCalendar text',
    body: { steps: [step('1d', 'emit')], calendar: { zone: 'Europe/Berlin', hours: week, ics: brokenCalendar } },
    code: 'BAD_INPUT',
    says: /iCalendar|ics/i,
  },
  {
    title: 'a due date in the past',
    body: { steps: [step('1d', 'emit')], due: '2001-01-01T00:00:00Z' },
    code: 'DUE_IN_PAST',
    says: /due.*past/,
  },
  {
    title: 'a due date that is none',
    body: { steps: [step('1d', 'emit')], due: 'next Tuesday' },
    code: 'BAD_INPUT',
    says: /due/,
  },
  {
    title: 'an alternate who is the signer',
    body: { steps: [step('1d', 'forward', { to: 'ANNA@example.com' })] },
    code: 'BAD_INPUT',
    says: /step 1.*alternate is the signer/,
  },
  {
    title: 'an alternate who is the signer, by the directory',
    body: { steps: [step('1d', 'emit'), step('1d', 'replace')], directory: { [anna]: { alternate: anna } } },
    code: 'BAD_INPUT',
    says: /step 2.*alternate is the signer/,
  },
  {
    title: 'an alternate who is another signer',
    body: { steps: [step('1d', 'replace', { to: ben })] },
    code: 'BAD_INPUT',
    says: /step 1.*signer/,
  },
  {
    title: 'an alternate without an address',
    body: { steps: [step('1d', 'forward', { to: 'Carl' })] },
    code: 'BAD_INPUT',
    says: /step 1: to.*e-mail/,
  },
  {
    title: 'a directory that is none',
    body: { steps: [step('1d', 'forward')], directory: { [anna]: { alternate: 7 } } },
    code: 'BAD_INPUT',
    says: /directory/,
  },
  { title: 'an unknown command', body: { command: 'explode' }, code: 'BAD_INPUT', says: /command.*explode/ },
  {
    title: 'no envelope',
    body: { envelope: null, steps: [step('1d', 'emit')] },
    code: 'NO_ENVELOPE',
    says: /envelope/,
  },
  {
    title: 'an unknown envelope',
    body: { envelope: '22222222-2222-4222-8222-222222222222', steps: [step('1d', 'emit')] },
    code: 'UNKNOWN_ENVELOPE',
    says: /envelope|document/,
  },
];

const keys = { p256dh: createVapidKeys().publicKey, auth: Buffer.alloc(16, 7).toString('base64url') };
const endpoint = 'https://updates.push.services.mozilla.com/wpush/v2/abcdefgh';
const phone = { kind: 'webPush', endpoint, keys };
const hello = { title: 'Please sign', recipients: [phone] };

const pushRows: (Row & { to?: string })[] = [
  { title: 'no recipient', body: { ...hello, recipients: [] }, code: 'NO_RECIPIENT', says: /recipients/ },
  { title: 'no recipient at all', body: { title: 'Hi' }, code: 'NO_RECIPIENT', says: /recipients/ },
  { title: 'nobody', to: '/people', body: { ...hello, recipients: [] }, code: 'NO_RECIPIENT', says: /nobody/ },
  {
    title: 'a malformed token',
    body: { ...hello, recipients: [phone, { kind: 'fcmToken', token: 'a b' }] },
    code: 'BAD_RECIPIENT',
    says: /recipients\.1.*token/,
  },
  {
    title: 'a token at a service that cannot carry it',
    body: { ...hello, recipients: [{ kind: 'fcmToken', token: 'abcdefgh:ijklmnop' }] },
    code: 'BAD_RECIPIENT',
    says: /Web Push/,
  },
  {
    title: 'a malformed endpoint',
    body: { ...hello, recipients: [{ ...phone, endpoint: 'wpush/v2' }] },
    code: 'BAD_RECIPIENT',
    says: /endpoint.*URL/,
  },
  {
    title: 'an endpoint without https',
    body: { ...hello, recipients: [{ ...phone, endpoint: endpoint.replace('https', 'http') }] },
    code: 'BAD_RECIPIENT',
    says: /endpoint.*https/,
  },
  {
    title: 'an endpoint that leads elsewhere',
    body: { ...hello, recipients: [{ ...phone, endpoint: 'https://example.com/push' }] },
    code: 'BAD_RECIPIENT',
    says: /known push service/,
  },
  {
    title: 'an endpoint in the own network',
    body: { ...hello, recipients: [{ ...phone, endpoint: 'https://10.0.0.1/push' }] },
    code: 'BAD_RECIPIENT',
    says: /private network/,
  },
  {
    title: 'a malformed key',
    body: { ...hello, recipients: [{ ...phone, keys: { ...keys, p256dh: 'AAAA' } }] },
    code: 'BAD_RECIPIENT',
    says: /p256dh/,
  },
  {
    title: 'a malformed secret',
    body: { ...hello, recipients: [{ ...phone, keys: { ...keys, auth: 'AAAA' } }] },
    code: 'BAD_RECIPIENT',
    says: /auth/,
  },
  {
    title: 'a text that is too long',
    body: { ...hello, text: 'x'.repeat(4000) },
    code: 'PAYLOAD_TOO_LARGE',
    says: /3,?800|large/,
  },
  {
    title: 'a link without https',
    body: { ...hello, link: 'http://example.com/sign' },
    code: 'BAD_INPUT',
    says: /link.*https/,
  },
  {
    title: 'a link that runs something',
    body: { ...hello, link: 'javascript:alert(1)' },
    code: 'BAD_INPUT',
    says: /link/,
  },
  {
    title: 'an image without https',
    body: { ...hello, image: 'http://example.com/a.png' },
    code: 'BAD_INPUT',
    says: /image.*https/,
  },
  {
    title: 'a due date in the past',
    body: { ...hello, due: '2001-01-01T00:00:00Z' },
    code: 'DUE_IN_PAST',
    says: /past/,
  },
  { title: 'no title', body: { recipients: [phone] }, code: 'BAD_INPUT', says: /title/ },
  { title: 'no service', to: '/nowhere', body: hello, code: 'BAD_CONFIG', says: /service/ },
  { title: 'no person', to: '/push', body: { command: 'register', device: phone }, code: 'BAD_INPUT', says: /person/ },
  { title: 'an unknown command', body: { command: 'explode' }, code: 'BAD_INPUT', says: /command.*explode/ },
];

const pushNodes = {
  '/push': { recipientsSource: 'addresses' },
  '/people': { recipientsSource: 'people' },
  '/nowhere': { service: '' },
};
const vapid = createVapidKeys();

const pushFlows = (): FlowNode[] => [
  {
    id: 'browsers',
    type: 'push-service',
    name: '',
    version: 1,
    provider: 'webpush',
    vapidSubject: 'mailto:flows@example.com',
    vapidPublicKey: vapid.publicKey,
    credentials: { vapidPrivateKey: vapid.privateKey },
  },
  ...Object.entries(pushNodes).flatMap(([url, more]) => [
    httpIn(url, [`fill ${url}`]),
    functionNode(`fill ${url}`, 'return Object.assign(msg, msg.payload);', [`node ${url}`]),
    onTab({
      id: `node ${url}`,
      type: 'push-notify',
      name: '',
      version: 1,
      service: 'browsers',
      moment: 'custom',
      recipients: 'recipients',
      ...Object.fromEntries(
        Object.entries({ title: 'title', body: 'text', link: 'link', image: 'image', due: 'due' }).flatMap(
          ([field, property]) => [
            [field, property],
            [`${field}Type`, 'msg'],
          ],
        ),
      ),
      wires: [['answer'], ['answer']],
      ...more,
    }),
  ]),
  onTab({
    id: 'push caught',
    type: 'catch',
    name: '',
    scope: Object.keys(pushNodes).map((url) => `node ${url}`),
    uncaught: false,
    wires: [['reason']],
  }),
];

describe('bad input of ladders and notifications', () => {
  let ladders: LadderHouse;
  let envelope: string;

  before(async () => {
    ladders = await openLadderHouse('escalate-bad-input');
    await ladders.house.deploy([...ladderFlows(), ...pushFlows()]);
    envelope = await sent(ladders.house, { signers: [{ email: anna }, { email: ben, order: 2 }], expireDays: 30 });
    await until('the invitation', async () => (await ladders.mails(envelope, 'invitation')).length > 0);
  });
  after(() => ladders.house.close());

  const refused = async (to: string, body: object, { code, says }: Row): Promise<void> => {
    const answer = await post<{ code: string; message: string }>(`${ladders.house.runtime.url}${to}`, body);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(422);
    expect(answer.body.code, answer.body.message).to.equal(code);
    expect(answer.body.message).to.match(says);
    const { mails, pushCalls } = (await state(ladders.house)) as Awaited<ReturnType<typeof state>> & {
      pushCalls: object[];
    };
    expect(mails.map(({ kind, to }) => `${kind} ${to}`)).to.deep.equal(['invitation anna@example.com']);
    expect(pushCalls).to.deep.equal([]);
  };

  describe('escalate', () => {
    for (const row of ladderRows) {
      it(`${row.title}: ${row.code}, and nothing is begun`, async () => {
        await refused('/ladder', { envelope, ...row.body }, row);
        const begun = await inLedger(ladders.house, (ledger) => ledger.listLadders({ limit: 10 }));
        expect(begun).to.deep.equal([]);
      });
    }
  });

  describe('push-notify', () => {
    for (const row of pushRows) {
      it(`${row.title}: ${row.code}, and nothing is sent`, () => refused(row.to ?? '/push', row.body, row));
    }
  });

  describe('steps after the expiry of the envelope', () => {
    it('are named in the log, and the others fire', async () => {
      const mark = await ladders.start(envelope, [step('1d', 'emit'), { ...step('60d', 'remind'), id: 'late' }]);
      expect(ladders.house.runtime.log()).to.match(/Step 2 \(later1\).*expired/);
      await ladders.advance('25h');
      expect((await ladders.fired(mark, 1)).map(({ action }) => action)).to.deep.equal(['emit']);
      expect((await ladders.ended(mark)).port).to.equal(2);
    });
  });
});
