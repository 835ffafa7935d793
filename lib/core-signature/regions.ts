/**
 * Where Core Signature is, and where its tokens come from. Source: API docs, "base URLs" and "OAuth 2"; an address that is
 * not published is left to be entered.
 */
import { SignatureError } from '../errors';

export const regionNames = ['us', 'eu', 'preproduction', 'custom', 'sandbox'] as const;
export type Region = (typeof regionNames)[number];

/** How an account logs on: OpenText Cloud Platform, OTDS with a form, OTDS with JSON, or a fixed token. */
export const authKinds = ['ocp', 'otds', 'json', 'token'] as const;
export type AuthKind = (typeof authKinds)[number];

interface RegionAddresses {
  /** Undefined where it has to be entered. */
  baseUrl?: string;
  /** Token endpoints with `{tenant}` in place of the tenant (site) id. */
  tokenUrls: Partial<Record<AuthKind, string>>;
}

export const regions: Readonly<Record<Region, RegionAddresses>> = {
  us: {
    baseUrl: 'https://sign.core.opentext.com/api/v1/',
    tokenUrls: {
      ocp: 'https://us.api.opentext.com/tenants/{tenant}/oauth2/token',
      otds: 'https://otdsauth.ot2.opentext.com/otdstenant/{tenant}/oauth2/token',
    },
  },
  eu: {
    baseUrl: 'https://sign.core.opentext.eu/api/v1/',
    tokenUrls: {
      ocp: 'https://eu.api.opentext.com/tenants/{tenant}/oauth2/token',
      otds: 'https://otdsauth.ot2.opentext.eu/otdstenant/{tenant}/oauth2/token',
    },
  },
  preproduction: { baseUrl: 'https://staging.sign.core.opentext.com/api/v1/', tokenUrls: {} },
  custom: { tokenUrls: {} },
  sandbox: { tokenUrls: {} },
};

const apiPath = '/api/v1/';

/** Plain http would show the credentials to the network; only to this computer and to a sandbox is it allowed. */
const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);

function checkedUrl(entered: string, field: string, plainAllowed: boolean): URL {
  const url = URL.canParse(entered) ? new URL(entered) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new SignatureError(
      'BAD_CONFIG',
      `${field} is not a URL. Enter one such as "https://sign.example.com/api/v1/".`,
      {
        field,
      },
    );
  }
  if (url.protocol === 'http:' && !plainAllowed && !isLoopback(url.hostname)) {
    throw new SignatureError('BAD_CONFIG', `${field} must begin with https://, because credentials are sent to it.`, {
      field,
    });
  }
  return url;
}

/**
 * The base URL of the API, always with a final slash.
 *
 * @param region chosen in the dialog
 * @param entered URL for `custom` and `sandbox`; a bare host gets `/api/v1/`
 * @throws SignatureError BAD_CONFIG naming `url`
 */
export function baseUrlOf(region: Region, entered = ''): string {
  const known = regions[region].baseUrl;
  if (known !== undefined) return known;
  if (entered.trim() === '') {
    throw new SignatureError('BAD_CONFIG', 'url is empty. Enter the address of the service.', { field: 'url' });
  }
  const url = checkedUrl(entered.trim(), 'url', region === 'sandbox');
  const path = url.pathname === '/' ? apiPath : url.pathname;
  return `${url.origin}${path.endsWith('/') ? path : `${path}/`}`;
}

/**
 * The token endpoint of an account.
 *
 * @param region chosen in the dialog
 * @param auth way to log on; `token` needs no endpoint
 * @param settings `tokenUrl` as entered (wins when not empty), `tenant` the tenant or site id, `baseUrl` of a sandbox,
 *   which issues its tokens itself
 * @throws SignatureError BAD_CONFIG naming `tokenUrl` or `tenant`
 */
export function tokenUrlOf(
  region: Region,
  auth: Exclude<AuthKind, 'token'>,
  settings: { tokenUrl?: string; tenant?: string; baseUrl?: string },
): string {
  const tenant = settings.tenant?.trim() ?? '';
  const entered = settings.tokenUrl?.trim() ?? '';
  const sandbox =
    region === 'sandbox' && settings.baseUrl !== undefined
      ? `${new URL(settings.baseUrl).origin}${sandboxTokenPaths[auth]}`
      : undefined;
  const pattern = entered !== '' ? entered : (regions[region].tokenUrls[auth] ?? sandbox);
  if (pattern === undefined) {
    throw new SignatureError(
      'BAD_CONFIG',
      'tokenUrl is empty. Enter the token endpoint; none is published for this service.',
      {
        field: 'tokenUrl',
      },
    );
  }
  if (pattern.includes('{tenant}') && tenant === '' && region !== 'sandbox') {
    throw new SignatureError('BAD_CONFIG', 'tenant is empty. Enter the tenant (site) id from the Admin Center.', {
      field: 'tenant',
    });
  }
  const filled = pattern.replace('{tenant}', encodeURIComponent(tenant === '' ? 'sandbox' : tenant));
  return checkedUrl(filled, 'tokenUrl', region === 'sandbox').href;
}

const sandboxTokenPaths = {
  ocp: '/tenants/{tenant}/oauth2/token',
  otds: '/otdstenant/{tenant}/oauth2/token',
  json: '/tenant/{tenant}/oauth2/token',
} as const;
