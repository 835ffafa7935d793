import { expect } from 'chai';
import { stepActions } from '../../../dist/nodes/escalate/config.js';
import { keysOf, languages, loadPage, readCatalog } from './editor-page';

const { script } = loadPage('escalate');
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
const raw = (name: string, ...given: unknown[]) => (script[name] as (...all: unknown[]) => unknown)(...given);
const call = (name: string, ...given: unknown[]) => plain(raw(name, ...given));
const fieldsOf = (row: unknown) => call('fieldsOf', row);
const rowOf = (fields: unknown, original?: unknown) => call('rowOf', fields, original);

const row = {
  id: 'a1',
  when: { kind: 'after', basis: 'previous', amount: { unit: 'days', days: 3 } },
  ifPast: 'skip',
  action: { do: 'remind', label: '', to: '', toType: 'str', reason: '', reasonType: 'str' },
};

describe('a step in the dialog of escalate', () => {
  const amounts: [amount: object, number: string, unit: string][] = [
    [{ unit: 'clock', length: '30 minutes' }, '30', 'minutes'],
    [{ unit: 'clock', length: '3 hours' }, '3', 'hours'],
    [{ unit: 'clock', length: 'PT1H30M' }, '90', 'minutes'],
    [{ unit: 'clock', length: 7_200_000 }, '2', 'hours'],
    [{ unit: 'days', days: 3 }, '3', 'days'],
    [{ unit: 'working', length: '10 h' }, '10', 'workingHours'],
    [{ unit: 'working', length: '90 minutes' }, '1.5', 'workingHours'],
    [{ unit: 'workingDays', days: 2 }, '2', 'workingDays'],
    [{ unit: 'percent', percent: 75 }, '75', 'percent'],
  ];
  for (const [amount, number, unit] of amounts) {
    it(`shows ${JSON.stringify(amount)} as ${number} ${unit}`, () => {
      expect(fieldsOf({ ...row, when: { ...row.when, amount } })).to.include({ amount: number, unit });
    });
  }

  it('is kept as it is when nothing is changed, however it was written', () => {
    for (const [amount] of amounts) {
      for (const extra of [{}, { repeat: { times: '2', every: { unit: 'clock', length: 'PT36H' } } }]) {
        const original = { ...row, when: { amount, basis: 'start', note: 'kept' }, ...extra };
        expect(rowOf(fieldsOf(original), original)).to.deep.equal(original);
      }
    }
  });

  it('is written in the one form the ladder knows when it is changed', () => {
    const changed = (fields: object) => rowOf({ ...fieldsOf(row), ...fields }, row);
    expect(changed({ amount: '1,5', unit: 'hours' }).when.amount).to.deep.equal({ unit: 'clock', length: '1.5 hours' });
    expect(changed({ amount: '2', unit: 'workingDays' }).when.amount).to.deep.equal({ unit: 'workingDays', days: 2 });
    expect(changed({ origin: 'beforeDue' }).when).to.include({ kind: 'before', basis: 'due' });
    expect(changed({ origin: 'afterDue' }).when).to.include({ kind: 'after', basis: 'due' });
    expect(changed({ origin: 'afterStart' }).when).to.include({ kind: 'after', basis: 'start' });
    expect(changed({ timeOfDay: '09:00', days: 'working' }).when).to.include({ timeOfDay: '09:00', days: 'working' });
    expect(changed({ times: '2', every: '4', everyUnit: 'workingHours' }).repeat).to.deep.equal({
      times: 2,
      every: { unit: 'working', length: '4 hours' },
    });
    expect(changed({ label: 'late' })).to.not.have.property('repeat');
  });

  it('keeps its id, and forgets what its action does not need', () => {
    const forward = { ...fieldsOf(row), do: 'forward', to: 'b@example.com', reason: 'on leave' };
    expect(rowOf(forward, row)).to.deep.include({ id: 'a1' });
    expect(rowOf(forward, row).action).to.include({ to: 'b@example.com', reason: 'on leave' });
    expect(rowOf({ ...forward, do: 'replace' }, row).action).to.include({ to: 'b@example.com', reason: '' });
    expect(rowOf({ ...forward, do: 'cancel' }, row).action).to.include({ to: '', reason: '' });
  });

  it('has an id of its own when it is new', () => {
    const taken = Array.from({ length: 200 }, () => call('freshId', []) as string);
    for (const id of taken) expect(id).to.match(/^[a-z0-9]{6}$/);
    expect(taken).to.not.include(call('freshId', taken));
  });

  it('can be read whatever is missing in it', () => {
    for (const given of [undefined, null, 7, 'x', {}, { when: null, action: [] }, { when: { amount: 3 }, repeat: 1 }]) {
      expect(fieldsOf(given)).to.include({ origin: 'afterPrevious', do: 'remind' });
    }
  });
});

describe('the sample of escalate', () => {
  const day = 86_400_000;
  const start = Date.UTC(2030, 0, 7, 9);
  const plan = (rows: object[], days: string, ownDue = false) =>
    plain(raw('planSample', rows, raw('sampleEnvelope', start, days, ownDue), raw('calendarFor', '', '')));

  it('tells when each step would happen', () => {
    const half = { ...row, id: 'h', when: { kind: 'after', basis: 'start', amount: { unit: 'percent', percent: 50 } } };
    const { firings, problems } = plan([row, half], '14');
    expect(firings.map(({ id, at }: { id: string; at: number }) => [id, (at - start) / day])).to.deep.equal([
      ['a1r1', 3],
      ['hr1', 7],
    ]);
    expect(problems).to.deep.equal([]);
  });

  it('warns of what will not happen', () => {
    const kinds = (rows: object[], days: string, ownDue = false) =>
      plan(rows, days, ownDue).problems.map(({ kind }: { kind: string }) => kind);
    const late = { ...row, when: { ...row.when, amount: { unit: 'days', days: 20 } } };
    const before = { ...row, when: { kind: 'before', basis: 'due', amount: { unit: 'days', days: 30 } } };
    expect(kinds([late], '14')).to.deep.equal(['afterExpiry']);
    expect(kinds([late], '14', true)).to.deep.equal([]);
    expect(kinds([before], '14')).to.deep.equal(['past']);
    expect(kinds([before], '')).to.deep.equal(['noDue']);
  });
});

describe('texts of a step', () => {
  it('exist for every choice there is', () => {
    const groups = {
      do: stepActions,
      does: stepActions,
      unit: ['minutes', 'hours', 'days', 'workingHours', 'workingDays', 'percent'],
      origin: ['afterPrevious', 'afterStart', 'beforeDue', 'afterDue'],
      days: ['every', 'working'],
      ifPast: ['skip', 'fire'],
      label: Object.keys(fieldsOf(row)).filter((field) => field !== 'id' && !field.endsWith('Type')),
      problem: ['noSteps', 'noDue', 'tooFar', 'afterExpiry', 'past'],
    };
    for (const language of languages) {
      const keys = keysOf(readCatalog('escalate', language));
      for (const [group, names] of Object.entries(groups)) {
        expect(keys).to.include.members(names.map((name) => `${group}.${name}`));
      }
    }
  });
});
