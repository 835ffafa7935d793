import { apiUrl, type Sandbox } from '../context';
import type { Member, Team } from '../model';

/** The short form in which a team appears inside other objects. */
export function inlineTeam(sandbox: Sandbox, subdomain: string) {
  const team = sandbox.store.teams.get(subdomain);
  return { name: team?.name ?? subdomain, subdomain, url: apiUrl(sandbox, 'teams', subdomain) };
}

/** A member as the user of a document, or null when there is none of that address any more. */
export function userJson(sandbox: Sandbox, team: string, email: string) {
  const member = sandbox.store.members.all().find((one) => one.team === team && one.email === email);
  return member ? memberUser(member) : null;
}

function memberUser(member: Member) {
  const name = `${member.firstName} ${member.lastName}`.trim();
  return {
    email: member.email,
    first_name: member.firstName,
    last_name: member.lastName,
    display_name: name === '' ? member.email : `${name} (${member.email})`,
  };
}

/** A member inside its team. */
export function inlineMember(sandbox: Sandbox, member: Member) {
  return {
    uuid: member.uuid,
    url: apiUrl(sandbox, 'team-members', member.uuid),
    user: memberUser(member),
    is_admin: member.isAdmin,
    is_active: member.isActive,
    is_owner: member.isOwner,
  };
}

/** A member on its own. */
export function memberJson(sandbox: Sandbox, member: Member) {
  return { ...inlineMember(sandbox, member), team: inlineTeam(sandbox, member.team) };
}

/** A whole team with its members. */
export function teamJson(sandbox: Sandbox, team: Team) {
  return {
    ...inlineTeam(sandbox, team.uuid),
    logo: null,
    phone: team.phone,
    primary_color: team.primaryColor,
    events_callback_url: team.eventsCallbackUrl,
    members: sandbox.store.members
      .all()
      .filter((member) => member.team === team.uuid)
      .map((member) => inlineMember(sandbox, member)),
    delete_after: null,
    sandbox: true,
  };
}
