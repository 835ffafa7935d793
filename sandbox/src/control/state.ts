import { timestamp, timestampOrNull } from '../clock';
import type { Sandbox } from '../context';
import { filedState } from '../ecm/filed';
import { type DocumentRecord, statusNames } from '../model';
import { pushState } from '../push/phones/json';
import { acts, displayName, fullName, order, roleOf, signerState } from '../signature-requests/turns';

const limit = 200;

/** Everything the pages show, newest first. */
export function stateJson(sandbox: Sandbox) {
  const { store, faults, baseUrl } = sandbox;
  return {
    baseUrl,
    clock: clockJson(sandbox),
    faults: faults.settings,
    mails: store.mails
      .all()
      .slice(-limit)
      .reverse()
      .map((mail) => ({
        id: mail.uuid,
        at: timestamp(mail.at),
        to: mail.to,
        subject: mail.subject,
        kind: mail.kind,
        text: mail.text,
        links: mail.links.map(({ label, path }) => ({ label, url: `${baseUrl}${path}` })),
        document: mail.document,
      })),
    documents: store.documents
      .all()
      .slice(-limit)
      .reverse()
      .map((document) => documentState(sandbox, document)),
    deliveries: store.attempts
      .all()
      .slice(-limit)
      .reverse()
      .map(({ uuid, at, nextAt, ...attempt }) => ({
        id: uuid,
        at: timestamp(at),
        ...attempt,
        nextAt: timestampOrNull(nextAt),
      })),
    ...pushState(sandbox),
    ...filedState(sandbox),
  };
}

/** The clock as `/sandbox/clock` answers it. */
export function clockJson({ clock }: Sandbox) {
  return { now: timestamp(clock.now()), offsetMs: clock.offset };
}

function documentState(sandbox: Sandbox, document: DocumentRecord) {
  return {
    uuid: document.uuid,
    name: document.name,
    externalId: document.given.external_id ?? null,
    status: document.status,
    statusDisplay: statusNames[document.status],
    createdAt: timestamp(document.createdAt),
    signers: (document.request?.signers ?? []).map((signer) => ({
      email: signer.given.email,
      name: fullName(signer) || displayName(signer),
      role: roleOf(signer),
      order: order(signer),
      state: signerState(document, signer),
      link: acts(signer) ? `${sandbox.baseUrl}/sign/${signer.token}` : null,
    })),
  };
}
