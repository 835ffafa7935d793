/**
 * What the sandbox keeps. Every object has a `uuid`, times are milliseconds of virtual time, and what a caller sent is
 * kept as it came over the wire in `given` (snake case), beside the state that the service adds.
 */

import type { DocumentInput } from './documents/schema';
import type { PdfFacts, Tag } from './pdf';
import type { RequestInput, SignerInput } from './signature-requests/schema';

export type Status = 'co' | 'ne' | 'se' | 'vi' | 'si' | 'do' | 'sd' | 'ca' | 'de' | 'ec' | 'es' | 'xp';

/** A team, which is also the account: everything belongs to exactly one. Its uuid is the subdomain. */
export interface Team {
  uuid: string;
  name: string;
  phone: string;
  primaryColor: string;
  eventsCallbackUrl: string | null;
}

export interface Member {
  uuid: string;
  team: string;
  email: string;
  firstName: string;
  lastName: string;
  isAdmin: boolean;
  isOwner: boolean;
  isActive: boolean;
}

/** An API token; `uuid` is the key itself. */
export interface ApiToken {
  uuid: string;
  team: string;
  member: string;
  name: string;
}

/** A place on a page that a signer fills; coordinates in PDF points from the bottom left. */
export interface Field extends Omit<Tag, 'prefill'> {
  uuid: string;
  prefill: string | null;
}

export interface SignerAttachment {
  uuid: string;
  name: string;
  file: string;
  forAttachment: { name: string; uuid: string } | null;
}

/** What a signer entered into a field. */
export interface FieldValue {
  field: string;
  text: string;
  checked: boolean | null;
  date: string | null;
}

export interface Signer {
  uuid: string;
  /** Opens the signing page; unguessable. */
  token: string;
  /** Place in the count that tags use, or null for a sender who does not sign. */
  tagIndex: number | null;
  given: SignerInput;
  passwordHash: string | null;
  /** Virtual time until which the password or code counts as entered. */
  unlockedUntil: number;
  sms: { hash: string; validUntil: number; triesLeft: number } | null;
  smsVerifiedAt: number | null;
  /** When it became this signer's turn. */
  invitedAt: number | null;
  emailed: boolean;
  emailViewedAt: number | null;
  viewedAt: number | null;
  signedAt: number | null;
  downloadedAt: number | null;
  declinedAt: number | null;
  declineReason: string | null;
  forwardedAt: number | null;
  forwardedTo: string | null;
  forwardedReason: string | null;
  values: FieldValue[];
  signature: { kind: 'drawn' | 'typed'; file: string | null; text: string | null } | null;
  attachments: SignerAttachment[];
}

export interface SignatureRequest {
  uuid: string;
  given: RequestInput;
  fromEmail: string;
  requiredAttachments: { name: string; uuid: string }[];
  /** Opens the prepare page while the request is being prepared. */
  prepareToken: string | null;
  signers: Signer[];
  sentAt: number | null;
  lastReminderAt: number | null;
  /** How many of the automatic reminders are behind us. */
  remindersSent: number;
}

export interface DocumentRecord {
  uuid: string;
  team: string;
  user: string;
  given: DocumentInput;
  template: string | null;
  name: string;
  createdAt: number;
  modifiedAt: number;
  status: Status;
  processing: boolean;
  hidden: boolean;
  finishedAt: number | null;
  /** Names in the folder of files. */
  files: { original: string | null; asPdf: string | null; signed: string | null; log: string | null };
  originalName: string;
  hashes: { asPdf: string | null; signed: string | null; log: string | null };
  pages: PdfFacts['pages'];
  fields: Field[];
  request: SignatureRequest | null;
}

export interface Attachment {
  uuid: string;
  document: string;
  name: string;
  file: string;
  createdAt: number;
}

export interface EventRecord {
  uuid: string;
  /** Running number, also accepted where a uuid is. */
  number: number;
  team: string;
  document: string;
  type: string;
  status: 'ok' | 'error';
  at: number;
  signer: string | null;
  /** Addresses that have not taken it. */
  undelivered: number;
  deliveredAt: number | null;
  callbackStatus: number | null;
  /** One more line for the signing log. */
  detail: string | null;
}

/** One event on its way to one address; gone once it was taken or given up. */
export interface Delivery {
  uuid: string;
  event: string;
  document: string;
  url: string;
  attempts: number;
  nextAt: number;
}

/** One attempt of a delivery, or one forged call; only for the people who look. */
export interface DeliveryAttempt {
  uuid: string;
  at: number;
  url: string;
  event: string;
  document: string;
  attempt: number;
  status: number | null;
  error: string | null;
  nextAt: number | null;
}

export interface Webhook {
  uuid: string;
  team: string;
  name: string | null;
  eventType: string;
  callbackUrl: string;
  integration: string | null;
  createdAt: number;
}

export interface Template {
  uuid: string;
  team: string;
  name: string;
  user: string;
  who: 'm' | 'mo' | 'o';
  file: string;
  pages: PdfFacts['pages'];
  fields: Field[];
  signers: { index: number; needsToSign: boolean; approveOnly: boolean; order: number }[];
}

export type MailKind = 'invitation' | 'reminder' | 'copy' | 'status' | 'sms' | 'notice';

export interface Mail {
  uuid: string;
  at: number;
  to: string;
  subject: string;
  kind: MailKind;
  text: string;
  /** Paths below the base URL. */
  links: { label: string; path: string }[];
  document: string | null;
}

export interface AuditEvent {
  uuid: string;
  team: string;
  userUuid: string | null;
  userEmail: string;
  userIp: string;
  type: 'login_failed' | 'login_successful' | 'password_reset_request_sent' | 'password_reset_request_error';
  status: 'success' | 'error';
  at: number;
}

/** Statuses from which nothing follows any more but a download. */
export const finishedStatuses: readonly Status[] = ['si', 'do', 'sd', 'ca', 'de', 'ec', 'es', 'xp'];

/** Whether the document has come to its end, good or bad. */
export function isFinished(document: DocumentRecord): boolean {
  return finishedStatuses.includes(document.status);
}

/** The documented names of the status codes, as `documents-search` shows them. */
export const statusNames: Record<Status, string> = {
  co: 'converting',
  ne: 'new',
  se: 'sent',
  vi: 'viewed',
  si: 'signed',
  do: 'downloaded',
  sd: 'signed and downloaded',
  ca: 'cancelled',
  de: 'declined',
  ec: 'error converting',
  es: 'error sending',
  xp: 'expired',
};
