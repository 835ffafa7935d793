import { expect } from 'chai';
import { EcmSandbox, fileWith, type Json } from './helpers';

describe('sandbox: Content Server with the client of the package', () => {
  const sandbox = new EcmSandbox();
  before(async () => {
    await sandbox.start();
    await sandbox.logIn();
  });
  after(() => sandbox.stop());

  const metadata = {
    attributes: { '12600_2': '4711', '12600_3': 'Contract' },
    classifications: ['112'],
    description: 'Signed',
  };
  const record = { classification: '222', official: true, hold: 'Audit 2026' };

  it('files a document in a workspace with metadata and record, once', async () => {
    const repository = sandbox.repository('content-server');
    const file = await sandbox.file('contract.pdf', 'signed contract');
    const container = {
      by: 'businessObject',
      system: 'SAP',
      type: 'EMPLOYEE',
      id: '4711',
      path: 'Contracts/2026',
    } as const;
    const item = { container, file, key: 'sig_e1_signed', collision: 'adopt' as const, metadata, record };
    expect((await fileWith(repository, item)).outcome).to.equal('created');
    expect((await fileWith(repository, item)).outcome).to.equal('duplicate');
    const [filed, ...others] = (await sandbox.filed()).filter(({ name }) => name === 'contract.pdf');
    expect(others).to.deep.equal([]);
    expect(filed).to.include({
      service: 'content-server',
      path: 'Enterprise/Human Resources/Employee Files/4711 Anna Berger/Contracts/2026',
      size: file.size,
      sha256: file.sha256,
    });
    expect(filed.metadata).to.include({
      nickname: 'sig_e1_signed',
      'Employee Document: Personnel Number': '4711',
      'Employee Document: Document Type': 'Contract',
    });
    expect(filed.record).to.deep.include({
      classification: 'Personnel Records',
      official: true,
      holds: ['Audit 2026'],
    });
  });

  it('adds a version under the policy, and by the workspace type and name', async () => {
    const repository = sandbox.repository('content-server');
    const container = { by: 'workspace', type: 'Matter', name: 'M-2026-002 Globex Lease' } as const;
    const one = {
      container,
      key: 'sig_v_1',
      collision: 'version' as const,
      file: await sandbox.file('lease.pdf', 'one'),
    };
    const two = { ...one, key: 'sig_v_2', file: await sandbox.file('lease.pdf', 'two!') };
    await fileWith(repository, one);
    expect((await fileWith(repository, two)).outcome).to.equal('versioned');
    const filed = (await sandbox.filed()).find(({ name }) => name === 'lease.pdf');
    expect(filed.versions.map((version: Json) => version.size)).to.deep.equal([3, 4]);
  });

  for (const kind of ['otdsTicket', 'otdsOAuth']) {
    it(`logs in by ${kind}`, async () => {
      const auth = {
        kind,
        otdsUrl: sandbox.url,
        ...(kind === 'otdsTicket'
          ? { username: 'sandbox-user', password: 'sandbox-password' }
          : { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' }),
      };
      const repository = sandbox.repository('content-server', { auth });
      expect((await repository.containers()).map(({ name }) => name)).to.include('Human Resources');
    });
  }

  it('is told what the dialog shows', async () => {
    const repository = sandbox.repository('content-server');
    expect((await repository.types()).map(({ name }) => name)).to.include('Employee Document');
    const attributes = await repository.attributes('12508');
    expect(attributes.find(({ id }) => id === '12508_2')).to.deep.include({ name: 'Status', required: true });
    expect(attributes.find(({ id }) => id === '12508_6')).to.deep.include({ multiple: true });
    expect(attributes.find(({ id }) => id === '12508_4')).to.deep.include({ type: 'date' });
  });

  it('gets plain errors for what is refused', async () => {
    const repository = sandbox.repository('content-server');
    const file = await sandbox.file('errors.pdf', 'x');
    const container = { by: 'path', path: 'Sales' } as const;
    const item = { container, file, key: 'sig_err', collision: 'adopt' as const };
    const code = (more: Json, faults: Json = {}) =>
      sandbox
        .faults(faults)
        .then(() => fileWith(repository, { ...item, ...more }))
        .then(
          () => 'no error',
          (error: { code: string }) => error.code,
        );
    expect(await code({ container: { by: 'id', id: '999999' } })).to.equal('NO_CONTAINER');
    expect(await code({ metadata: { attributes: { '12508_3': 'x' } } })).to.equal('MISSING_ATTRIBUTE');
    expect(await code({ metadata: { attributes: { '99999_3': 'x' } } })).to.equal('UNKNOWN_TYPE');
    expect(await code({}, { ecm: [{ kind: 'quota' }] })).to.equal('QUOTA_FULL');
    expect((await sandbox.filed()).some(({ name }) => name === 'errors.pdf')).to.equal(false);
    expect(await code({}, { ecm: [{ kind: 'corrupt' }] })).to.equal('HASH_MISMATCH');
    expect(
      await code({ record: { classification: '222' } }, { ecm: [{ kind: 'retention', step: 'record' }] }),
    ).to.equal('RETENTION');
    expect(await code({})).to.equal('no error');
  });
});
