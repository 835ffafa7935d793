import type { ApiFault } from './api';
import type { DatabaseFault } from './database';
import type { EcmFault } from './ecm';
import type { ForgedFault } from './forged';
import type { FullFault } from './full';
import type { KillFault } from './kill';
import type { LapseFault } from './lapse';
import type { PauseFault } from './pause';
import type { PushFault } from './push';
import type { RedeployFault } from './redeploy';
import type { SandboxFault } from './sandbox';
import type { WebhooksFault } from './webhooks';

/** Everything that can break, as plain data. */
export type Fault =
  | WebhooksFault
  | ForgedFault
  | ApiFault
  | PushFault
  | EcmFault
  | KillFault
  | LapseFault
  | PauseFault
  | RedeployFault
  | DatabaseFault
  | FullFault
  | SandboxFault;
