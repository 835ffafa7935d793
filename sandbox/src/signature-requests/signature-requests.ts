import type { Router } from 'express';
import type { Sandbox } from '../context';
import { isVisible, referencedDocument } from '../documents/access';
import { createDocument } from '../documents/create';
import { documentJson } from '../documents/json';
import { type Call, resource } from '../http/answer';
import { ApiError, notFound } from '../http/errors';
import { applyFilters, equals, equalsAnyCase, type Filters } from '../http/filters';
import { paginate } from '../http/paging';
import { read } from '../http/validate';
import type { DocumentRecord, SignatureRequest } from '../model';
import { cancel, forward } from './actions';
import { checkRequest, createRequest } from './create';
import { requestJson } from './json';
import { remind } from './reminders';
import { forwardSchema, quickCreateSchema, requestPart, requestSchema } from './schema';

interface Found {
  document: DocumentRecord;
  request: SignatureRequest;
}

const filters: Filters<Found> = {
  who: equals(({ request }) => request.given.who),
  from_email: equalsAnyCase(({ request }) => request.fromEmail),
};

/** Signature requests and quick-create, under Core Signature's and SignRequest's paths. */
export function signatureRequests(sandbox: Sandbox, router: Router): void {
  const bases = ['/signature-requests/', '/signrequests/'];
  const below = (...tails: string[]) => bases.flatMap((base) => tails.map((tail) => `${base}:uuid/${tail}`));
  const json = ({ document, request }: Found) => requestJson(sandbox, document, request);
  const mine = ({ caller }: Call): Found[] =>
    sandbox.store.documents
      .newest((document) => isVisible(document, caller))
      .flatMap((document) => (document.request ? [{ document, request: document.request }] : []));
  const found = (call: Call): Found => {
    const one = mine(call).find(({ request }) => request.uuid === call.id);
    if (one === undefined) throw notFound();
    return one;
  };

  resource(sandbox, router, bases, {
    GET: (call) => ({ status: 200, body: paginate(applyFilters(mine(call), call.query, filters), json, call.address) }),
    POST: ({ caller, body }) => {
      const given = read(requestSchema, body);
      const { document: reference, ...rest } = given;
      const document = referencedDocument(sandbox, caller, reference);
      const request = createRequest(sandbox, caller, document, rest);
      return { status: 201, body: json({ document, request }) };
    },
  });
  resource(sandbox, router, below(''), { GET: (call) => ({ status: 200, body: json(found(call)) }) });
  resource(sandbox, router, below('cancel_signrequest/', 'cancel_signature_request/'), {
    POST: (call) => {
      const cancelled = cancel(sandbox, found(call).document, sandbox.clock.now());
      return { status: 201, body: { detail: 'OK', cancelled } };
    },
  });
  resource(sandbox, router, below('resend_signrequest_email/', 'resend_signature_request_email/'), {
    POST: (call) => {
      // A reminder within ten minutes of another is dropped without a word, as the service does.
      remind(sandbox, found(call).document, sandbox.clock.now());
      return { status: 201, body: { detail: 'OK' } };
    },
  });
  resource(sandbox, router, below('forward_signer/'), {
    POST: (call) => {
      const target = found(call);
      const given = readForward(call.body);
      const { signer_email_to_forward: from, signer_email_to_forward_to: to, forwarded_reason: reason } = given;
      forward(sandbox, target.document, from, to, reason || null, sandbox.clock.now());
      return { status: 201, body: json(target) };
    },
  });
  resource(sandbox, router, ['/signature-request-quick-create/', '/signrequest-quick-create/'], {
    POST: async ({ caller, body }) => {
      const given = read(quickCreateSchema, body);
      checkRequest(sandbox, caller, given);
      const document = await createDocument(sandbox, caller, given);
      const request = createRequest(sandbox, caller, document, requestPart.parse(given));
      const { uuid, url, document: reference, ...rest } = json({ document, request });
      const { signrequest: _inline, ...fields } = documentJson(sandbox, document);
      return { status: 201, body: { ...quickCreateFields(fields), ...rest, uuid, url, document: reference } };
    },
  });
}

function readForward(body: unknown) {
  try {
    return read(forwardSchema, body);
  } catch (error) {
    throw error instanceof ApiError ? new ApiError(400, { errors: error.body }) : error;
  }
}

/** The answer of quick-create has the document's own fields beside those of the request, but not its state. */
function quickCreateFields(document: Omit<ReturnType<typeof documentJson>, 'signrequest'>) {
  const { name, external_id, frontend_id, file, file_from_url, events_callback_url, template, prefill_tags } = document;
  const { integrations, file_from_sf, auto_delete_days, auto_expire_days, link_expire_days } = document;
  return {
    ...{ name, external_id, frontend_id, file, file_from_url, events_callback_url, template, prefill_tags },
    ...{ integrations, file_from_sf, auto_delete_days, auto_expire_days, link_expire_days },
  };
}
