import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import type { SignatureAccount } from '../../../dist/lib/process/account';
import { prepareEvidence } from '../../../dist/lib/process/archiving/evidence';
import type { ArchiveRequest } from '../../../dist/lib/process/archiving/types';
import { contractPdf } from '../../support/house';

const request = {
  trust: '',
  tsaUrl: '',
  maxBytes: 10_000_000,
  policy: { indeterminate: 'warn', noSignature: 'warn' },
} as unknown as ArchiveRequest;

/** An account with one signed document, as far as packing its evidence asks for it. */
const accountAt = (url: string): SignatureAccount => {
  const signed = {
    uuid: 'd1',
    name: 'Contract.pdf',
    external_id: 'order-1',
    status: 'si',
    processing: false,
    pdf: `${url}/signed.pdf`,
    security_hash: null,
    signing_log: null,
    file_as_pdf: null,
    attachments: [],
    signrequest: { uuid: 'r1', from_email: 'sender@example.com', signers: [] },
  };
  const ledger = { envelope: async () => null, journal: async () => ({ entries: [] }), operation: async () => null };
  return {
    id: 'account',
    lane: 'account',
    allowPrivateAddresses: true,
    clock: { now: () => Date.parse('2027-01-04T08:00:00Z') },
    client: { documents: { get: async () => signed }, events: { eventsOf: async () => [] } },
    dispatcher: { ledger: async () => ledger },
  } as unknown as SignatureAccount;
};

describe('evidence in the work folder', () => {
  let server: Server;
  let top: string;
  let account: SignatureAccount;

  before(async () => {
    server = createServer((_request, response) => void response.end(contractPdf));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    account = accountAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  after(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    top = mkdtempSync(path.join(tmpdir(), 'evidence-'));
  });
  afterEach(() => rmSync(top, { recursive: true }));

  it('is packed once, and used again by the next attempt', async () => {
    const folder = path.join(top, 'job', 'rules');
    const first = await prepareEvidence(account, 'd1', folder, request);
    expect(readFileSync(first.files[0]?.file.path ?? '').equals(contractPdf)).to.equal(true);
    expect(path.dirname(first.zip.path)).to.equal(folder);
    expect(await prepareEvidence(account, 'd1', folder, request)).to.deep.equal(first);
  });

  it('is the same for two attempts at the same time, in one process or after a long pause of it', async () => {
    const folder = path.join(top, 'job', 'rules');
    const attempts = await Promise.all([1, 2, 3].map(() => prepareEvidence(account, 'd1', folder, request)));
    for (const attempt of attempts) expect(attempt).to.deep.equal(attempts[0]);
    expect(readdirSync(path.dirname(folder)), 'what is left of the attempts').to.deep.equal(['rules']);
  });

  it('does not stumble over what an attempt before a crash had packed but not yet noted', async () => {
    const folder = path.join(top, 'job', 'rules');
    const first = await prepareEvidence(account, 'd1', folder, request);
    // The summary comes last.
    rmSync(path.join(folder, 'evidence.json'));
    const second = await prepareEvidence(account, 'd1', folder, request);
    expect(second.files[0]?.file.sha256).to.equal(first.files[0]?.file.sha256);
  });
});
