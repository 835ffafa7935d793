import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { openLedger } from '../../dist/lib/ledger/ledger';
import {
  appendTo,
  change,
  type FlowNode,
  httpIn,
  httpResponse,
  onTab,
  sandboxAccount,
  sendFromBody,
  tab,
  waitFor,
} from '../support/flows';
import { type House, openHouse, projectRoot, until } from '../support/house';
import { sent, sign } from './steps';

/** Larger than what is read as a whole when it is opened. */
const ballast = 300_000_000;
const mark = 'THE DAMAGED ENTRY';

describe('a large ledger that is damaged inside', function () {
  this.timeout(180_000);
  let house: House;
  let file: string;

  const flows = (more: FlowNode[] = []): FlowNode[] => [
    tab(),
    sandboxAccount(),
    httpIn('/send', ['send']),
    sendFromBody('send', ['answer', 'wait']),
    waitFor('wait', [['reached'], [], []]),
    change('reached', [['payload', '{"envelope": envelope.id}']], ['append reached.jsonl']),
    appendTo('reached.jsonl'),
    httpResponse(),
    onTab({ id: 'statuses', type: 'status', name: '', scope: ['send', 'wait', 'later'], wires: [['status']] }),
    change('status', [['payload', '{"node": status.source.id, "fill": status.fill, "text": status.text}']], ['append']),
    appendTo('statuses.jsonl', 'append'),
    ...more,
  ];
  const last = (node: string) =>
    house
      .lines<{ node: string; fill?: string; text?: string }>('statuses.jsonl')
      .filter((line) => line.node === node)
      .at(-1);
  const damagedGauge = async (): Promise<string | undefined> => {
    const text = await (await fetch(`${house.runtime.url}/core-signature/metrics`)).text();
    return /^core_signature_ledger_damaged\{[^}]*\} (\S+)$/m.exec(text)?.[1];
  };

  /** Fills the file, and spoils one page of the journal near its end. */
  const prepare = async (): Promise<void> => {
    const ledger = await openLedger({ engine: 'sqlite', file });
    await ledger.close();
    const db = new DatabaseSync(file);
    db.prepare(`insert into attachments values('ballast', 0, 'ballast', zeroblob(?))`).run(ballast);
    db.exec(`insert into envelopes(account, id, created_at, updated_at) values('gone', 'gone', 0, 0)`);
    const entry = db.prepare(`insert into audit values('gone', 'gone', ?, 0, 'note', ?, '')`);
    for (let seq = 1; seq <= 30; seq += 1) entry.run(seq, `"${seq === 15 ? mark : ''}${'x'.repeat(500)}"`);
    db.close();
    const descriptor = openSync(file, 'r+');
    const tail = Buffer.alloc(1_000_000);
    const start = statSync(file).size - tail.length;
    readSync(descriptor, tail, 0, tail.length, start);
    const at = tail.indexOf(mark);
    expect(at, 'the page to spoil').to.be.greaterThan(0);
    writeSync(descriptor, Buffer.alloc(40, 0xff), 0, 40, start + at - ((start + at) % 4096) + 1);
    closeSync(descriptor);
  };

  before(async () => {
    house = await openHouse({ name: 'ledger-damage', flows: [tab()] });
    file = path.join(house.runtime.userDir, 'core-signature-ledger.sqlite');
    await prepare();
    await house.deploy(flows());
  });
  after(() => house.close());

  it('is opened all the same, and noticed in the background: log, red nodes, metrics', async () => {
    expect(await damagedGauge()).to.equal('0');
    const early = await sent(house, { key: 'early' });
    await until('the damage to be found', async () => (await damagedGauge()) === '1', { child: house.runtime });
    for (const node of ['send', 'wait']) {
      await until(`${node} to be red`, () => last(node)?.fill === 'red');
      expect(last(node)?.text).to.equal('ledger damaged');
    }
    expect(
      house.runtime.log().match(/LEDGER_DAMAGED: The ledger at .* is damaged .*restore the last backup/g),
    ).to.have.length(1);
    await sign(house, early);
    await until('work to go on', () => house.lines<{ envelope: string }>('reached.jsonl').length === 1);
  });

  it('and core-signature-ledger verify says what is damaged', () => {
    const program = path.join(projectRoot, 'bin', 'core-signature-ledger.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'verify', '--file', file], {
      encoding: 'utf8',
    });
    expect(stdout, stderr)
      .to.match(/^The file is damaged: .*page/m)
      .and.match(/^Not every journal can be read/m);
    expect(status).to.equal(2);
  });

  it('stays red whatever the nodes do, and is red under a node that is deployed later', async () => {
    const envelope = await sent(house, { key: 'late' });
    await sign(house, envelope);
    await until('work to go on', () => house.lines('reached.jsonl').length === 2);
    expect([last('send')?.fill, last('wait')?.fill]).to.deep.equal(['red', 'red']);
    await house.deploy(flows([waitFor('later', [[], [], []])]), 'nodes');
    await until('the new node to be red', () => last('later')?.fill === 'red');
    expect(house.runtime.log().match(/LEDGER_DAMAGED/g)).to.have.length(1);
  });
});
