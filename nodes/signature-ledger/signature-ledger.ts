import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { NodeAPI, NodeDef } from 'node-red';
import { type LedgerOptions, openLedger } from '../../lib/ledger/ledger';
import { constructConfig, readConfig } from '../../lib/node-red/construct';
import type { LedgerChoice } from '../../lib/node-red/host';
import type { LedgerNode } from '../../lib/node-red/ledger-ref';
import { addTestRoute } from '../../lib/node-red/test-route';
import { type LedgerConfig, ledgerConfig, ledgerCredentials } from './config';

/** Where the state of the processes is kept, for those who want another place than the default file. */
export = (RED: NodeAPI): void => {
  function SignatureLedger(this: LedgerNode, definition: NodeDef): void {
    constructConfig(RED, this, definition, () => {
      const { password } = ledgerCredentials.parse(this.credentials ?? {});
      this.choice = choiceOf(readConfig(ledgerConfig, definition), password);
    });
  }

  function choiceOf(config: LedgerConfig, password: string): LedgerChoice {
    const options = optionsOf(config, password);
    const { host, port, database, schema, keepDays } = config;
    return {
      options,
      keepDays,
      key: options.engine === 'sqlite' ? options.file : `postgres://${host}:${port}/${database}/${schema}`,
    };
  }

  function optionsOf(config: LedgerConfig, password: string): LedgerOptions {
    if (config.engine === 'file') {
      return { engine: 'sqlite', file: path.resolve(RED.settings.userDir ?? process.cwd(), config.file) };
    }
    const { host, port, database, user, schema, tls, caFile } = config;
    const ssl =
      tls === 'off'
        ? false
        : { rejectUnauthorized: true, ...(tls === 'ca' ? { ca: readFileSync(caFile, 'utf8') } : {}) };
    return { engine: 'postgres', schema, connection: { host, port, database, user, password, ssl } };
  }

  addTestRoute(RED, 'signature-ledger', 'ledger', async (config, credentials) => {
    const { password } = ledgerCredentials.parse(credentials);
    const ledger = await openLedger(optionsOf(readConfig(ledgerConfig, config), password));
    const { where } = ledger.info();
    await ledger.close();
    return `The ledger can be used: ${where}.`;
  });

  RED.nodes.registerType<LedgerNode, NodeDef, Record<string, never>, Record<string, string>>(
    'signature-ledger',
    SignatureLedger,
    {
      credentials: { password: { type: 'password' } },
    },
  );
};
