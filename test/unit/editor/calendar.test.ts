import { expect } from 'chai';
import { loadPage } from './editor-page';

const { script } = loadPage('working-calendar');
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
const call = (name: string, ...given: unknown[]) => (script[name] as (...all: unknown[]) => unknown)(...given);

describe('the week in the dialog of working-calendar', () => {
  it('takes times as people type them', () => {
    const times = {
      '9': '09:00',
      '9:30': '09:30',
      '930': '09:30',
      '17.30': '17:30',
      ' 24 ': '24:00',
      '08:00': '08:00',
    };
    for (const [typed, time] of Object.entries(times)) expect(call('timeOfDay', typed), typed).to.equal(time);
  });

  it('leaves what is no time for the validator to name', () => {
    for (const typed of ['', 'noon', '9:3', '09:00:00']) expect(call('timeOfDay', typed)).to.equal(typed);
  });

  it('has seven days whatever the flow says', () => {
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
    for (const hours of [undefined, null, 'x', [], { mon: 'x', tue: [['09:00', '17:00']] }]) {
      expect(Object.keys(plain(call('weekOf', hours)))).to.deep.equal(days);
    }
    expect(plain(call('weekOf', { tue: [['09:00', '17:00']] }))).to.deep.include({
      mon: [],
      tue: [['09:00', '17:00']],
    });
  });
});

describe('the state of a calendar', () => {
  const texts = (key: string, values: object = {}) => `${key} ${JSON.stringify(values)}`;
  const whole = { zone: 'UTC', hours: { mon: [['00:00', '24:00']] }, holidays: '', ics: '' };
  const read = (more: object) => call('readCalendar', texts, { ...whole, ...more });

  it('is a calendar when everything is right', () => {
    expect(read({})).to.have.property('nextOpening');
  });

  it('is a sentence about the first thing that is wrong', () => {
    expect(read({ zone: 'Mars/Base' })).to.match(/^validation\.zone/);
    expect(read({ hours: { tue: [['9', '17']] } })).to.match(/^validation\.hours .*day\.tue/);
    expect(read({ hours: {} })).to.match(/^validation\.noHours/);
    expect(read({ holidays: '2030-12-24\n\nChristmas' })).to.equal(
      'validation.holidays {"number":3,"text":"Christmas"}',
    );
    expect(read({ ics: 'nothing' })).to.match(/^validation\.ics .*reason/);
    expect(read({ holidays: '01-01 to 12-31' })).to.match(/^validation\.neverOpen/);
  });
});
