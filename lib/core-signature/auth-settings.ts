/** How an account logs on, secrets included. */

/** A fixed token. `Token` is the scheme of API keys, `Bearer` of OAuth. */
export interface StaticAuth {
  kind: 'token';
  token: string;
  scheme: 'Token' | 'Bearer';
}

/** OpenText Cloud Platform: client credentials. */
export interface OcpAuth {
  kind: 'ocp';
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  /** Where the client's credentials go; default `basic`. */
  credentialsIn?: 'basic' | 'body';
}

/** OTDS: fields in a form (`otds`) or in JSON (`json`). */
export interface OtdsAuth {
  kind: 'otds' | 'json';
  tokenUrl: string;
  grant: 'client_credentials' | 'password';
  clientId: string;
  clientSecret: string;
  username?: string;
  password?: string;
  subscription?: string;
}

export type OAuth = OcpAuth | OtdsAuth;
export type AuthSettings = StaticAuth | OAuth;
