import { FcmAccount } from './fcm/account';

/** A page that asked less than this ago is there. */
const presenceMs = 5000;

/** The parts of the push services that are not in the store. */
export class Push {
  /** Who may send through FCM. */
  readonly account: FcmAccount;
  readonly #lastSeen = new Map<string, number>();

  /** @param folder in which the service account is kept, over a reset too */
  constructor(folder: string) {
    this.account = new FcmAccount(folder);
  }

  /** Notes that the page of a phone has just asked. */
  see(phone: string): void {
    this.#lastSeen.set(phone, Date.now());
  }

  /** Whether the page of a phone is open, in real time. */
  isOpen(phone: string): boolean {
    return Date.now() - (this.#lastSeen.get(phone) ?? 0) < presenceMs;
  }
}
