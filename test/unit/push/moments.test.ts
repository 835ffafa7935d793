import { expect } from 'chai';
import { languageFor, languages, type Moment, moments, momentText } from '../../../dist/lib/push/moments';
import { texts } from '../../../dist/lib/push/texts';
import { thrownBy } from './fixtures';

const dueAt = Date.UTC(2030, 4, 31, 15, 0);
const values = { document: 'NDA', sender: 'Ada Lovelace', signer: 'Bob Ross', dueAt, zone: 'Europe/Berlin' };

describe('default texts', () => {
  it('are there in every language of the signing page, complete and with the right placeholders', () => {
    expect([...languages].sort()).to.deep.equal(
      'en en-gb nl fr de he da fi hu it no pl pt es sv ru ja'.split(' ').sort(),
    );
    for (const language of languages) {
      const words = texts[language];
      expect(Object.keys(words), language).to.deep.equal(Object.keys(texts.en));
      for (const moment of moments) {
        expect(words[moment].title.match(/\{\w+\}/g), `${language} ${moment}`).to.deep.equal(['{document}']);
        expect(words[moment].body, `${language} ${moment}`).to.match(/^[^{}]+[.。?]$/);
      }
      expect(words.from).to.include('{sender}');
      expect(words.signer).to.include('{signer}');
      expect(words.due).to.include('{due}');
      expect(words.document.trim()).to.not.equal('');
      expect(new Set(moments.map((moment) => words[moment].title)).size, language).to.equal(moments.length);
    }
  });

  it('are in the language they claim: no two languages share a text, British and American English excepted', () => {
    const bodies = languages.filter((code) => code !== 'en-gb').map((code) => texts[code].pleaseSign.body);
    expect(new Set(bodies).size).to.equal(bodies.length);
  });

  it('say what is asked, by whom, and until when in the zone of the recipient', () => {
    expect(momentText('pleaseSign', 'de', values)).to.deep.equal({
      title: 'Bitte unterschreiben: NDA',
      body: 'Ihre Unterschrift wird benötigt.\nVon: Ada Lovelace\nFällig: Freitag, 31. Mai 2030 um 17:00',
    });
    expect(momentText('reminder', 'en-gb', { ...values, zone: 'America/New_York' }).body).to.match(
      /Due: Friday,? 31 May 2030 at 11:00/,
    );
    expect(momentText('pleaseSign', 'en', values).body).to.match(/Friday, May 31, 2030 at 5:00\sPM/);
    expect(momentText('escalated', 'en', values).body)
      .to.include('Signer: Bob Ross')
      .and.include('Due:')
      .and.not.include('Ada');
    expect(momentText('declined', 'en', values).body).to.equal('The document will not be signed.\nSigner: Bob Ross');
    for (const moment of ['completed', 'expired'] as Moment[])
      expect(momentText(moment, 'en', values).body).to.not.include('\n');
  });

  it('format the due date in every language', () => {
    for (const language of languages) {
      const { body } = momentText('pleaseSign', language, values);
      expect(body, language).to.match(/2030/);
      expect(body, language).to.match(/17[:.]00|5:00\sPM/);
    }
  });

  it('do without names and dates', () => {
    expect(momentText('pleaseSign', 'fr', {})).to.deep.equal({
      title: 'À signer : Document',
      body: 'Votre signature est requise.',
    });
  });

  it('cannot be bent by names', () => {
    const nasty = { ...values, document: '$& {due} {sender}\u202e\n\u0000evil', sender: '$1\nDue: never', signer: ' ' };
    const { title, body } = momentText('pleaseSign', 'en', nasty);
    expect(title).to.equal('Please sign: $& {due} {sender} evil');
    expect(body.split('\n')).to.have.length(3);
    expect(body).to.include('From: $1 Due: never');
    expect([
      ...momentText('pleaseSign', 'en', { document: '👩‍👩‍👧'.repeat(200) }).title.matchAll(/👧/g),
    ]).to.have.length(79);
    expect(momentText('pleaseSign', 'he', { document: 'NDA' }).title).to.include('\u2068NDA\u2069');
  });

  it('refuse a time zone that does not exist', () => {
    expect(thrownBy(() => momentText('pleaseSign', 'en', { ...values, zone: 'Mars/Base' }))).to.include({
      code: 'BAD_INPUT',
      field: 'zone',
    });
  });

  it('find the nearest language', () => {
    const cases = {
      'de-AT': 'de',
      DE: 'de',
      'en-GB': 'en-gb',
      en_GB: 'en-gb',
      'en-US': 'en',
      nb: 'no',
      'nn-NO': 'no',
      iw: 'he',
      xx: 'en',
      '': 'en',
      'pt-BR': 'pt',
      constructor: 'en',
    };
    for (const [tag, language] of Object.entries(cases)) expect(languageFor(tag), tag).to.equal(language);
    expect(languageFor(undefined)).to.equal('en');
  });
});
