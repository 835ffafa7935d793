import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { contractPdf, example, type House, openHouse, projectRoot, until } from '../support/house';
import { invitations, sign } from './steps';

const run = promisify(execFile);

describe('main path', () => {
  it('the demo ends well, with the promised line at its end', async () => {
    const demo = ['--import', 'tsx', path.join('scripts', 'demo.ts')];
    const { stdout } = await run(process.execPath, demo, { cwd: projectRoot, timeout: 60_000 });
    const { envelope, seconds, ...rest } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(rest).to.deep.equal({ status: 'signed', signers: 2, restarts: 1, emitted: 1, duplicates: 0, lost: 0 });
    expect(envelope).to.match(/^[0-9a-f-]{36}$/);
    expect(seconds).to.be.within(0, 60);
  });

  for (const nodeRed of ['node-red', 'node-red-4'] as const) {
    describe(`the shipped example on ${nodeRed === 'node-red' ? 'Node-RED 5' : 'Node-RED 4.1'}`, () => {
      let house: House;

      before(async () => {
        house = await openHouse({ name: `main-path-${nodeRed}`, nodeRed, flows: example('01 - Sign a contract') });
      });
      after(() => house.close());

      const postContract = async (key: string, ...signers: string[]) => {
        const query = new URLSearchParams([['name', 'Offer'], ['key', key], ...signers.map((one) => ['signer', one])]);
        const answer = await fetch(`${house.runtime.url}/contracts?${query}`, {
          method: 'POST',
          headers: { 'content-type': 'application/pdf' },
          body: contractPdf,
        });
        return { status: answer.status, body: (await answer.json()) as { envelope: string; status: string } };
      };

      it('runs the Node-RED it says', () => {
        expect(house.runtime.log()).to.match(nodeRed === 'node-red' ? /Node-RED version: v5\./ : /version: v4\.1\./);
      });

      it('sends, mails the second signer only after the first has signed, and continues once at the end', async () => {
        const { status, body } = await postContract('M-1', 'anna@example.com', 'ben@example.com');
        expect(status, JSON.stringify(body)).to.equal(202);
        expect(body.status).to.equal('sent');
        await until('the first invitation', async () => (await invitations(house, body.envelope)).length > 0);
        expect(await invitations(house, body.envelope)).to.deep.equal(['anna@example.com']);

        await sign(house, body.envelope, 'anna@example.com');
        await until('the second invitation', async () => (await invitations(house, body.envelope)).length === 2);
        expect(house.lines('outcomes.jsonl'), 'outcomes before everyone has signed').to.deep.equal([]);

        await sign(house, body.envelope, 'ben@example.com');
        await until('the outcome', () => house.lines('outcomes.jsonl').length > 0, { child: house.runtime });
        const [line, ...more] = house.lines<Record<string, unknown>>('outcomes.jsonl');
        expect(more).to.deep.equal([]);
        expect(line).to.include({
          envelope: body.envelope,
          key: 'M-1',
          outcome: 'reached',
          status: 'signed',
          signers: 2,
        });
      });

      it('answers a refused order with 422, the code and the reason', async () => {
        const { status, body } = await postContract('M-2');
        expect(status).to.equal(422);
        expect(body).to.include({ error: 'NO_SIGNER' });
      });
    });
  }
});
