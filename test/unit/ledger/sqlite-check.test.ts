import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import type { SignatureError } from '../../../dist/lib/errors';
import { type Ledger, type LedgerOptions, openLedger } from '../../../dist/lib/ledger/ledger';
import { SelfCheck } from '../../../dist/lib/process/self-check';
import { until } from '../../../scripts/lib/child';
import { account, fact, onBothEngines, truth } from './stores';

const pageSize = 4096;
const refused = (thrown: SignatureError) => thrown;

/** Spoils the page of the file in which this text is, behind the back of everybody. */
function damagePageWith(file: string, text: string): void {
  const bytes = readFileSync(file);
  const at = bytes.indexOf(text);
  if (at < 0) throw new Error(`${text} is not in the file`);
  const page = at - (at % pageSize);
  // Behind the first byte, which says what kind of page it is, and before the text itself.
  writeFileSync(file, bytes.fill(0xff, page + 1, page + 40));
}

describe('check of a large ledger file', function () {
  this.timeout(60_000);
  let folder: string;
  let file: string;
  const open: Ledger[] = [];
  /** As if it were large: nothing of it is read when it is opened. */
  const opened = async (more: Partial<LedgerOptions> = { readWholeUpTo: 0 }): Promise<Ledger> => {
    const ledger = await openLedger({ engine: 'sqlite', file, ...more } as LedgerOptions);
    open.push(ledger);
    return ledger;
  };
  const receive = (ledger: Ledger, envelope: string) =>
    ledger.receiveEvents({ account, origin: 'webhook', events: [{ ...fact('a'), envelope }] });
  /** Makes a ledger with many pages, one of which is damaged; `healthy`: none is. */
  const make = async ({ healthy = false } = {}): Promise<void> => {
    const ledger = await opened();
    for (let index = 0; index < 40; index += 1) await ledger.applyTruth(truth(`e${index}`, 'sent'));
    for (let index = 0; index < 60; index += 1) {
      await ledger.appendAudit({ account, envelope: 'e0', kind: 'note', body: `MARK-${index}-${'x'.repeat(500)}` });
    }
    await ledger.close();
    if (!healthy) damagePageWith(file, 'MARK-30-');
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'ledger-check-'));
    file = path.join(folder, 'ledger.sqlite');
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((ledger) => ledger.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds nothing wrong with a sound one, also with a log beside it and while others write', async () => {
    await make({ healthy: true });
    const ledger = await opened();
    await receive(ledger, 'before');
    let done = false;
    const checked = ledger.check().finally(() => {
      done = true;
    });
    for (let index = 0; !done; index += 1) await receive(ledger, `w${index}`);
    expect(await checked).to.equal(true);
  });

  it('finds a damaged page, says so once and what to do, while intake goes on', async () => {
    await make();
    const ledger = await opened();
    const told: SignatureError[] = [];
    ledger.onDamage((error) => told.push(error));
    const [error] = await Promise.all([ledger.check().then(() => undefined, refused), receive(ledger, 'meanwhile')]);
    expect(error).to.include({ code: 'LEDGER_DAMAGED' });
    expect(error?.message)
      .to.include(file)
      .and.match(/page|Tree|malformed/)
      .and.match(/restore the last backup/);
    expect(await receive(ledger, 'after')).to.deep.equal(['fresh']);
    await ledger.check().catch(refused);
    expect(told).to.deep.equal([error]);
    const late: SignatureError[] = [];
    ledger.onDamage((known) => late.push(known));
    expect(late, 'who asks later hears it as well').to.deep.equal([error]);
  });

  it('is told as well when work comes to the damaged page first', async () => {
    await make();
    const ledger = await opened();
    const told: string[] = [];
    ledger.onDamage(({ code }) => told.push(code));
    const thrown = await ledger.journal({ account, envelope: 'e0' }).then(() => undefined, refused);
    expect(thrown).to.include({ code: 'LEDGER_DAMAGED' });
    expect(told).to.deep.equal(['LEDGER_DAMAGED']);
    expect(await ledger.envelope({ account, id: 'e1' })).to.include({ status: 'sent' });
  });

  it('is not needed for one that was read when it was opened, which refuses a damaged one', async () => {
    await make({ healthy: true });
    expect(await (await opened({})).check()).to.equal(false);
    await open.pop()?.close();
    damagePageWith(file, 'MARK-30-');
    expect(await opened({}).then(() => undefined, refused)).to.include({ code: 'LEDGER_DAMAGED' });
  });

  it('notices damage in the list of free pages', async () => {
    await make({ healthy: true });
    const db = new DatabaseSync(file);
    db.exec('delete from audit');
    db.exec('pragma wal_checkpoint(truncate)');
    db.close();
    const bytes = readFileSync(file);
    const trunk = bytes.readUInt32BE(32);
    expect(trunk).to.be.greaterThan(0);
    bytes.writeUInt32BE(0x7fffffff, (trunk - 1) * pageSize);
    writeFileSync(file, bytes);
    expect(await (await opened()).check().then(() => undefined, refused)).to.include({ code: 'LEDGER_DAMAGED' });
  });

  it('keeps nobody from closing', async () => {
    await make();
    const ledger = await opened();
    const checked = ledger.check();
    await ledger.close();
    expect(await checked).to.equal(false);
    expect(await ledger.check()).to.equal(false);
  });

  it('is made some time after the opening, and not again by the same process for a day', async () => {
    await make({ healthy: true });
    let checks = 0;
    const counting = (ledger: Ledger): Ledger =>
      Object.freeze({
        ...ledger,
        check: async () => {
          const found = await ledger.check();
          checks += 1;
          return found;
        },
      });
    const onFault = (error: Error) => {
      throw error;
    };
    new SelfCheck(counting(await opened()), { onFault, afterMs: 1 }).start();
    await until('the check', () => checks === 1);
    new SelfCheck(counting(await opened()), { onFault, afterMs: 1 }).start();
    new SelfCheck(counting(await opened()), { onFault, afterMs: 1, everyMs: 0 }).start();
    await until('the check of one that is due again', () => checks === 2);
    const stopped = new SelfCheck(counting(await opened()), { onFault, afterMs: 1, everyMs: 0 });
    stopped.start();
    await stopped.stop();
    await open.at(-1)?.stats({});
    expect(checks).to.equal(2);
  });
});

onBothEngines('check of a ledger', ({ ledger }) => {
  it('has nothing to do where the file is small, or where the server looks after it', async () => {
    expect(await ledger().check()).to.equal(false);
  });
});
