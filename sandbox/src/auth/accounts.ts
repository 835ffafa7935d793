/** OAuth clients that are known out of the box. These are no secrets: they open nothing but a sandbox. */
export const clients = [
  { id: 'sandbox-client', secret: 'sandbox-secret', team: 'sandbox' },
  { id: 'other-client', secret: 'other-secret', team: 'other' },
] as const;

/** Users of the password grant. */
export const users = [
  { name: 'sandbox-user', password: 'sandbox-password', team: 'sandbox' },
  { name: 'other-user', password: 'other-password', team: 'other' },
] as const;
