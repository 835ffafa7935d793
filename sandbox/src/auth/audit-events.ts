import { randomUUID } from 'node:crypto';
import type { Router } from 'express';
import { timestamp } from '../clock';
import type { Sandbox } from '../context';
import { resource } from '../http/answer';
import { applyFilters, equals, equalsAnyCase, type Filters } from '../http/filters';
import { paginate } from '../http/paging';
import type { AuditEvent } from '../model';

/** Notes a sign-in with a password. `name` is what was typed, which for a right sign-in is the account's user. */
export function recordLogin(sandbox: Sandbox, team: string, name: string, ip: string, right: boolean): void {
  const owner = sandbox.store.members.all().find((member) => member.team === team && member.isOwner);
  sandbox.store.auditEvents.put({
    uuid: randomUUID(),
    team,
    userUuid: right ? (owner?.uuid ?? null) : null,
    userEmail: right ? (owner?.email ?? name) : name,
    userIp: ip,
    type: right ? 'login_successful' : 'login_failed',
    status: right ? 'success' : 'error',
    at: sandbox.clock.now(),
  });
}

const day = (event: AuditEvent): string => timestamp(event.at).slice(0, 10);

const filters: Filters<AuditEvent> = {
  user_email: equalsAnyCase((event) => event.userEmail),
  user_ip: equals((event) => event.userIp),
  event_type: equals((event) => event.type),
  status: equals((event) => event.status),
  timestamp__date__lt: (event, wanted) => day(event) < wanted,
  timestamp__date__lte: (event, wanted) => day(event) <= wanted,
  timestamp__date__gt: (event, wanted) => day(event) > wanted,
  timestamp__date__gte: (event, wanted) => day(event) >= wanted,
};

/** `GET /audit-events/`: sign-ins of the team. */
export function auditEvents(sandbox: Sandbox, router: Router): void {
  resource(sandbox, router, '/audit-events/', {
    GET: ({ caller, query, address }) => {
      const events = sandbox.store.auditEvents.newest((event) => event.team === caller.team.uuid);
      const toJson = (event: AuditEvent) => ({
        domain: event.team,
        user_uuid: event.userUuid,
        user_email: event.userEmail,
        user_ip: event.userIp,
        event_type: event.type,
        status: event.status,
        timestamp: timestamp(event.at),
      });
      return { status: 200, body: paginate(applyFilters(events, query, filters), toJson, address) };
    },
  });
}
