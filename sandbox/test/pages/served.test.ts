import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { startStub } from './stub';

const assets = join(__dirname, '../../src/pages/static/assets');

describe('the pages as served', () => {
  let stub: Awaited<ReturnType<typeof startStub>>;
  before(async () => {
    stub = await startStub({});
  });
  after(() => stub.close());

  const get = (path: string) => fetch(stub.base + path);

  for (const [path, frames] of [
    ['/', true],
    ['/sign/some-token', false],
    ['/phone', true],
  ] as const) {
    it(`serves ${path} with a strict policy and nothing inline`, async () => {
      const response = await get(path);
      const html = await response.text();
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(response.status).to.equal(200);
      expect(policy).to.include("default-src 'none'").and.to.include("script-src 'self' 'wasm-unsafe-eval';");
      expect(policy).to.not.include('unsafe-inline');
      expect(policy.includes("frame-ancestors 'none'")).to.equal(frames);
      expect(response.headers.get('referrer-policy')).to.equal('no-referrer');
      expect(html).to.not.match(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/i);
      for (const [, address] of html.matchAll(/(?:src|href)="([^"#]+)"/g)) {
        expect(address).to.match(/^\/assets\//);
        expect((await get(address!)).status, address).to.equal(200);
      }
    });
  }

  it('serves every script a page imports, from this machine only', async () => {
    for (const file of readdirSync(assets)) {
      const text = readFileSync(join(assets, file), 'utf8');
      expect(text, file).to.not.match(/(?:from|import|url)\s*\(?\s*['"]?(?:https?:)?\/\//);
      for (const [, address] of text.matchAll(/from '([^']+)'/g)) {
        const response = await get(new URL(address!, `${stub.base}/assets/`).pathname);
        expect(response.status, `${file}: ${address}`).to.equal(200);
        expect(response.headers.get('content-type')).to.include('javascript');
      }
    }
  });

  it('serves the parts of pdf.js that pages load later', async () => {
    for (const path of [
      'legacy/build/pdf.worker.min.mjs',
      'cmaps/UniGB-UTF16-H.bcmap',
      'standard_fonts/LiberationSans-Regular.ttf',
      'wasm/openjpeg.wasm',
    ]) {
      expect((await get(`/assets/pdfjs/${path}`)).status, path).to.equal(200);
    }
    expect((await get('/assets/pdfjs/package.json')).status).to.equal(404);
    expect((await get('/assets/..%2findex.js')).status).to.be.within(400, 499);
  });
});
