import { expect } from 'chai';
import type { Emission, Evidence, Finding } from '../../../chaos/evidence';
import { judge } from '../../../chaos/invariants/judge';
import { absorbedPushes } from '../../../chaos/invariants/pushes';
import { at, document, emission, kept, key, plan, step, uuid } from './evidence';

type Sort = Finding['sort'];

/** What is planted, and what has to be found. */
interface Case {
  planted: string;
  plant(evidence: Evidence): void;
  finds: [promise: string, sort: Sort];
}

const of = (evidence: Evidence, node: string, port = 0): Emission => {
  const found = evidence.emissions.find((one) => one.node === node && one.port === port);
  if (!found) throw new Error(`nothing of ${node}`);
  return found;
};
const without = (evidence: Evidence, node: string): void => {
  evidence.emissions = evidence.emissions.filter((one) => one.node !== node);
};
const again = (evidence: Evidence, node: string, more: Partial<Emission> = {}): void => {
  const one = of(evidence, node);
  evidence.emissions.push({ ...one, real: one.real + 10, ...more });
};
const said = (evidence: Evidence, node: string, more: object): void => {
  Object.assign(of(evidence, node).said, more);
};

const cases: Case[] = [
  {
    planted: 'an order that was never sent',
    plant: (run) => {
      run.documents = [];
    },
    finds: ['sending', 'lost'],
  },
  {
    planted: 'an order that was sent twice',
    plant: (run) => run.documents.push(document({ uuid: 'd2' })),
    finds: ['sending', 'duplicate'],
  },
  {
    planted: 'a document that nobody was asked to sign',
    plant: (run) => {
      run.documents = [document({ signers: [] })];
    },
    finds: ['sending', 'wrong'],
  },
  {
    planted: 'a second invitation',
    plant: (run) =>
      run.mails.push({ id: 'm9', at: at(1), to: 'anna@example.com', kind: 'invitation', subject: '', document: uuid }),
    finds: ['sending', 'duplicate'],
  },
  { planted: 'a wait that was never resolved', plant: (run) => without(run, 'wait'), finds: ['waits', 'lost'] },
  {
    planted: 'a wait that was resolved twice',
    plant: (run) => again(run, 'wait', { deliveryId: 'wait:other', redelivered: true }),
    finds: ['waits', 'duplicate'],
  },
  {
    planted: 'a message that left again without saying so',
    plant: (run) => again(run, 'wait'),
    finds: ['waits', 'duplicate'],
  },
  {
    planted: 'a wait with the wrong outcome',
    plant: (run) => said(run, 'wait', { outcome: 'ended' }),
    finds: ['waits', 'wrong'],
  },
  {
    planted: 'a wait that ended as something that never happened',
    plant: (run) => said(run, 'wait', { status: 'declined' }),
    finds: ['waits', 'wrong'],
  },
  {
    planted: 'a time limit that came early',
    plant: (run) => {
      run.schedule.envelopes = [{ ...plan, timeoutHours: 9 }];
      Object.assign(of(run, 'wait'), { node: 'wait-until', port: 2 });
      Object.assign(of(run, 'wait-until', 2).said, { outcome: 'timeout' });
    },
    finds: ['waits', 'wrong'],
  },
  {
    planted: 'a ladder that never says how its envelope ended',
    plant: (run) => {
      run.emissions = run.emissions.filter(({ node, port }) => node !== 'ladder' || port !== 1);
    },
    finds: ['ladders', 'lost'],
  },
  {
    planted: 'a ladder that never says that it is used up',
    plant: (run) => {
      run.emissions = run.emissions.filter(({ node, port }) => node !== 'ladder' || port !== 2);
    },
    finds: ['ladders', 'lost'],
  },
  {
    planted: 'a ladder that was closed twice',
    plant: (run) => run.emissions.push(emission('ladder', 1, 'ladder-closed:again', 3950, { why: 'signed' })),
    finds: ['ladders', 'duplicate'],
  },
  {
    planted: 'a step that never fired',
    plant: (run) => {
      run.emissions = run.emissions.filter(({ said: { step: id } }) => id !== 's2');
      without(run, 'push step');
    },
    finds: ['ladders', 'lost'],
  },
  {
    planted: 'a step that fired twice',
    plant: (run) => again(run, 'ladder', { deliveryId: 'ladder:l:s1r2' }),
    finds: ['ladders', 'duplicate'],
  },
  {
    planted: 'a step that fired early',
    plant: (run) => said(run, 'ladder', { firedAt: at(1.9) }),
    finds: ['ladders', 'wrong'],
  },
  {
    planted: 'a step whose plan was early',
    plant: (run) => said(run, 'ladder', { plannedAt: at(1), firedAt: at(1) }),
    finds: ['ladders', 'wrong'],
  },
  {
    planted: 'a step that was due after the last signature',
    plant: (run) => {
      const place = run.emissions.findIndex(({ said: { step: id } }) => id === 's2');
      run.emissions[place] = step('s2', 2, 9, 9);
    },
    finds: ['ladders', 'wrong'],
  },
  {
    planted: 'a step behind the end in the journal',
    plant: (run) => run.ledger.journals[0]?.entries.push({ kind: 'ladder-fired', body: {} }),
    finds: ['ladders', 'wrong'],
  },
  {
    planted: 'a second reminder for one step',
    plant: (run) =>
      run.mails.push({ id: 'm9', at: at(4), to: 'anna@example.com', kind: 'reminder', subject: '', document: uuid }),
    finds: ['reminders', 'duplicate'],
  },
  {
    planted: 'a reminder before its time',
    plant: (run) => {
      run.mails = run.mails.map((mail) => (mail.kind === 'reminder' ? { ...mail, at: at(1) } : mail));
    },
    finds: ['reminders', 'wrong'],
  },
  {
    planted: 'a successor beside an envelope that was signed',
    plant: (run) => run.documents.push(document({ uuid: 'd2', externalId: `${key}~s1`, createdAt: Date.parse(at(3)) })),
    finds: ['saga', 'wrong'],
  },
  { planted: 'an envelope that is still held', plant: (run) => run.ledger.held.push(uuid), finds: ['saga', 'wrong'] },
  {
    planted: 'a successor that was sent twice',
    plant: (run) => {
      run.documents[0] = document({ status: 'ca' });
      for (const id of ['d2', 'd3'])
        run.documents.push(document({ uuid: id, externalId: `${key}~s1`, createdAt: Date.parse(at(3)) }));
    },
    finds: ['saga', 'duplicate'],
  },
  {
    planted: 'an archive without the document',
    plant: (run) => {
      run.filed = run.filed.filter(({ name }) => name !== `${key}.pdf`);
    },
    finds: ['archives', 'lost'],
  },
  {
    planted: 'a document that was filed twice',
    plant: (run) => {
      const [first] = run.filed;
      if (first) run.filed.push({ ...first, id: 'other', name: `${key} (2).pdf` });
    },
    finds: ['archives', 'duplicate'],
  },
  {
    planted: 'a filed document with another byte',
    plant: (run) => {
      if (run.filed[0]) run.filed[0].sha256 = 'abd';
    },
    finds: ['archives', 'wrong'],
  },
  { planted: 'filing that never ended', plant: (run) => without(run, 'archive webdav'), finds: ['archives', 'lost'] },
  { planted: 'a notification that never left', plant: (run) => without(run, 'push sms'), finds: ['pushes', 'lost'] },
  {
    planted: 'a notification that did not arrive',
    plant: (run) => {
      run.notifications = [];
    },
    finds: ['pushes', 'lost'],
  },
  {
    planted: 'a text message that came twice',
    plant: (run) => {
      run.messages.push(...run.messages.map((one) => ({ ...one, jobId: 'j2' })));
    },
    finds: ['pushes', 'duplicate'],
  },
  {
    planted: 'a notification that comes back after a later one',
    plant: (run) => {
      const [first] = run.notifications;
      if (first)
        run.notifications.push(
          { ...first, id: 'later', at: at(1), title: `${key} other` },
          { ...first, id: 'back', at: at(2) },
        );
    },
    finds: ['pushes', 'duplicate'],
  },
  {
    planted: 'a notification in the place of a later one',
    plant: (run) => {
      const second = run.notifications.find(({ title }) => title === `${key} s2`);
      if (second) run.notifications.push({ ...second, id: 'late', at: at(9), title: `${key} s1` });
    },
    finds: ['pushes', 'wrong'],
  },
  {
    planted: 'a webhook under two ids',
    plant: (run) => run.hooks.push({ real: 1, id: 'w2', title: `${key} ended`, signed: true }),
    finds: ['pushes', 'duplicate'],
  },
  {
    planted: 'an event that never left',
    plant: (run) => {
      run.emissions = run.emissions.filter(({ said: { type } }) => type !== 'signed');
    },
    finds: ['events', 'lost'],
  },
  {
    planted: 'an event that never happened',
    plant: (run) =>
      run.emissions.push(
        emission('event-in', 0, 'event:x', 400, { type: 'declined', at: at(8), signer: null, uuid: 'x' }),
      ),
    finds: ['events', 'wrong'],
  },
  {
    planted: 'an event under two delivery ids',
    plant: (run) => again(run, 'event-in', { deliveryId: 'event:again', real: 100 }),
    finds: ['events', 'duplicate'],
  },
  {
    planted: 'events in another order',
    plant: (run) => {
      for (const one of run.emissions) if (one.node === 'event-in') one.real = -one.real;
    },
    finds: ['events', 'wrong'],
  },
  {
    planted: 'a message from a process that was fenced off',
    plant: (run) => {
      const one = of(run, 'wait');
      run.emissions.push({ ...one, runtime: 'b', redelivered: true, real: one.real - 10 });
    },
    finds: ['fencing', 'wrong'],
  },
  {
    planted: 'a journal that does not hold',
    plant: (run) => {
      if (run.ledger.journals[0]) run.ledger.journals[0].intact = false;
    },
    finds: ['journals', 'wrong'],
  },
  { planted: 'work that was given up', plant: (run) => run.ledger.faults.push('a timer'), finds: ['journals', 'lost'] },
  {
    planted: 'work without an end',
    plant: (run) => {
      run.restless = 'it goes on';
    },
    finds: ['journals', 'lost'],
  },
  {
    planted: 'a crash that was not ours',
    plant: (run) => run.crashes.push('a ended with 1'),
    finds: ['processes', 'wrong'],
  },
  {
    planted: 'a rejection that nobody handled',
    plant: (run) => {
      run.logs = [{ runtime: 'a', text: '[red] Uncaught Exception:\nUnhandledPromiseRejection' }];
    },
    finds: ['processes', 'wrong'],
  },
  {
    planted: 'a secret in a log',
    plant: (run) => {
      run.logs = [{ runtime: 'a', text: 'GET with Token sandbox-token failed' }];
    },
    finds: ['processes', 'wrong'],
  },
];

