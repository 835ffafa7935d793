import { expect } from 'chai';
import { languages, loadPage, nodeTypes, nodeWith, verdict } from './editor-page';
import type { Cases } from './validator-case';
import { archiveCases } from './validator-cases-archive';
import { escalationCases, step } from './validator-cases-escalation';
import { signingCases } from './validator-cases-signing';

const cases: Cases = { ...signingCases, ...escalationCases, ...archiveCases };

const shown = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 60);

for (const type of nodeTypes) {
  describe(`validators of ${type}`, () => {
    const pages = languages.map((language) => loadPage(type, language));
    const [page] = pages as [(typeof pages)[0]];

    it('have the two parameters that make the editor show their sentence', () => {
      for (const [property, { validate }] of Object.entries(page.definition.defaults)) {
        if (validate) expect(validate, property).to.have.length(2);
      }
    });

    it('say true or a sentence to any value, with or without the rest of the node', () => {
      const values = ['', 'x', '0', 'null', undefined, null, 7, true, [], [{}], {}, `\${NAME}`, 'a'.repeat(5000)];
      for (const [property, { validate }] of Object.entries(page.definition.defaults)) {
        for (const value of validate ? values : []) {
          for (const node of [nodeWith(page.definition), { id: 'n1' }]) {
            const said = validate?.call(node, value, {});
            if (said !== true) expect(said, `${property} ${shown(value)}`).to.match(/^[A-ZÄÖÜ].+\.$|^Invalid JSON$/s);
          }
        }
      }
    });

    it('are all covered below', () => {
      const covered = new Set(cases[type]?.map(({ property }) => property));
      const uncovered = Object.entries(page.definition.defaults)
        .filter(([property, { validate }]) => validate && !covered.has(property))
        .map(([property]) => property);
      // Typed inputs without bounds; the editor's own check of their form is all there is.
      expect(
        uncovered.filter((property) => !['documentName', 'attachments', 'message'].includes(property)),
      ).to.deep.equal([]);
    });

    for (const { property, given, good, bad } of cases[type] ?? []) {
      const circumstances = given ? ` with ${shown(given)}` : '';
      for (const value of good) {
        it(`accept ${property} ${shown(value)}${circumstances}`, () => {
          expect(verdict(page, property, value, given)).to.equal(true);
        });
      }
      for (const value of bad) {
        it(`refuse ${property} ${shown(value)}${circumstances} in every language`, () => {
          const sentences = pages.map((one) => verdict(one, property, value, given));
          for (const sentence of sentences) {
            expect(sentence)
              .to.be.a('string')
              .and.not.match(/__|validation\.|label\./);
          }
          if (sentences[0] !== 'Invalid JSON') expect(new Set(sentences).size).to.equal(languages.length);
        });
      }
    }
  });
}

describe('the account of a flow node', () => {
  it('is required and has a label for the editor to name', () => {
    for (const type of ['send-envelope', 'signature-event-in', 'wait-for-status', 'escalate', 'ecm-archive']) {
      const { account } = loadPage(type).definition.defaults;
      expect(account).to.include({ type: 'core-signature-account', required: true, label: 'Account' });
    }
  });

  it('keeps its ledger optional', () => {
    const { ledger } = loadPage('core-signature-account').definition.defaults;
    expect(ledger).to.include({ type: 'signature-ledger', required: false });
  });

  it('is followed by the other configuration nodes that can be chosen', () => {
    expect(loadPage('escalate').definition.defaults.calendar).to.include({ type: 'working-calendar', required: false });
    expect(loadPage('push-notify').definition.defaults.service).to.include({ type: 'push-service', required: true });
    const { ledger, account } = loadPage('push-service').definition.defaults;
    expect(ledger).to.include({ type: 'signature-ledger', required: false });
    expect(account).to.include({ type: 'core-signature-account', required: false });
    expect(loadPage('ecm-archive').definition.defaults.repository).to.include({
      type: 'ecm-repository',
      required: true,
    });
  });
});

describe('what a node is called', () => {
  it('is its name, or what it does', () => {
    const { definition } = loadPage('wait-for-status');
    expect(definition.label.call(nodeWith(definition, { name: 'NDA back?' }))).to.equal('NDA back?');
    expect(definition.label.call(nodeWith(definition, { statuses: ['signed', 'declined'] }))).to.equal(
      'wait for signed / declined',
    );
  });

  it('tells what a ladder does and what a notification is about', () => {
    const { definition } = loadPage('escalate');
    const steps = [
      step({}),
      step({}),
      step({}, { do: 'forward' }),
      step({}, { do: 'replace' }),
      step({}, { do: 'cancel' }),
    ];
    expect(definition.label.call(nodeWith(definition, { steps }))).to.equal('escalate: remind / forward …');
    const notify = loadPage('push-notify').definition;
    expect(notify.label.call(nodeWith(notify, { moment: 'reminder' }))).to.equal('push: reminder');
    expect(notify.label.call(nodeWith(notify, { moment: 'custom' }))).to.equal('push notify');
  });

  it('is never empty, not even for a new configuration node that has no properties yet', () => {
    for (const type of nodeTypes) {
      const { definition } = loadPage(type);
      expect(definition.label.call({}), type)
        .to.be.a('string')
        .and.not.match(/^$|undefined/);
    }
  });
});
