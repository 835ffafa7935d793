import { expect } from 'chai';
import { languages, loadPage, nodeTypes, nodeWith, verdict } from './editor-page';

interface Case {
  property: string;
  /** Other properties the verdict depends on. */
  given?: Record<string, unknown>;
  good: unknown[];
  bad: unknown[];
}

const signer = { email: 'ann@example.com', emailType: 'str', role: 'sign', order: '1', orderType: 'num' };

const cases: Record<string, Case[]> = {
  'core-signature-account': [
    { property: 'url', given: { service: 'sandbox' }, good: ['', 'http://127.0.0.1:4010'], bad: ['127.0.0.1:4010'] },
    {
      property: 'url',
      given: { service: 'custom' },
      good: ['https://sign.example.com/'],
      bad: ['', 'ftp://x.example'],
    },
    { property: 'url', given: { service: 'eu' }, good: ['', 'left over'], bad: [] },
    { property: 'tokenUrl', good: ['', 'https://auth.example.com/token'], bad: ['auth.example.com'] },
    { property: 'publicUrl', good: ['', 'https://flows.example.com'], bad: ['flows.example.com'] },
    { property: 'tenant', given: { service: 'eu', auth: 'otds' }, good: ['7f3a'], bad: ['', ' '] },
    { property: 'tenant', given: { service: 'eu', auth: 'token' }, good: [''], bad: [] },
    { property: 'clientId', given: { auth: 'ocp' }, good: ['flows'], bad: [''] },
    { property: 'username', given: { auth: 'otds', grant: 'password' }, good: ['ann'], bad: [''] },
    { property: 'username', given: { auth: 'otds', grant: 'client_credentials' }, good: [''], bad: [] },
    { property: 'ratePerSecond', good: [5, '0.1', '100', ''], bad: ['0', '101', 'fast'] },
    { property: 'timeoutSeconds', good: ['1', '600'], bad: ['0.5', '601'] },
    { property: 'reconcileMinutes', good: ['0.05', '1440'], bad: ['0', '1441'] },
    { property: 'cancelAction', good: ['cancel_signature_request'], bad: ['', 'a/b'] },
    { property: 'resendAction', good: ['resend_signrequest_email'], bad: [''] },
    { property: 'forwardAction', good: ['forward_signer'], bad: ['forward signer'] },
  ],
  'signature-ledger': [
    { property: 'file', given: { engine: 'file' }, good: ['a.sqlite'], bad: [''] },
    { property: 'file', given: { engine: 'postgres' }, good: [''], bad: [] },
    { property: 'host', given: { engine: 'postgres' }, good: ['db'], bad: [''] },
    { property: 'port', given: { engine: 'postgres' }, good: [5432, '1', '65535', ''], bad: ['0', '65536', '1.5'] },
    { property: 'database', given: { engine: 'postgres' }, good: ['node_red'], bad: [''] },
    { property: 'user', given: { engine: 'postgres' }, good: ['node_red'], bad: [''] },
    {
      property: 'schema',
      given: { engine: 'postgres' },
      good: ['core_signature'],
      bad: ['', '1a', 'a-b', 'a'.repeat(64)],
    },
    { property: 'caFile', given: { engine: 'postgres', tls: 'ca' }, good: ['ca.pem'], bad: [''] },
    { property: 'caFile', given: { engine: 'postgres', tls: 'verify' }, good: [''], bad: [] },
  ],
  'send-envelope': [
    { property: 'document', good: ['payload'], bad: [''] },
    {
      property: 'document',
      given: { documentSource: 'url', documentType: 'str' },
      good: ['https://a.example/b.pdf'],
      bad: ['b.pdf', 'file:///b.pdf'],
    },
    { property: 'document', given: { documentSource: 'template', documentType: 'str' }, good: ['3d1f'], bad: [''] },
    { property: 'signersProperty', given: { signersSource: 'property' }, good: ['signers'], bad: [''] },
    { property: 'signersProperty', given: { signersSource: 'rows' }, good: [''], bad: [] },
    { property: 'title', good: ['', 'a'.repeat(255)], bad: ['a'.repeat(256)] },
    { property: 'subject', good: ['', 'a'.repeat(512)], bad: ['a'.repeat(513)] },
    { property: 'subject', given: { subjectType: 'msg' }, good: ['a'.repeat(513)], bad: [] },
    { property: 'senderName', good: [''], bad: ['a'.repeat(256)] },
    {
      property: 'senderEmail',
      good: ['', 'ann@example.com', `\${SENDER}`],
      bad: ['ann', 'Ann <ann@example.com>', 'a@b'],
    },
    { property: 'senderEmail', given: { senderEmailType: 'env' }, good: ['SENDER'], bad: [] },
    { property: 'externalId', good: [''], bad: ['a'.repeat(256)] },
    ...['expireDays', 'deleteDays', 'linkDays'].map((property) => ({
      property,
      good: ['', '1', '730', `\${DAYS}`],
      bad: ['0', '731', '1.5', 'soon'],
    })),
    { property: 'expireDays', given: { expireDaysType: 'msg' }, good: ['days'], bad: [] },
    { property: 'prefill', good: ['', '{"a":1}'], bad: ['{a:1}'] },
    { property: 'requiredAttachments', good: ['["passport"]'], bad: ['passport'] },
    {
      property: 'redirectUrl',
      good: ['', 'https://a.example/'],
      bad: ['a.example', `https://a.example/${'a'.repeat(2100)}`],
    },
    { property: 'redirectUrlDeclined', good: [''], bad: ['/declined'] },
    { property: 'signatureColor', good: ['blue'], bad: ['a'.repeat(101)] },
    { property: 'maxSizeMb', good: [50, '0.001', '500'], bad: ['0', '501'] },
    { property: 'retrySeconds', good: ['0', '86400'], bad: ['-1', '86401'] },
    {
      property: 'signers',
      good: [
        [signer],
        [signer, { ...signer, email: 'bob@example.com', role: 'copy' }],
        [
          { ...signer, email: 'payload.to', emailType: 'msg' },
          { ...signer, email: 'payload.to', emailType: 'msg' },
        ],
        [{ ...signer, phone: '+49 151 23456789', phoneType: 'str' }],
      ],
      bad: [
        [],
        undefined,
        [{ ...signer, role: 'notify' }],
        [{ ...signer, email: '' }],
        [{ ...signer, email: 'ann' }],
        [signer, { ...signer, email: 'ANN@example.com' }],
        [{ ...signer, order: '-1' }],
        [{ ...signer, order: '1.5' }],
        [{ ...signer, phone: '0151', phoneType: 'str' }],
        [{ ...signer, fullName: 'a'.repeat(256), fullNameType: 'str' }],
      ],
    },
    { property: 'signers', given: { signersSource: 'property' }, good: [[]], bad: [] },
  ],
  'signature-event-in': [
    { property: 'pollSeconds', given: { source: 'poll' }, good: [60, '1', '86400', ''], bad: ['0', '86401'] },
    { property: 'pollSeconds', given: { source: 'webhook' }, good: ['0'], bad: [] },
    { property: 'filterValue', given: { filterProperty: '' }, good: [''], bad: [] },
    { property: 'filterValue', given: { filterProperty: 'name' }, good: ['NDA'], bad: [''] },
    { property: 'filterValue', given: { filterProperty: 'name', filterRule: 'matches' }, good: ['^N+'], bad: ['('] },
  ],
  'wait-for-status': [
    { property: 'envelope', good: ['envelope'], bad: [''] },
    { property: 'statuses', good: [['signed']], bad: [[], undefined] },
    { property: 'statuses', given: { statusesSource: 'property' }, good: [[]], bad: [] },
    { property: 'statusesProperty', given: { statusesSource: 'property' }, good: ['statuses'], bad: [''] },
    { property: 'timeout', given: { timeoutKind: 'none' }, good: [''], bad: [] },
    { property: 'timeout', given: { timeoutKind: 'duration' }, good: ['14', '0.5'], bad: ['', '-1', 'soon'] },
    {
      property: 'timeout',
      given: { timeoutKind: 'duration', timeoutType: 'str' },
      good: ['3 days', '1h 30m', 'P3DT12H'],
      bad: ['three days', 'P1Y'],
    },
    {
      property: 'timeout',
      given: { timeoutKind: 'until', timeoutType: 'str' },
      good: ['2030-05-31T17:00:00+02:00'],
      bad: ['2030-05-31', '2030-02-31T10:00Z', 'tomorrow'],
    },
    { property: 'timeout', given: { timeoutKind: 'until', timeoutType: 'msg' }, good: ['due'], bad: [''] },
  ],
};

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
    for (const type of ['send-envelope', 'signature-event-in', 'wait-for-status']) {
      const { account } = loadPage(type).definition.defaults;
      expect(account).to.include({ type: 'core-signature-account', required: true, label: 'Account' });
    }
  });

  it('keeps its ledger optional', () => {
    const { ledger } = loadPage('core-signature-account').definition.defaults;
    expect(ledger).to.include({ type: 'signature-ledger', required: false });
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

  it('is never empty, not even for a new configuration node that has no properties yet', () => {
    for (const type of nodeTypes) {
      const { definition } = loadPage(type);
      expect(definition.label.call({}), type)
        .to.be.a('string')
        .and.not.match(/^$|undefined/);
    }
  });
});
