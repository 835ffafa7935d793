import type { Router } from 'express';
import type { Sandbox } from '../context';
import { type Call, resource } from '../http/answer';
import { forbidden, invalid, notFound } from '../http/errors';
import { paginate } from '../http/paging';
import { bool, email, fields, filledText, read, text, url } from '../http/validate';
import type { Team } from '../model';
import { teamJson } from './json';
import { newMember, newTeam } from './make';

const slug = filledText(100).refine(
  (value) => value === '' || /^[-a-zA-Z0-9_]+$/.test(value),
  'Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.',
);
const color = text(100).refine(
  (value) => value === '' || /^[#a-zA-Z0-9]+$/.test(value),
  'This value does not match the required pattern.',
);
const details = { phone: text(100).optional(), primary_color: color.optional(), events_callback_url: url().nullish() };
const newTeamSchema = fields({ name: filledText(100), subdomain: slug, ...details });
const changeSchema = fields({ name: filledText(100).optional(), subdomain: slug.optional(), ...details });
const inviteSchema = fields({ email: email(), is_admin: bool().default(false), is_owner: bool().default(false) });

/** `/teams/`: the teams of which the caller is a member. A team's documents stay with it; its subdomain is its key. */
export function teams(sandbox: Sandbox, router: Router): void {
  const { store } = sandbox;
  const mine = (call: Call): Team[] => {
    const subdomains = new Set(
      store.members
        .all()
        .filter((member) => member.email === call.caller.member.email)
        .map((member) => member.team),
    );
    return store.teams.newest((team) => subdomains.has(team.uuid));
  };
  const found = (call: Call): Team => {
    const team = mine(call).find((candidate) => candidate.uuid === call.id);
    if (team === undefined) throw notFound();
    return team;
  };
  const apply = (team: Team, given: { name?: string } & Partial<ReturnType<typeof readDetails>>): Team =>
    store.teams.put(Object.assign(team, given));

  resource(sandbox, router, '/teams/', {
    GET: (call) => ({ status: 200, body: paginate(mine(call), (team) => teamJson(sandbox, team), call.address) }),
    POST: ({ body, caller }) => {
      const given = read(newTeamSchema, body);
      if (store.teams.get(given.subdomain)) throw invalid('subdomain', 'Team with this subdomain already exists.');
      const team = apply(newTeam(given.subdomain, given.name), readDetails(given));
      const { email: address, firstName, lastName } = caller.member;
      store.members.put(newMember(team, { email: address, firstName, lastName, isAdmin: true, isOwner: true }));
      return { status: 201, body: teamJson(sandbox, team) };
    },
  });

  resource(sandbox, router, '/teams/:subdomain/', {
    GET: (call) => ({ status: 200, body: teamJson(sandbox, found(call)) }),
    PATCH: (call) => {
      const team = found(call);
      const given = read(changeSchema, call.body);
      if (given.subdomain !== undefined && given.subdomain !== team.uuid) {
        throw invalid('subdomain', 'The subdomain of a team cannot be changed.');
      }
      apply(team, { ...readDetails(given), ...(given.name === undefined ? {} : { name: given.name }) });
      return { status: 200, body: teamJson(sandbox, team) };
    },
    DELETE: (call) => {
      const team = found(call);
      if (team.uuid === call.caller.team.uuid) throw forbidden('A token cannot delete the team it belongs to.');
      for (const member of store.members.all()) if (member.team === team.uuid) store.members.delete(member.uuid);
      for (const token of store.apiTokens.all()) if (token.team === team.uuid) store.apiTokens.delete(token.uuid);
      store.teams.delete(team.uuid);
      return { status: 204 };
    },
  });

  resource(sandbox, router, '/teams/:subdomain/invite_member/', {
    POST: (call) => {
      const team = found(call);
      const given = read(inviteSchema, call.body);
      if (store.members.all().some((member) => member.team === team.uuid && member.email === given.email)) {
        throw invalid('email', 'This person is a member of the team already.');
      }
      const { is_admin: isAdmin, is_owner: isOwner } = given;
      store.members.put(newMember(team, { email: given.email, firstName: '', lastName: '', isAdmin, isOwner }));
      return { status: 201, body: given };
    },
  });
}

function readDetails(given: { phone?: string; primary_color?: string; events_callback_url?: string | null }) {
  return {
    ...(given.phone === undefined ? {} : { phone: given.phone }),
    ...(given.primary_color === undefined ? {} : { primaryColor: given.primary_color }),
    ...(given.events_callback_url === undefined ? {} : { eventsCallbackUrl: given.events_callback_url }),
  };
}
