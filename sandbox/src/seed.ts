import type { Sandbox } from './context';
import { seedContentServer } from './ecm/content-server/seed';
import { newMember, newTeam } from './teams/make';
import { seedTemplates } from './templates/seed-templates';

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
  seedContentServer(sandbox);
  store.set('seeded', true);
  store.commit();
}
