import { expect } from 'chai';
import { type Json, TestSandbox, textFile } from './helpers';

describe('sandbox: lists, filters, search', () => {
  const sandbox = new TestSandbox();
  const documents: Json[] = [];
  before(async () => {
    await sandbox.start();
    for (let i = 1; i <= 12; i++) {
      const fields = {
        ...textFile(`Number ${i} [[t|0|id:city]]`),
        name: `Lease-Contract ${i}.txt`,
        external_id: `L-${i}`,
      };
      documents.push(await sandbox.post('/documents/', fields));
    }
    for (const one of documents) await sandbox.documentWith(one.url, (document) => document.status === 'ne');
    const last = documents[11];
    await sandbox.post('/signature-requests/', {
      document: last.url,
      signers: [{ email: 'a@example.com' }],
      who: 'mo',
    });
    await sandbox.documentWith(last.url, (document) => document.status === 'se');
  });
  after(() => sandbox.stop());

  it('pages with absolute links, ten at a time unless told otherwise, newest first', async () => {
    const first = await sandbox.get('/documents/');
    expect([first.count, first.results.length, first.previous]).to.deep.equal([12, 10, null]);
    expect(first.results[0].uuid).to.equal(documents[11].uuid);
    const second = await sandbox.get(first.next);
    expect(second.results.map((one: Json) => one.uuid)).to.deep.equal([documents[1].uuid, documents[0].uuid]);
    expect([second.next, new URL(second.previous).searchParams.get('page')]).to.deep.equal([null, '1']);
    const five = await sandbox.get('/documents/?limit=5&page=3&status=ne');
    expect([five.results.length, new URL(five.previous).searchParams.get('status')]).to.deep.equal([1, 'ne']);
    const beyond = await sandbox.api('GET', '/documents/?page=9');
    expect([beyond.status, beyond.body]).to.deep.equal([404, { detail: 'Invalid page.' }]);
    expect((await sandbox.get('/documents/?limit=1000')).results).to.have.length(12);
  });

  it('filters documents, and lets a misspelt filter through', async () => {
    const count = async (query: string) => (await sandbox.get(`/documents/?${query}`)).count;
    const today = new Date().toISOString().slice(0, 10);
    expect(await count('external_id=L-3')).to.equal(1);
    expect(await count('status=se')).to.equal(1);
    expect(await count('signrequest__who=mo')).to.equal(1);
    expect(await count('signrequest__who=o')).to.equal(0);
    expect(await count('signrequest__from_email=SENDER@sandbox.example')).to.equal(1);
    expect(await count('user__email=sender@sandbox.example&user__last_name=sender')).to.equal(12);
    expect(await count(`created=${today}`)).to.equal(12);
    expect(await count('created=2001-01-01')).to.equal(0);
    expect(await count('externalid=L-3')).to.equal(12);
  });

  it('filters events and signature requests', async () => {
    const uuid = documents[11].uuid;
    const events = async (query: string) => (await sandbox.get(`/events/?${query}`)).count;
    expect(await events(`document__uuid=${uuid}`)).to.equal(2);
    expect(await events(`document__uuid=${uuid}&event_type=sent`)).to.equal(1);
    expect(await events('document__external_id=L-12&document__status=se&document__signrequest__who=mo')).to.equal(2);
    expect(await events('event_type=sent&delivered=False&status=ok')).to.equal(1);
    expect(await events('event_type=sent&delivered=True')).to.equal(0);
    expect((await sandbox.get('/signature-requests/?who=mo')).count).to.equal(1);
    expect((await sandbox.get('/signrequests/?from_email=nobody@example.com')).count).to.equal(0);
    const byNumber = await sandbox.get('/events/1/');
    expect(byNumber.event_type).to.equal('converted');
  });

  it('searches by words, with several values in one filter', async () => {
    const names = async (query: string) =>
      (await sandbox.get(`/documents-search/?${query}`)).results.map((one: Json) => one.name);
    expect(await names('name=lease&limit=2')).to.have.length(2);
    expect(await names('q=contract 7'))
      .to.have.length.greaterThan(0)
      .and.include('Lease-Contract 7.txt');
    expect((await names('q=contract 7'))[0]).to.equal('Lease-Contract 7.txt');
    expect(await names('autocomplete=leas&status=se|vi')).to.deep.equal(['Lease-Contract 12.txt']);
    expect(await names('q=nothing')).to.deep.equal([]);
    expect(await names('signer_emails=a@example.com&who=mo|m')).to.deep.equal(['Lease-Contract 12.txt']);
    expect(await names('subdomain=elsewhere')).to.deep.equal([]);
    const [row] = (await sandbox.get('/documents-search/?status=se')).results;
    expect([row.status_display, row.subdomain, row.from_email]).to.deep.equal([
      'sent',
      'sandbox',
      'sender@sandbox.example',
    ]);
  });

  it('exports csv and xls, also by signer with a column per external id', async () => {
    await sandbox.sign(documents[11].uuid, 'sender@sandbox.example');
    const plain = await sandbox.api('GET', '/documents-search/?format=csv');
    expect(plain.headers.get('content-type')).to.match(/^text\/csv/);
    expect(plain.body.trim().split('\r\n')).to.have.length(13);
    const csv = (await sandbox.api('GET', '/documents-search/?format=csv&signer_data=1&status=vi')).body
      .trim()
      .split('\r\n');
    const heading = csv[0].split(',');
    const cells = csv[1].split(',');
    expect(csv).to.have.length(3);
    expect(cells[heading.indexOf('signer_email')]).to.equal('sender@sandbox.example');
    expect(cells[heading.indexOf('city')]).to.equal('some text');
    const xls = await sandbox.api('GET', '/documents-search/?format=xls&q=contract');
    expect(xls.headers.get('content-type')).to.match(/^application\/vnd\.ms-excel/);
    expect(xls.body).to.include('<Workbook').and.include('Lease-Contract 7.txt');
  });

  it('lists templates with stable ids, and makes documents of them', async () => {
    const list = await sandbox.get('/templates/');
    const nda = list.results.find((one: Json) => one.name === 'Mutual NDA');
    expect(nda.uuid).to.equal('0f4c1e52-8a0b-4b7e-9c51-5d1f6a2b3c01');
    expect(nda.signers).to.have.length(2);
    const places = nda.signers.flatMap((signer: Json) => signer.placeholders);
    expect(places.map((one: Json) => one.external_id)).to.include.members(['company_a', 'signature_b']);
    const { document } = await sandbox.send({
      file_from_content: undefined,
      file_from_content_name: undefined,
      template: nda.url,
      signers: [{ email: 'a@example.com' }, { email: 'b@example.com' }],
      prefill_tags: [{ external_id: 'company_b', text: 'Beta Ltd' }],
    });
    expect([document.template, document.name]).to.deep.equal([nda.url, 'Mutual NDA.pdf']);
    const view = (await sandbox.call('GET', await sandbox.link(document.uuid, 'b@example.com'))).body;
    const company = view.fields.find((field: Json) => field.externalId === 'company_b');
    expect(company.value).to.equal('Beta Ltd');
    expect(places.map((one: Json) => one.uuid)).to.include(company.id);
  });
});
