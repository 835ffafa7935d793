import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { type FilingItem, fileOne } from '../../dist/lib/archive/repositories/file';
import { openRepository } from '../../dist/lib/archive/repositories/open';
import type { Repository } from '../../dist/lib/archive/repositories/types';
import type { SignatureError } from '../../dist/lib/errors';
import { until } from '../../scripts/lib/child';
import { anyPort } from '../../scripts/lib/ports';

const programs = [process.env.APACHE, '/usr/sbin/apache2', '/usr/sbin/httpd'];
const program = programs.find((one): one is string => one !== undefined && existsSync(one));
const moduleFolders = [process.env.APACHE_MODULES, '/usr/lib/apache2/modules', '/usr/lib64/httpd/modules'];
const moduleFolder = moduleFolders.find((one): one is string => one !== undefined && existsSync(one));

/** `user:secret`, as `htpasswd -s` writes it. */
const passwords = `user:{SHA}${createHash('sha1').update('secret').digest('base64')}\n`;

function configuration(folder: string, port: number, modules: string): string {
  const wanted = ['mpm_event', 'authz_core', 'authz_user', 'authn_core', 'authn_file', 'auth_basic', 'dav', 'dav_fs'];
  // Some builds have a module compiled in.
  const there = wanted.filter((name) => existsSync(path.join(modules, `mod_${name}.so`)));
  const user = process.getuid?.() === 0 ? 'User nobody\nGroup #65534' : '';
  return `
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${folder}/pid
ErrorLog ${folder}/errors.log
DocumentRoot ${folder}/files
${there.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
${user}
DavLockDB ${folder}/locks/db
<Directory ${folder}/files>
  Dav On
  AuthType Basic
  AuthName archive
  AuthUserFile ${folder}/passwords
  Require valid-user
</Directory>
`;
}

/** Everything that is reachable for the user Apache gives itself when it is started as root. */
function handOver(...files: string[]): void {
  if (process.getuid?.() === 0) for (const file of files) chownSync(file, 65534, 65534);
}

describe('Apache mod_dav', () => {
  let folder = '';
  let server: ChildProcess | undefined;
  let repository: Repository;
  let documents = '';

  before(async function () {
    if (program === undefined || moduleFolder === undefined) {
      console.log('      Skipped: Apache is not installed (Debian: apt-get install apache2-bin).');
      return this.skip();
    }
    folder = mkdtempSync(path.join(tmpdir(), 'mod-dav-'));
    documents = path.join(folder, 'files');
    for (const name of ['files', 'locks']) mkdirSync(path.join(folder, name));
    const port = await anyPort();
    writeFileSync(path.join(folder, 'passwords'), passwords);
    writeFileSync(path.join(folder, 'httpd.conf'), configuration(folder, port, moduleFolder));
    handOver(folder, documents, path.join(folder, 'locks'));
    server = spawn(program, ['-f', path.join(folder, 'httpd.conf'), '-DFOREGROUND'], { stdio: 'inherit' });
    const url = `http://127.0.0.1:${port}/`;
    await until('Apache to answer', async () => (await fetch(url)).status === 401);
    const credentials = { kind: 'basic', username: 'user', password: 'secret' };
    repository = openRepository({ kind: 'webdav', url, credentials }, { userAgent: 'test' });
  });

  after(async () => {
    if (server !== undefined) {
      const gone = new Promise((resolve) => server?.once('exit', resolve));
      server.kill('SIGTERM');
      await gone;
    }
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  const item = (content: string | Buffer, more: Partial<FilingItem> = {}): FilingItem => {
    const sha256 = createHash('sha256').update(content).digest('hex');
    const where = path.join(folder, `source-${sha256.slice(0, 12)}`);
    writeFileSync(where, content);
    const file = {
      path: where,
      size: Buffer.byteLength(content),
      sha256,
      name: 'contract.pdf',
      mimeType: 'application/pdf',
    };
    return {
      container: { by: 'path', path: 'Contracts/2026' },
      file,
      key: 'sig_1_signed',
      collision: 'adopt',
      ...more,
    };
  };
  const file = (one: FilingItem) => fileOne(repository, one, {}, async () => {});
  const stored = (name: string) => readFileSync(path.join(documents, 'Contracts', '2026', name), 'utf8');
  const names = () =>
    readdirSync(path.join(documents, 'Contracts', '2026'))
      .filter((name) => !name.startsWith('.'))
      .toSorted();

  it('answers to a connection test', () => repository.test());

  it('makes the folders and stores the bytes once', async () => {
    expect(await file(item('signed'))).to.include({ outcome: 'created', verified: 'equal', name: 'contract.pdf' });
    expect(await file(item('signed'))).to.include({ outcome: 'duplicate', name: 'contract.pdf' });
    expect(stored('contract.pdf')).to.equal('signed');
    expect(names()).to.deep.equal(['contract.pdf']);
  });

  it('never writes over another document', async () => {
    const refused = await file(item('other', { key: 'sig_2_signed' })).catch((thrown: SignatureError) => thrown.code);
    expect(refused).to.equal('NAME_NOT_ALLOWED');
    expect(stored('contract.pdf')).to.equal('signed');
  });

  it('gives it another name when asked to', async () => {
    const other = item('other', { key: 'sig_2_signed', collision: 'rename' });
    expect(await file(other)).to.include({ outcome: 'created', name: 'contract (2).pdf' });
    expect(await file(other)).to.include({ outcome: 'duplicate', name: 'contract (2).pdf' });
    expect(names()).to.deep.equal(['contract (2).pdf', 'contract.pdf']);
  });

  it('keeps names that are not ASCII, and metadata', async () => {
    const { file: source, ...rest } = item('Prüfung', { key: 'sig_3_signed' });
    const named = { ...rest, file: { ...source, name: 'Vertrag Müller & Söhne #7 100%.pdf' } };
    const metadata = { attributes: { matter: 'M-2026/17 <ä>' } };
    expect(await file({ ...named, metadata })).to.include({ outcome: 'created', verified: 'equal' });
    expect(stored('Vertrag Müller & Söhne #7 100%.pdf')).to.equal('Prüfung');
  });

  it('takes a large document', async () => {
    const large = item(Buffer.alloc(20 * 1024 * 1024, 'x'), { key: 'sig_4_signed', collision: 'rename' });
    expect(await file(large)).to.include({ outcome: 'created', verified: 'equal' });
  });
});
