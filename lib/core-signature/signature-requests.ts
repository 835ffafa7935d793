/** `/signature-requests/` with its actions, and quick-create. POSTs are sent once, whatever happens. */
import { z } from 'zod';
import { SignatureError } from '../errors';
import type { HttpAnswer } from '../http/client';
import { type Api, type CallOptions, parseAnswer } from './api';
import { checkedInput } from './checked-input';
import { unknownEnvelope, uuidIn } from './documents';
import { type SignatureRequest, signatureRequestSchema } from './models';
import {
  type ForwardInput,
  forwardInputSchema,
  type QuickCreateInput,
  quickCreateInputSchema,
  type SignatureRequestInput,
  signatureRequestInputSchema,
} from './requests';
import { type ActionNames, firstKnown, Spelling } from './spelling';

const cancelledSchema = z.object({ cancelled: z.boolean().nullable().default(true) });

export class SignatureRequests {
  readonly #collection: Spelling;
  readonly #quickCreate: Spelling;
  readonly #cancel: Spelling;
  readonly #resend: Spelling;
  readonly #forward: Spelling;

  constructor(
    private readonly api: Api,
    names: ActionNames = {},
  ) {
    this.#collection = new Spelling(names.collection, ['signature-requests', 'signrequests']);
    this.#quickCreate = new Spelling(names.quickCreate, ['signature-request-quick-create', 'signrequest-quick-create']);
    this.#cancel = new Spelling(names.cancel, ['cancel_signrequest', 'cancel_signature_request']);
    this.#resend = new Spelling(names.resend, ['resend_signrequest_email', 'resend_signature_request_email']);
    this.#forward = new Spelling(names.forward, ['forward_signer']);
  }

  /**
   * Asks for the signatures under a document.
   *
   * @throws SignatureError BAD_SIGNER, NO_SIGNER, DUPLICATE_SIGNER, BAD_INPUT before anything is sent; OUTCOME_UNKNOWN when
   *   it may have been sent; REFUSED
   */
  async create(input: SignatureRequestInput, signal?: AbortSignal): Promise<SignatureRequest> {
    const json = checkedInput(signatureRequestInputSchema, input);
    const answer = await firstKnown(this.#collection, (name) => this.#post(`${name}/`, json, signal));
    return this.#created(answer);
  }

  /** Document and signature request in one call; `document` of the result is the document's URL (see `documentUuidOf`). */
  async quickCreate(input: QuickCreateInput, signal?: AbortSignal): Promise<SignatureRequest> {
    const json = checkedInput(quickCreateInputSchema, input);
    const answer = await firstKnown(this.#quickCreate, (name) => this.#post(`${name}/`, json, signal));
    return this.#created(answer);
  }

  /** @throws SignatureError UNKNOWN_ENVELOPE when it does not exist */
  async get(uuid: string, signal?: AbortSignal): Promise<SignatureRequest> {
    const answer = await firstKnown(this.#collection, (name) =>
      this.api.call('GET', `${name}/${encodeURIComponent(uuid)}/`, { accept: [404], signal }),
    );
    if (answer.status === 404) throw unknownEnvelope();
    return parseAnswer(answer, signatureRequestSchema);
  }

  /**
   * Takes a request back.
   *
   * @returns whether this call cancelled it; false when it was finished already
   * @throws SignatureError UNKNOWN_ENVELOPE, OUTCOME_UNKNOWN, REFUSED
   */
  async cancel(uuid: string, signal?: AbortSignal): Promise<{ cancelled: boolean }> {
    const answer = await this.#act(uuid, this.#cancel, undefined, signal);
    const parsed = cancelledSchema.safeParse(answer.data ?? {});
    return { cancelled: parsed.success ? parsed.data.cancelled !== false : true };
  }

  /**
   * Mails everyone who was invited and has not signed. The service silently drops a second reminder for the same document
   * within ten minutes: keep count of your own.
   */
  async resend(uuid: string, signal?: AbortSignal): Promise<void> {
    await this.#act(uuid, this.#resend, undefined, signal);
  }

  /**
   * Hands a signer's turn to another address.
   *
   * @throws SignatureError REFUSED with status 404 or 405 when the service does not offer it: cancel and send anew; REFUSED
   *   with status 400 when the signer cannot be forwarded, for example because of a signature meanwhile
   */
  async forward(uuid: string, input: ForwardInput, signal?: AbortSignal): Promise<SignatureRequest> {
    const answer = await this.#act(uuid, this.#forward, checkedInput(forwardInputSchema, input), signal);
    return parseAnswer(answer, signatureRequestSchema);
  }

  /** Tries the spellings of collection and action until one is known. */
  async #act(uuid: string, action: Spelling, json: unknown, signal?: AbortSignal): Promise<HttpAnswer> {
    const id = encodeURIComponent(uuid);
    const answer = await firstKnown(this.#collection, (name) =>
      firstKnown(action, (verb) => this.#post(`${name}/${id}/${verb}/`, json, signal)),
    );
    if (answer.status !== 404) return answer;
    // Either the request or the action is unknown; reading the request tells which.
    await this.get(uuid, signal);
    throw new SignatureError(
      'REFUSED',
      `Core Signature does not know the action ${action.names.join(' or ')}. Set its name on the account.`,
      { status: 404 },
    );
  }

  #post(path: string, json: unknown, signal?: AbortSignal): Promise<HttpAnswer> {
    const options: CallOptions = { json, accept: [404], secrets: passwordsIn(json), signal };
    return this.api.call('POST', path, options);
  }

  #created(answer: HttpAnswer): SignatureRequest {
    if (answer.status !== 404) return parseAnswer(answer, signatureRequestSchema);
    throw new SignatureError(
      'REFUSED',
      'Core Signature has no signature requests at this URL. Check the account’s URL.',
      {
        field: 'url',
        status: 404,
      },
    );
  }
}

/** The document of a signature request; empty when the answer does not name it. */
export const documentUuidOf = (request: Pick<SignatureRequest, 'document'>): string => uuidIn(request.document);

const withPasswords = z.object({ signers: z.array(z.object({ password: z.string().optional() })) });

/** Signing passwords, to be kept out of errors. */
function passwordsIn(json: unknown): string[] {
  const parsed = withPasswords.safeParse(json);
  return parsed.success ? parsed.data.signers.flatMap(({ password }) => password ?? []) : [];
}
