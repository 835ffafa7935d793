import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { sandboxState } from '../../scripts/lib/signer';
import { httpIn, httpResponse, refusals, sandboxAccount, sendFromBody, tab, waitFor } from '../support/flows';
import { contractPdf, type House, openHouse } from '../support/house';

const pdf = contractPdf.toString('base64');
const anna = { email: 'anna@example.com' };

const emptyPdf = path.join(mkdtempSync(path.join(tmpdir(), 'core-signature-empty-')), 'empty.pdf');
writeFileSync(emptyPdf, '');

interface Row {
  title: string;
  to: '/send' | '/small' | '/template' | '/file' | '/wait' | '/wrong' | '/nowhere';
  body: object;
  code: string;
  says: RegExp;
}

const rows: Row[] = [
  { title: 'no document', to: '/send', body: { signers: [anna] }, code: 'NO_DOCUMENT', says: /document/ },
  {
    title: 'an empty document',
    to: '/file',
    body: { document: emptyPdf, signers: [anna] },
    code: 'BAD_DOCUMENT',
    says: /document.*empty/,
  },
  {
    title: 'other bytes under a .pdf name',
    to: '/send',
    body: { document: Buffer.from('Hello there').toString('base64'), documentName: 'a.pdf', signers: [anna] },
    code: 'BAD_DOCUMENT',
    says: /document.*not a PDF/,
  },
  {
    title: 'text that is not base64',
    to: '/send',
    body: { document: 'not base64!', documentName: 'a.pdf', signers: [anna] },
    code: 'BAD_DOCUMENT',
    says: /document.*base64/,
  },
  {
    title: 'a document over the size limit',
    to: '/small',
    body: { document: pdf, signers: [anna] },
    code: 'DOCUMENT_TOO_LARGE',
    says: /document.*limit/,
  },
  {
    title: 'a file that does not exist',
    to: '/file',
    body: { document: '/no/such/file.pdf', signers: [anna] },
    code: 'BAD_DOCUMENT',
    says: /document.*does not exist/,
  },
  { title: 'no signer', to: '/send', body: { document: pdf, signers: [] }, code: 'NO_SIGNER', says: /signers/ },
  {
    title: 'nobody who has to act',
    to: '/send',
    body: { document: pdf, signers: [{ ...anna, role: 'copy' }] },
    code: 'NO_SIGNER',
    says: /signers/,
  },
  {
    title: 'a bad e-mail address',
    to: '/send',
    body: { document: pdf, signers: [anna, { email: 'ben(at)example.com' }] },
    code: 'BAD_SIGNER',
    says: /signer 2: email/,
  },
  {
    title: 'a duplicate e-mail address',
    to: '/send',
    body: { document: pdf, signers: [anna, { email: 'ANNA@example.com' }] },
    code: 'DUPLICATE_SIGNER',
    says: /signer 2.*appears twice/,
  },
  {
    title: 'a negative order',
    to: '/send',
    body: { document: pdf, signers: [{ ...anna, order: -1 }] },
    code: 'BAD_SIGNER',
    says: /signer 1: order/,
  },
  {
    title: 'an unknown role',
    to: '/send',
    body: { document: pdf, signers: [{ ...anna, role: 'boss' }] },
    code: 'BAD_SIGNER',
    says: /signer 1: role/,
  },
  {
    title: 'an unknown template',
    to: '/template',
    body: { document: '99999999-9999-4999-8999-999999999999', signers: [anna] },
    code: 'UNKNOWN_TEMPLATE',
    says: /template/i,
  },
  { title: 'no template', to: '/template', body: { signers: [anna] }, code: 'NO_DOCUMENT', says: /template/ },
  {
    title: 'an expiry of 0 days',
    to: '/send',
    body: { document: pdf, signers: [anna], expireDays: 0 },
    code: 'BAD_INPUT',
    says: /expireDays.*at least 1/,
  },
  {
    title: 'an expiry of 731 days',
    to: '/send',
    body: { document: pdf, signers: [anna], expireDays: 731 },
    code: 'BAD_INPUT',
    says: /expireDays.*at most 730/,
  },
  {
    title: 'an expiry that is no number',
    to: '/send',
    body: { document: pdf, signers: [anna], expireDays: 'soon' },
    code: 'BAD_INPUT',
    says: /expireDays.*whole number/,
  },
  {
    title: 'an unknown status',
    to: '/wait',
    body: { envelope: '22222222-2222-4222-8222-222222222222', statuses: ['signd'] },
    code: 'UNKNOWN_STATUS',
    says: /statuses.*signd/,
  },
  {
    title: 'a message without an envelope',
    to: '/wait',
    body: { statuses: ['signed'] },
    code: 'NO_ENVELOPE',
    says: /envelope/,
  },
  {
    title: 'wrong credentials',
    to: '/wrong',
    body: { document: pdf, signers: [anna] },
    code: 'UNAUTHORIZED',
    says: /credentials|token/i,
  },
  {
    title: 'an unreachable host',
    to: '/nowhere',
    body: { document: pdf, signers: [anna] },
    code: 'UNREACHABLE',
    says: /reach/,
  },
];

describe('bad input', () => {
  let house: House;

  before(async () => {
    house = await openHouse({
      name: 'bad-input',
      flows: [tab(), sandboxAccount(), httpIn('/ready', ['answer'], 'get'), httpResponse()],
    });
    await house.deploy(flows());
  });
  after(() => house.close());

  const flows = (): object[] => {
    const nodes = {
      '/send': sendFromBody('send', ['answer']),
      '/small': sendFromBody('small', ['answer'], { maxSizeMb: '0.005' }),
      '/template': sendFromBody('template', ['answer'], { documentSource: 'template' }),
      '/file': sendFromBody('file', ['answer'], { documentSource: 'file' }),
      '/wrong': sendFromBody('wrong', ['answer'], { account: 'wrong account' }),
      '/nowhere': sendFromBody('nowhere', ['answer'], { account: 'nowhere account', retrySeconds: '0' }),
      '/wait': waitFor('wait', [['answer'], ['answer'], ['answer']], {
        envelope: 'payload.envelope',
        statusesSource: 'property',
        statusesProperty: 'payload.statuses',
      }),
    };
    return [
      tab(),
      sandboxAccount(),
      sandboxAccount({ id: 'wrong account', credentials: { token: 'wrong-token' } }),
      sandboxAccount({ id: 'nowhere account', url: 'http://127.0.0.1:9/' }),
      ...Object.entries(nodes).flatMap(([url, node]) => [httpIn(url, [node.id]), node]),
      httpResponse(),
      ...refusals(Object.values(nodes).map(({ id }) => id)),
    ];
  };

  for (const { title, to, body, code, says } of rows) {
    it(`${title}: ${code}, and nothing is sent`, async () => {
      const answer = await fetch(`${house.runtime.url}${to}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const reason = (await answer.json()) as { code: string; message: string };
      expect(answer.status, JSON.stringify(reason)).to.equal(422);
      expect(reason.code, reason.message).to.equal(code);
      expect(reason.message).to.match(says);
      const { documents, mails } = await sandboxState(house.sandbox.url);
      expect(documents, 'documents at the service').to.deep.equal([]);
      expect(mails, 'mails').to.deep.equal([]);
    });
  }

  it('leaves the runtime as healthy as before: a good message goes out', async () => {
    const answer = await fetch(`${house.runtime.url}/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ document: pdf, signers: [anna], title: 'Good' }),
    });
    expect(answer.status).to.equal(200);
    expect(((await answer.json()) as { status: string }).status).to.equal('sent');
  });
});
