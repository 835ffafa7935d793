import type { ServiceState } from './service';
import type { World } from './world';

/** Keeps what the sandbox shows only so long: mails, text messages, notifications and filed documents of a run. */
export class Watch {
  readonly mails = new Map<string, ServiceState['mails'][number]>();
  readonly messages = new Map<string, ServiceState['messages'][number]>();
  readonly filed = new Map<string, ServiceState['filed'][number]>();
  readonly documents = new Map<string, ServiceState['documents'][number]>();

  constructor(private readonly world: World) {}

  /** Looks at the sandbox now. */
  async look(): Promise<ServiceState> {
    const state = await this.world.sandbox.state();
    for (const mail of state.mails) this.mails.set(mail.id, mail);
    for (const message of state.messages) this.messages.set(message.jobId, message);
    for (const filed of state.filed) this.filed.set(filed.id, filed);
    for (const document of state.documents) this.documents.set(document.uuid, document);
    return state;
  }
}
