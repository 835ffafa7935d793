import type { Line } from './flow';
import type { HookCall } from './hook';
import type { Schedule } from './schedule';
import type { Filed, PhoneNotification, ServiceEvent, ServiceState } from './service';

/** A document as the service has it in the end. */
export interface TruthDocument {
  uuid: string;
  externalId: string;
  /** Code of the service: `si` signed, `de` declined, `xp` expired, `ca` cancelled … */
  status: string;
  /** On the service's clock, in milliseconds; null while it is open. */
  finishedAt: number | null;
  createdAt: number;
  signers: { email: string; state: string }[];
  events: ServiceEvent[];
  /** SHA-256 of the signed PDF; null when there is none. */
  sha256: string | null;
}

/** What left a node, and which runtime it left. */
export type Emission = Line & { runtime: string };

export type Mail = ServiceState['mails'][number];
export type TextMessage = ServiceState['messages'][number];

/** What the ledger has on the run in the end. */
export interface LedgerFacts {
  journals: { envelope: string; intact: boolean; entries: { kind: string; body: unknown }[] }[];
  /** When each ladder started and its envelope was to expire, on the service's clock. */
  ladders: { envelope: string; start: number; expires: number | null }[];
  /** Envelopes that a step holds. */
  held: string[];
  operations: { key: string; kind: string; envelope: string; state: string; error: string }[];
  /** Given up, in words. */
  faults: string[];
}

/** Everything that was seen of a run: what the service says, what the flow said, what the processes said. */
export interface Evidence {
  schedule: Schedule;
  /** When each order was first posted, on the service's clock. */
  orderedAt: Map<string, number>;
  /** Orders that were never accepted, with the last answer. */
  refused: Map<string, string>;
  documents: TruthDocument[];
  /** Documents besides, that a paused process left behind and nobody was asked to sign. */
  drafts: number;
  mails: Mail[];
  notifications: (PhoneNotification & { phone: string })[];
  messages: TextMessage[];
  hooks: HookCall[];
  filed: Filed[];
  emissions: Emission[];
  ledger: LedgerFacts;
  /** Why work never came to rest; null when it did. */
  restless: string | null;
  /** What the processes have printed during the run. */
  logs: { runtime: string; text: string }[];
  /** Ends of processes that were not ours. */
  crashes: string[];
  secrets: string[];
}

/** A promise that was broken. */
export interface Finding {
  sort: 'lost' | 'duplicate' | 'wrong';
  /** The envelope; empty when it is about a process. */
  key: string;
  text: string;
}

/** One promise, judged. */
export type Invariant = (evidence: Evidence) => Finding[];
