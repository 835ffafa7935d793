import { randomUUID } from 'node:crypto';
import type { Member, Team } from '../model';

/** A team without anything in it. */
export function newTeam(subdomain: string, name: string): Team {
  return { uuid: subdomain, name, phone: '', primaryColor: '#0065a8', eventsCallbackUrl: null };
}

/** A member of a team. */
export function newMember(team: Team, given: Omit<Member, 'uuid' | 'team' | 'isActive'>): Member {
  return { uuid: randomUUID(), team: team.uuid, isActive: true, ...given };
}
