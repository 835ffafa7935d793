import { timestampOrNull } from '../clock';
import { apiUrl, type Sandbox } from '../context';
import type { DocumentRecord, Field, FieldValue, SignatureRequest, Signer } from '../model';
import { displayName, fullName, signerState } from './turns';

/** A signer as the API answers it. What was entered shows after signing only. */
export function signerJson(sandbox: Sandbox, document: DocumentRecord, signer: Signer) {
  const { given } = signer;
  const fields = new Map(document.fields.map((field) => [field.uuid, field]));
  return {
    email: given.email,
    display_name: displayName(signer),
    first_name: given.first_name ?? '',
    last_name: given.last_name ?? '',
    full_name: fullName(signer),
    email_viewed: signer.emailViewedAt !== null,
    viewed: signer.viewedAt !== null,
    signed: signer.signedAt !== null,
    downloaded: signer.downloadedAt !== null,
    signed_on: timestampOrNull(signer.signedAt),
    needs_to_sign: given.needs_to_sign ?? true,
    approve_only: given.approve_only ?? false,
    notify_only: given.notify_only ?? false,
    in_person: given.in_person ?? false,
    order: given.order ?? 0,
    language: given.language ?? null,
    force_language: given.force_language ?? false,
    emailed: signer.emailed,
    verify_phone_number: given.verify_phone_number ?? null,
    verify_bank_account: given.verify_bank_account ?? null,
    declined: signer.declinedAt !== null,
    declined_on: timestampOrNull(signer.declinedAt),
    forwarded: signer.forwardedAt !== null,
    forwarded_on: timestampOrNull(signer.forwardedAt),
    forwarded_to_email: signer.forwardedTo,
    forwarded_reason: signer.forwardedReason,
    message: signer.declineReason,
    embed_url_user_id: given.embed_url_user_id ?? null,
    inputs: signer.signedAt === null ? [] : signer.values.map((value) => inputJson(value, fields.get(value.field))),
    use_stamp_for_approve_only: given.use_stamp_for_approve_only ?? false,
    embed_url: embedUrl(sandbox, document, signer),
    attachments: signer.attachments.map((attachment) => ({
      uuid: attachment.uuid,
      name: attachment.name,
      file: sandbox.files.url(attachment.file, attachment.name),
      for_attachment: attachment.forAttachment,
    })),
    redirect_url: given.redirect_url ?? null,
    redirect_url_declined: given.redirect_url_declined ?? null,
    after_document: given.after_document ? apiUrl(sandbox, 'documents', given.after_document) : null,
    integrations: given.integrations ?? [],
  };
}

function inputJson(value: FieldValue, field: Field | undefined) {
  return {
    type: field?.type ?? null,
    page_index: field?.page ?? 0,
    text: value.text,
    checkbox_value: value.checked,
    date_value: value.date,
    external_id: field?.externalId ?? null,
    placeholder_uuid: value.field,
  };
}

/** Where an embedded signer signs; it has a query already and is gone once there is nothing to sign any more. */
function embedUrl(sandbox: Sandbox, document: DocumentRecord, signer: Signer): string | null {
  if (!signer.given.embed_url_user_id) return null;
  const open = ['waiting', 'ready'].includes(signerState(document, signer));
  return open ? `${sandbox.baseUrl}/sign/${signer.token}?embed=1` : null;
}

/** The request inside its document: without `url` and `document`. */
export function inlineRequest(sandbox: Sandbox, document: DocumentRecord, request: SignatureRequest) {
  const { given } = request;
  return {
    from_email: request.fromEmail,
    from_email_name: given.from_email_name ?? null,
    is_being_prepared: given.is_being_prepared ?? false,
    prepare_url: request.prepareToken && `${sandbox.baseUrl}/prepare/${request.prepareToken}`,
    redirect_url: given.redirect_url ?? null,
    redirect_url_declined: given.redirect_url_declined ?? null,
    required_attachments: request.requiredAttachments,
    disable_attachments: given.disable_attachments,
    disable_text_signatures: given.disable_text_signatures,
    disable_text: given.disable_text,
    disable_date: given.disable_date,
    disable_emails: given.disable_emails,
    disable_upload_signatures: given.disable_upload_signatures,
    force_signature_color: given.force_signature_color ?? null,
    disable_blockchain_proof: given.disable_blockchain_proof ?? null,
    text_message_verification_locked: given.text_message_verification_locked ?? null,
    subject: given.subject ?? null,
    message: given.message ?? null,
    who: given.who,
    send_reminders: given.send_reminders,
    signers: request.signers.map((signer) => signerJson(sandbox, document, signer)),
    uuid: request.uuid,
  };
}

/** The request on its own. */
export function requestJson(sandbox: Sandbox, document: DocumentRecord, request: SignatureRequest) {
  return {
    ...inlineRequest(sandbox, document, request),
    url: apiUrl(sandbox, 'signature-requests', request.uuid),
    document: apiUrl(sandbox, 'documents', document.uuid),
    integration: request.given.integration ?? null,
    integration_data: request.given.integration_data ?? null,
  };
}
