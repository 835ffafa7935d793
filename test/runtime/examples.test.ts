import { expect } from 'chai';
import { signAs } from '../../scripts/lib/signer';
import { contractPdf, example, type House, openHouse, until } from '../support/house';
import { decline, inLedger, pdf, post, sign, state } from './steps';

const names = [
  '03 - Sign on the phone',
  '04 - Pending reminders',
  '05 - Escalate to an alternate approver',
  '06 - Distributed workforce',
  '07 - Tell the departments',
  '08 - Customer onboarding',
  '09 - Compliance campaign',
];

const anna = 'anna@example.com';
const ben = 'ben@example.com';
const carl = 'carl@example.com';
const meg = 'meg@example.com';

interface Shown {
  at: string;
  title: string;
  body: string;
  link: string | null;
  dueAt: string | null;
  topic: string | null;
  replaced: boolean;
}

type Line = Record<string, string | string[] | undefined>;

describe('the example', () => {
  let house: House;

  before(async () => {
    const nodes = new Map(names.flatMap((name) => example(name)).map((node) => [node.id, node]));
    house = await openHouse({ name: 'examples', flows: [...nodes.values()] });
    for (const person of [anna, carl, meg, 'sam', 'hr', 'cs@example.com', 'cora@example.com']) await register(person);
  });
  after(() => house.close());

  const sandbox = async <T>(path: string, body: object): Promise<T> => {
    const answer = await post<T>(`${house.sandbox.url}/sandbox/push${path}`, body);
    if (answer.status >= 300) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  /** A phone opens the invitation that the flow of example 03 gives, and registers as a browser does. */
  const register = async (person: string): Promise<void> => {
    const invited = await fetch(`${house.runtime.url}/phones/invite?person=${encodeURIComponent(person)}`);
    const { url, invitation } = (await invited.json()) as { url: string; invitation: string };
    const { publicKey } = (await (await fetch(`${url}?${new URLSearchParams({ invitation })}`)).json()) as {
      publicKey: string;
    };
    await sandbox('/phones', { name: person });
    const { endpoint, keys } = await sandbox<{ endpoint: string; keys: object }>(
      `/phones/${encodeURIComponent(person)}/subscriptions`,
      { applicationServerKey: publicKey },
    );
    const { status, body } = await post(url, { invitation, subscription: { endpoint, keys } });
    expect(status, JSON.stringify(body)).to.equal(200);
  };

  /** What the phone of a person has shown, newest first. */
  const shown = async (person: string): Promise<Shown[]> => {
    const { phones } = (await state(house)) as unknown as { phones: { name: string; notifications: Shown[] }[] };
    return phones.find(({ name }) => name === person)?.notifications ?? [];
  };
  const shows = (person: string, fits: (one: Shown) => boolean): Promise<Shown> =>
    until(`the notification of ${person}`, async () => (await shown(person)).find(fits), {
      child: house.runtime,
      timeoutMs: 10_000,
    });

  const order = async (path: string, query: Record<string, string>): Promise<string> => {
    const answer = await fetch(`${house.runtime.url}${path}?${new URLSearchParams(query)}`, {
      method: 'POST',
      headers: { 'content-type': 'application/pdf' },
      body: contractPdf,
    });
    const body = (await answer.json()) as { envelope: string };
    expect(answer.status, JSON.stringify(body)).to.equal(202);
    return body.envelope;
  };
  const line = (file: string, fits: (one: Line) => boolean): Promise<Line> =>
    until(`a line in ${file}`, () => house.lines<Line>(file).find(fits), { child: house.runtime, timeoutMs: 10_000 });
  /** Moves the sandbox's clock to the moment of the next step. */
  const toNextStep = async (envelope: string): Promise<void> => {
    const at = await until('the next step', () =>
      inLedger(house, async (ledger) => (await ledger.listLadders({ envelope, limit: 1 }))[0]?.next?.at),
    );
    const { status } = await post(`${house.sandbox.url}/sandbox/clock`, { to: new Date(at).toISOString() });
    expect(status).to.equal(200);
  };
  const now = async (): Promise<number> => Date.parse((await state(house)).clock.now);

  it('03: the phone shows what is to be signed with its due date, opens the signing page, and sales learn of it', async () => {
    const envelope = await order('/phone-contracts', { key: 'P-1', name: 'Lease', signer: anna, sales: 'sam' });
    const { link, dueAt, title, body } = await shows(anna, (one) => `${one.title} ${one.body}`.includes('Lease'));
    expect(`${title} ${body}`).to.include('Lease');
    expect(Date.parse(dueAt ?? '') - (await now())).to.be.within(6 * 86_400_000, 8 * 86_400_000);
    await until('the document', async () =>
      (await state(house)).documents.some(({ uuid, status }) => uuid === envelope && status === 'se'),
    );
    await signAs(link ?? '', 'Anna');
    await shows('sam', (one) => `${one.title} ${one.body}`.includes('Lease'));
    expect(await line('phone.jsonl', (one) => one.status === 'signed')).to.deep.include({
      key: 'P-1',
      envelope,
      sent: 'sam',
    });
    const { mails } = await state(house);
    expect(
      mails.filter((mail) => mail.to === anna && mail.document === envelope && mail.kind === 'invitation'),
    ).to.deep.equal([]);
  });

  it('04: reminders by mail and on the phone on the mornings of working days, and a last call', async () => {
    const envelope = await order('/reviews', { key: 'V-1', name: 'Review', signer: anna });
    await until('the invitation', async () => (await state(house)).mails.some(({ document }) => document === envelope));
    const steps = (): Line[] => house.lines<Line>('reminders.jsonl').filter(({ key, step }) => key === 'V-1' && step);
    for (const [count, what] of ['reminder', 'reminder', 'reminder', 'last call'].entries()) {
      await toNextStep(envelope);
      await until(`step ${count + 1}`, () => steps().length > count, { child: house.runtime, timeoutMs: 8_000 });
      const { step, sent, firedAt } = steps()[count] as Line;
      expect({ step, sent }).to.deep.equal({ step: what, sent: anna });
      expect(berlin(Date.parse(String(firedAt)))).to.match(/^(Mon|Tue|Wed|Thu|Fri) 09:00$/);
    }
    await shows(anna, ({ title }) => title === 'Last call: Review');
    const { mails } = await state(house);
    expect(mails.filter(({ document, kind }) => document === envelope && kind === 'reminder')).to.have.length(3);
  });

  it('05: the manager is alerted, then the alternate approves', async () => {
    const envelope = await order('/approvals', {
      key: 'A-1',
      name: 'Budget',
      signer: anna,
      alternate: carl,
      manager: meg,
    });
    await house.advance('97h');
    await shows(meg, (one) => `${one.title} ${one.body}`.includes('Budget'));
    expect(await line('approvals.jsonl', ({ step }) => step === 'manager')).to.include({
      key: 'A-1',
      outcome: 'notified',
    });
    expect(await shown(carl)).to.deep.equal([]);
    await house.advance('49h');
    await shows(carl, (one) => `${one.title} ${one.body}`.includes('Budget'));
    await sign(house, envelope, carl);
    expect(await line('approvals.jsonl', ({ outcome }) => outcome === 'reached')).to.include({ status: 'signed' });
  });

  it('06: a signing link for each person, for the app of the company, and not one mail', async () => {
    const people = [
      { id: '4711', email: anna, name: 'Anna Alpha' },
      { id: '4712', email: ben, name: 'Ben Beta' },
    ];
    const { status, body } = await post<{ id: string; envelope: string; link: string }[]>(
      `${house.runtime.url}/assignments`,
      { title: 'Shift plan', document: pdf, people },
    );
    expect(status, JSON.stringify(body)).to.equal(202);
    expect(body.map(({ id }) => id)).to.have.members(['4711', '4712']);
    for (const { id, envelope, link } of body) {
      await until('the document', async () =>
        (await state(house)).documents.some(({ uuid, status: now }) => uuid === envelope && now === 'se'),
      );
      await signAs(link, 'Somebody');
      expect(await line('workforce.jsonl', (one) => one.id === id)).to.include({ envelope, status: 'signed' });
      const { mails } = await state(house);
      expect(mails.filter(({ document, kind }) => document === envelope && kind === 'invitation')).to.deep.equal([]);
    }
  });

  it('07: the department whose document is signed is told; one without a phone is noted down', async () => {
    const hr = await order('/orders', { key: 'HR-1', name: 'Employment', signer: anna });
    const finance = await order('/orders', { key: 'FIN-1', name: 'Invoice', signer: anna });
    const other = await order('/orders', { key: 'X-1', name: 'Other', signer: anna });
    for (const envelope of [other, hr, finance]) await sign(house, envelope, anna);
    await shows('hr', (one) => `${one.title} ${one.body}`.includes('Employment'));
    expect(await line('departments.jsonl', ({ key }) => key === 'HR-1')).to.include({ status: 'signed', sent: 'hr' });
    expect(await line('departments.jsonl', ({ key }) => key === 'FIN-1')).to.include({ undeliverable: 'finance' });
    expect(house.lines<Line>('departments.jsonl').filter(({ key }) => key === 'X-1')).to.deep.equal([]);
  });

  it('08: the customer, then we: each learns when it is their turn, and both how it ended', async () => {
    const cora = 'cora@example.com';
    const open = async (key: string, name: string): Promise<string> => {
      const envelope = await order('/onboarding', { key, name, customer: cora, manager: meg });
      await until('the document', async () =>
        (await state(house)).documents.some(({ uuid, status }) => uuid === envelope && status === 'se'),
      );
      return envelope;
    };
    const names = (name: string) => (one: Shown) => `${one.title} ${one.body}`.includes(name);
    await open('ONB-1', 'Welcome Cora');
    const first = await shows(cora, names('Welcome Cora'));
    expect((await shown(meg)).some(names('Welcome Cora')), 'before it is our turn').to.equal(false);
    await signAs(first.link ?? '', 'Cora');
    const second = await shows(meg, names('Welcome Cora'));
    await signAs(second.link ?? '', 'Meg');
    await line(
      'onboarding.jsonl',
      ({ key, status, sent }) => key === 'ONB-1' && status === 'signed' && sent?.length === 2,
    );
    for (const person of [cora, meg]) {
      await until(
        `the news for ${person}`,
        async () => (await shown(person)).filter(names('Welcome Cora')).length >= 2,
      );
    }
    await open('ONB-2', 'Welcome again');
    const { link } = await shows(cora, names('Welcome again'));
    const answer = await post(`${(link ?? '').split('?')[0]}/api/decline`, { reason: 'Too dear.' });
    expect(answer.status).to.equal(200);
    await shows(meg, names('Welcome again'));
    expect(await line('onboarding.jsonl', ({ key, status }) => key === 'ONB-2' && status === 'declined')).to.include({
      sent: meg,
    });
  });

  it('09: everybody on the list is asked, reminded and escalated; the report says who has acknowledged and who has not', async () => {
    const campaign = 'Policy 2031';
    const people = [anna, ben, carl, 'not an address'].map((email, index) => ({
      email,
      name: `Person ${index}`,
      manager: meg,
    }));
    const { status } = await post(`${house.runtime.url}/campaigns`, {
      name: campaign,
      document: pdf,
      days: 10,
      people,
    });
    expect(status).to.equal(202);
    const states = (email: string): Line[] =>
      house.lines<Line>('campaigns.jsonl').filter((one) => one.email === email && one.campaign === campaign);
    await until('all of them', () => people.every(({ email }) => states(email).length > 0), { child: house.runtime });
    const envelopeOf = (email: string): string => String(states(email)[0]?.envelope);
    await sign(house, envelopeOf(anna), anna);
    await decline(house, envelopeOf(ben), ben);
    await line('campaigns.jsonl', (one) => one.email === anna && one.state === 'acknowledged');
    await line('campaigns.jsonl', (one) => one.email === ben && one.state === 'declined');
    await house.advance('121h');
    await line('campaigns.jsonl', (one) => one.email === carl && one.lastStep === 'reminder');
    await house.advance('72h');
    await line('campaigns.jsonl', (one) => one.email === carl && one.lastStep === 'manager');
    await shows(meg, (one) => `${one.title} ${one.body}`.includes(campaign));
    await house.advance('3d');
    await line('campaigns.jsonl', (one) => one.email === carl && one.state === 'expired');
    const { mails } = await state(house);
    const reminded = mails.filter(
      (mail) => mail.kind === 'reminder' && people.some(({ email }) => envelopeOf(email) === mail.document),
    );
    expect(reminded.map(({ to }) => to)).to.deep.equal([carl]);
    const report = await fetch(`${house.runtime.url}/campaigns/report?campaign=${encodeURIComponent(campaign)}`);
    expect(report.headers.get('content-type')).to.match(/^text\/csv/);
    const [head, ...rows] = (await report.text())
      .trim()
      .split('\r\n')
      .map((row) => row.split(','));
    expect(head).to.deep.equal(['email', 'name', 'manager', 'acknowledged', 'state', 'at', 'lastStep', 'envelope']);
    expect(rows.map(([email, , , acknowledged, now]) => [email, acknowledged, now])).to.have.deep.members([
      [anna, 'yes', 'acknowledged'],
      [ben, 'no', 'declined'],
      [carl, 'no', 'expired'],
      ['not an address', 'no', 'not sent: BAD_SIGNER'],
    ]);
  });
});

const berlin = (at: number): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', weekday: 'short', hour: '2-digit', minute: '2-digit' })
    .format(at)
    .replace(',', '');