describe('chaos: invariants', () => {
  it('find nothing in a run that kept every promise', () => {
    expect(judge(kept())).to.deep.equal([]);
  });

  for (const { planted, plant, finds } of cases) {
    it(`find ${planted}`, () => {
      const evidence = kept();
      plant(evidence);
      const [promise, sort] = finds;
      const found = judge(evidence);
      expect(
        found.some((one) => one.sort === sort && one.text.startsWith(`${promise}: `)),
        JSON.stringify(found),
      ).to.equal(true);
    });
  }

  it('take a repeat that says so for no duplicate', () => {
    const evidence = kept();
    for (const node of ['wait', 'ladder', 'archive webdav', 'push sms']) again(evidence, node, { redelivered: true });
    expect(judge(evidence)).to.deep.equal([]);
  });

  it('count a notification apart that replaces itself on the phone, or that its receiver knows by its id', () => {
    const evidence = kept();
    const [first] = evidence.notifications;
    const [call] = evidence.hooks;
    if (!first || !call) throw new Error('nothing to repeat');
    evidence.notifications = [
      { ...first, replaced: true },
      { ...first, id: 'again', at: at(0.1) },
      ...evidence.notifications.slice(1),
    ];
    evidence.hooks.push({ ...call });
    expect(judge(evidence)).to.deep.equal([]);
    expect(absorbedPushes(evidence)).to.equal(2);
  });

  it('take a step that is due after the expiry for no loss', () => {
    const evidence = kept();
    evidence.emissions = evidence.emissions.filter(
      ({ said: { step: id }, node }) => id !== 's2' && node !== 'push step',
    );
    evidence.ledger.ladders = evidence.ledger.ladders.map((one) => ({ ...one, expires: Date.parse(at(4)) }));
    expect(judge(evidence)).to.deep.equal([]);
  });

  it('take a step that was withdrawn at the end of the envelope for no loss', () => {
    const evidence = kept();
    evidence.emissions = evidence.emissions.filter(
      ({ said: { step: id }, node }) => id !== 's2' && node !== 'push step',
    );
    evidence.ledger.journals[0]?.entries.push({ kind: 'ladder-withdrawn', body: { delivery: 'ladder:l:s2r1' } });
    expect(judge(evidence)).to.deep.equal([]);
  });
});
