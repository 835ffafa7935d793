import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { accountConfig, accountCredentials } from '../../../dist/nodes/core-signature-account/config.js';
import { ecmArchiveConfig } from '../../../dist/nodes/ecm-archive/config.js';
import { ecmRepositoryConfig, ecmRepositoryCredentials } from '../../../dist/nodes/ecm-repository/config.js';
import { escalateConfig } from '../../../dist/nodes/escalate/config.js';
import { pushNotifyConfig } from '../../../dist/nodes/push-notify/config.js';
import { pushServiceConfig, pushServiceCredentials } from '../../../dist/nodes/push-service/config.js';
import { sendEnvelopeConfig } from '../../../dist/nodes/send-envelope/config.js';
import { signatureEventInConfig } from '../../../dist/nodes/signature-event-in/config.js';
import { ledgerConfig, ledgerCredentials } from '../../../dist/nodes/signature-ledger/config.js';
import { waitForStatusConfig } from '../../../dist/nodes/wait-for-status/config.js';
import { workingCalendarConfig } from '../../../dist/nodes/working-calendar/config.js';
import { loadPage, nodeTypes, nodeWith } from './editor-page';

const schemas = {
  'core-signature-account': accountConfig,
  'signature-ledger': ledgerConfig,
  'send-envelope': sendEnvelopeConfig,
  'signature-event-in': signatureEventInConfig,
  'wait-for-status': waitForStatusConfig,
  escalate: escalateConfig,
  'push-notify': pushNotifyConfig,
  'push-service': pushServiceConfig,
  'working-calendar': workingCalendarConfig,
  'ecm-repository': ecmRepositoryConfig,
  'ecm-archive': ecmArchiveConfig,
};

const secrets = {
  'core-signature-account': accountCredentials,
  'signature-ledger': ledgerCredentials,
  'push-service': pushServiceCredentials,
  'ecm-repository': ecmRepositoryCredentials,
};

/** As it is in a flow: plain JSON, so that objects of the sandboxed page compare. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

for (const type of nodeTypes) {
  describe(`defaults of ${type}`, () => {
    const { definition, template } = loadPage(type);
    const defaults = Object.fromEntries(Object.entries(definition.defaults).map(([key, { value }]) => [key, value]));
    // The editor keeps the number of inputs in the node where it can vary.
    if (type === 'signature-event-in') delete defaults.inputs;

    it('are those of the configuration schema', () => {
      expect(plain(defaults)).to.deep.equal(plain(schemas[type].parse({})));
    });

    it('are accepted by the configuration schema', () => {
      expect(schemas[type].safeParse(plain(nodeWith(definition))).success).to.equal(true);
    });

    it('have a label wherever the dialog has a field', () => {
      for (const [property, { label }] of Object.entries(definition.defaults)) {
        if (/Type$/.test(property) || ['version', 'inputs'].includes(property)) continue;
        expect(label, property)
          .to.be.a('string')
          .and.not.match(/label\./);
      }
    });

    it('have a form field each, except those the dialog keeps itself', () => {
      const prefix = definition.category === 'config' ? 'node-config-input' : 'node-input';
      const ownFields = [
        'version',
        'inputs',
        'signers',
        'switchedOff',
        'statuses',
        'events',
        'steps',
        'hours',
        'metadata',
      ];
      for (const property of Object.keys({ ...definition.defaults, ...definition.credentials })) {
        if (ownFields.includes(property)) continue;
        expect(template, property).to.include(`id="${prefix}-${property}"`);
      }
    });

    it('offer exactly the choices of the schema', () => {
      for (const [property, field] of Object.entries(schemas[type].shape)) {
        const inner = (field as { unwrap?: () => { options?: unknown } }).unwrap?.() ?? field;
        const options = (inner as { options?: unknown }).options;
        const select = new RegExp(`<select id="[a-z-]+-${property}"[^>]*>([\\s\\S]*?)</select>`).exec(template)?.[1];
        if (!select || !Array.isArray(options)) continue;
        const offered = [...select.matchAll(/<option value="([^"]*)"/g)].map(([, value]) => value);
        expect([...offered].sort(), property).to.deep.equal([...options].sort());
      }
    });

    it('keep every secret in a password credential', () => {
      const declared = type in secrets ? Object.keys(secrets[type as keyof typeof secrets].shape) : [];
      expect(Object.keys(definition.credentials ?? {})).to.deep.equal(declared);
      for (const { type: kind } of Object.values(definition.credentials ?? {})) expect(kind).to.equal('password');
    });

    it('name an icon that exists', () => {
      const icons = readdirSync(path.resolve(__dirname, '../../../dist/nodes', type, 'icons'));
      expect(icons).to.include(definition.icon);
    });
  });
}

describe('lists of check boxes', () => {
  const choices = (type: string, property: string) => {
    const { template } = loadPage(type);
    const fieldset = new RegExp(`data-choices="${property}"[\\s\\S]*?</fieldset>`).exec(template)?.[0] ?? '';
    return [...fieldset.matchAll(/type="checkbox" value="([^"]*)"/g)].map(([, value]) => value);
  };

  it('offer every status one can wait for', () => {
    const { statuses } = waitForStatusConfig.shape;
    expect(choices('wait-for-status', 'statuses')).to.deep.equal([...statuses.unwrap().element.options]);
  });

  it('offer every event', () => {
    const { events } = signatureEventInConfig.shape;
    expect(choices('signature-event-in', 'events')).to.deep.equal([...events.unwrap().element.options]);
  });

  it('offer everything that can be switched off for signers', () => {
    const { switchedOff } = sendEnvelopeConfig.shape;
    const offered = [...choices('send-envelope', 'allowed'), ...choices('send-envelope', 'allowedMails')];
    expect(offered).to.have.members([...switchedOff.unwrap().element.options]);
  });
});
