import { expect } from 'chai';
import { copyLedger } from '../../../dist/lib/ledger/cli/copy/copy';
import { openSnapshot, openTarget } from '../../../dist/lib/ledger/cli/copy/open-sides';
import type { Side } from '../../../dist/lib/ledger/cli/copy/side';
import { ledgerTables } from '../../../dist/lib/ledger/cli/copy/tables';
import { parseOptions } from '../../../dist/lib/ledger/options';
import type { Cell } from '../../../dist/lib/ledger/sql';
import { account, onBothEngines, truth } from '../ledger/stores';

const io = { print: () => {}, note: () => {}, draw: null, ask: null, env: {}, now: Date.now };

onBothEngines('copy of a ledger', ({ store, ledger }) => {
  const tables = ledgerTables();
  const target = () => {
    const { options } = store();
    return parseOptions(
      options.engine === 'sqlite'
        ? { ...options, file: `${options.file}.copy` }
        : { ...options, schema: `${options.schema}_copy` },
    );
  };

  /** Copies into a target that changes what is written on its way. */
  async function copyWith(change: (text: string, params: readonly Cell[]) => readonly Cell[]): Promise<unknown> {
    await ledger().applyTruth(truth('e', 'sent'));
    const source = await openSnapshot(parseOptions(store().options));
    const side = await openTarget(target(), tables);
    const bent: Side = { ...side, query: (text, params = []) => side.query(text, change(text, params)) };
    try {
      return await copyLedger(source, bent, tables, io, { force: false }).catch((thrown: unknown) => thrown);
    } finally {
      await side.close();
      await source.close();
    }
  }

  it('is refused when a value arrived changed', async () => {
    const thrown = await copyWith((text, params) =>
      text.startsWith('insert into envelopes')
        ? params.map((value) => (value === 'Envelope e' ? 'Envelope f' : value))
        : params,
    );
    expect(thrown).to.be.an('error').with.property('message').that.includes('table envelopes is not equal');
    expect(thrown).to.include({ exit: 2 });
  });

  it('is refused when a number arrived changed', async () => {
    const thrown = await copyWith((text, params) =>
      text.startsWith('insert into audit(') ? params.map((value) => (value === 1 ? 2 : value)) : params,
    );
    expect(thrown).to.be.an('error').with.property('message').that.includes('table audit is not equal');
  });

  it('is a moment of the source, whatever happens there meanwhile', async () => {
    await ledger().applyTruth(truth('e', 'sent'));
    const source = await openSnapshot(parseOptions(store().options));
    const side = await openTarget(target(), tables);
    await source.query('select 1 from envelopes');
    await ledger().applyTruth(truth('later', 'sent'));
    await copyLedger(source, side, tables, io, { force: false });
    const copied = await side.query<{ id: string }>('select id from envelopes where account = $1', [account]);
    expect(copied.map(({ id }) => id)).to.deep.equal(['e']);
    await side.close();
    await source.close();
  });

  it('knows every table', () => {
    expect(tables.map(({ name }) => name)).to.include.members([
      'envelopes',
      'audit',
      'attachments',
      'counters',
      'ladders',
    ]);
    for (const { name, key } of tables) expect(key, name).not.to.deep.equal([]);
    expect(tables.filter(({ large }) => large).map(({ name }) => name)).to.deep.equal(['attachments']);
  });
});
