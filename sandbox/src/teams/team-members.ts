import type { Router } from 'express';
import type { Sandbox } from '../context';
import { resource } from '../http/answer';
import { notFound } from '../http/errors';
import { applyFilters, equalsAnyCase, type Filters, is } from '../http/filters';
import { paginate } from '../http/paging';
import type { Member } from '../model';
import { memberJson } from './json';

const filters: Filters<Member> = {
  is_active: is((member) => member.isActive),
  is_owner: is((member) => member.isOwner),
  is_admin: is((member) => member.isAdmin),
  user__email: equalsAnyCase((member) => member.email),
  user__first_name: equalsAnyCase((member) => member.firstName),
  user__last_name: equalsAnyCase((member) => member.lastName),
};

/** `/team-members/`: the members of the caller's team. */
export function teamMembers(sandbox: Sandbox, router: Router): void {
  const { members } = sandbox.store;
  resource(sandbox, router, '/team-members/', {
    GET: ({ caller, query, address }) => {
      const mine = members.newest((member) => member.team === caller.team.uuid);
      const toJson = (member: Member) => memberJson(sandbox, member);
      return { status: 200, body: paginate(applyFilters(mine, query, filters), toJson, address) };
    },
  });
  resource(sandbox, router, '/team-members/:uuid/', {
    GET: ({ caller, id }) => {
      const member = members.get(id);
      if (member?.team !== caller.team.uuid) throw notFound();
      return { status: 200, body: memberJson(sandbox, member) };
    },
  });
}
