/** Event types of documents and signers, with the `status` that an event of the type has. */
export const documentEventTypes = {
  convert_error: 'error',
  converted: 'ok',
  sending_error: 'error',
  sent: 'ok',
  declined: 'ok',
  cancelled: 'ok',
  expired: 'ok',
  signed: 'ok',
  viewed: 'ok',
  downloaded: 'ok',
  signer_signed: 'ok',
  signer_email_bounced: 'error',
  signer_viewed_email: 'ok',
  signer_viewed: 'ok',
  signer_forwarded: 'ok',
  signer_downloaded: 'ok',
  signrequest_received: 'ok',
} as const;

export type DocumentEventType = keyof typeof documentEventTypes;

/** Event types to which a webhook can subscribe: those, and four of the account. */
export const webhookEventTypes = [
  ...(Object.keys(documentEventTypes) as [DocumentEventType, ...DocumentEventType[]]),
  'login_failed',
  'login_successful',
  'password_reset_request_sent',
  'password_reset_request_error',
] as const;
