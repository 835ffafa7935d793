/** What the push services keep. Times are milliseconds of virtual time. */

export type PushServiceName = 'fcm' | 'webpush' | 'opentext';

/** A phone: a page at `/phone`, or one without a page whose keys the sandbox holds. */
export interface Phone {
  uuid: string;
  /** Unique. */
  name: string;
  createdAt: number;
  /** Which browser it lives in; null for a phone without a page. */
  installation: string | null;
  /** Switched off by hand: nothing arrives, everything waits. */
  off: boolean;
  /** FCM registration token and installation id; null when the app is not there. */
  token: string | null;
  fid: string | null;
  /** FCM topics. */
  topics: string[];
}

/** A push subscription of one phone with one sender. */
export interface Subscription {
  /** The last part of its endpoint; unguessable. */
  uuid: string;
  phone: string;
  /** Whose notifications these are, for people. */
  label: string;
  /** VAPID public key to which it is restricted (RFC 8292 section 4). */
  applicationServerKey: string | null;
  /** Base64url: public key and authentication secret of the receiver. */
  keys: { p256dh: string; auth: string };
  /** Only for a phone without a page. */
  privateKey: string | null;
  expiresAt: number | null;
  removedAt: number | null;
}

/** What a phone shows. */
export interface Content {
  title: string;
  body: string;
  link: string | null;
  image: string | null;
  badge: number | null;
  dueAt: string | null;
  /** Replaces what has the same one. */
  tag: string | null;
  data: Record<string, unknown>;
}

/** A message that waits for its phone. */
export interface PushMessage {
  uuid: string;
  phone: string;
  service: PushServiceName;
  /** Within which topics replace each other: a subscription, or the app. */
  source: string;
  label: string;
  at: number;
  expiresAt: number;
  topic: string | null;
  urgency: string | null;
  payload: { kind: 'encrypted'; body: string } | { kind: 'clear'; content: Content };
}

/** A message that has arrived, for good: also when it was opened, dismissed or replaced. */
export interface PhoneNotification extends Content {
  uuid: string;
  phone: string;
  service: PushServiceName;
  source: string;
  label: string;
  at: number;
  topic: string | null;
  urgency: string | null;
  replaced: boolean;
  openedAt: number | null;
  dismissedAt: number | null;
  /** Why it cannot be read; null when it can. */
  error: string | null;
}

/** One call of a push service; for the people who look. */
export interface PushCall {
  uuid: string;
  service: PushServiceName;
  at: number;
  status: number;
  /** What went wrong in one word or sentence. */
  error: string | null;
  /** The phone's name, or the beginning of the address. */
  target: string;
  ttl: number | null;
  topic: string | null;
  urgency: string | null;
}

export type MessagingChannel = 'sms' | 'emails' | 'whatsapp' | 'push';

/** A job of OpenText messaging; `uuid` is the job id. */
export interface MessagingJob {
  uuid: string;
  channel: MessagingChannel;
  at: number;
  /** `X-MRA-SubmitId`. */
  submitId: string | null;
  subject: string | null;
  text: string;
  customerReference: string | null;
  billingCode: string | null;
  destinations: { address: string; ref: string | null; outcome: 'delivered' | 'undeliverable' | 'cancelled' }[];
  /** Of a push job: the document inside. */
  document: unknown;
}
