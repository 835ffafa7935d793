import { expect } from 'chai';
import { baseUrlOf, tokenUrlOf } from '../../../dist/lib/core-signature/regions';

describe('regions', () => {
  it('have base URLs', () => {
    expect(baseUrlOf('us')).to.equal('https://sign.core.opentext.com/api/v1/');
    expect(baseUrlOf('eu', 'https://ignored/')).to.equal('https://sign.core.opentext.eu/api/v1/');
    expect(baseUrlOf('preproduction')).to.equal('https://staging.sign.core.opentext.com/api/v1/');
    expect(baseUrlOf('custom', ' https://sign.example.com ')).to.equal('https://sign.example.com/api/v1/');
    expect(baseUrlOf('custom', 'https://sign.example.com/x/api?y=1')).to.equal('https://sign.example.com/x/api/');
    expect(baseUrlOf('custom', 'http://127.0.0.1:8000')).to.equal('http://127.0.0.1:8000/api/v1/');
    expect(baseUrlOf('sandbox', 'http://sandbox:1890')).to.equal('http://sandbox:1890/api/v1/');
  });

  for (const url of [
    '',
    'sign.example.com',
    'http://sign.example.com/',
    'https://user:pw@sign.example.com/',
    'ftp://x/',
  ]) {
    it(`refuse "${url}" as custom URL`, () => {
      expect(() => baseUrlOf('custom', url))
        .to.throw()
        .with.include({ code: 'BAD_CONFIG', field: 'url' });
    });
  }

  it('have token endpoints', () => {
    expect(tokenUrlOf('us', 'ocp', { tenant: 'T 1' })).to.equal(
      'https://us.api.opentext.com/tenants/T%201/oauth2/token',
    );
    expect(tokenUrlOf('eu', 'otds', { tenant: 't' })).to.equal(
      'https://otdsauth.ot2.opentext.eu/otdstenant/t/oauth2/token',
    );
    const entered = { tokenUrl: 'https://auth.example.com/tenant/{tenant}/oauth2/token', tenant: 't' };
    expect(tokenUrlOf('custom', 'json', entered)).to.equal('https://auth.example.com/tenant/t/oauth2/token');
    expect(tokenUrlOf('sandbox', 'ocp', { baseUrl: 'http://127.0.0.1:1/api/v1/' })).to.equal(
      'http://127.0.0.1:1/tenants/sandbox/oauth2/token',
    );
  });

  it('say what is missing for a token endpoint', () => {
    expect(() => tokenUrlOf('us', 'ocp', {}))
      .to.throw()
      .with.include({ field: 'tenant' });
    expect(() => tokenUrlOf('preproduction', 'otds', { tenant: 't' }))
      .to.throw()
      .with.include({ field: 'tokenUrl' });
    expect(() => tokenUrlOf('us', 'ocp', { tokenUrl: 'http://auth.example.com/token' }))
      .to.throw()
      .with.include({ field: 'tokenUrl' });
  });
});
