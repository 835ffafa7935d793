import { randomUUID } from 'node:crypto';
import type { Sandbox } from './context';
import type { Member, Team } from './model';
import { seedTemplates } from './templates/seed-templates';

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

const accounts = [
  {
    team: { uuid: 'sandbox', name: 'Sandbox Team' },
    token: 'sandbox-token',
    members: [
      { email: 'sender@sandbox.example', firstName: 'Sandbox', lastName: 'Sender', isOwner: true },
      { email: 'colleague@sandbox.example', firstName: 'Second', lastName: 'Sender', isOwner: false },
    ],
  },
  {
    team: { uuid: 'other', name: 'Other Team' },
    token: 'other-token',
    members: [{ email: 'sender@other.example', firstName: 'Other', lastName: 'Sender', isOwner: true }],
  },
];

/** Fills an empty store with two accounts that do not see each other, and the templates of the first. */
export async function seed(sandbox: Sandbox): Promise<void> {
  const { store } = sandbox;
  if (store.setting('seeded') === true) return;
  for (const account of accounts) {
    const team = store.teams.put(newTeam(account.team.uuid, account.team.name));
    const [owner] = account.members.map((member) => {
      return store.members.put(newMember(team, { ...member, isAdmin: member.isOwner }));
    });
    store.apiTokens.put({
      uuid: account.token,
      team: team.uuid,
      member: owner?.uuid ?? '',
      name: `${team.name} token`,
    });
  }
  await seedTemplates(sandbox);
  store.set('seeded', true);
  store.commit();
}

/** A team without anything in it. */
export function newTeam(subdomain: string, name: string): Team {
  return { uuid: subdomain, name, phone: '', primaryColor: '#0065a8', eventsCallbackUrl: null };
}

/** A member of a team. */
export function newMember(team: Team, given: Omit<Member, 'uuid' | 'team' | 'isActive'>): Member {
  return { uuid: randomUUID(), team: team.uuid, isActive: true, ...given };
}
