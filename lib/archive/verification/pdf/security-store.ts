/** Reads the document security store: certificates and revocation data added for later (ETSI EN 319 142-1, 5.4). */
import { Problem } from '../problem';
import { PdfRef } from './values';
import type { PdfView } from './view';

export interface SecurityStore {
  /** Whether the document has one. */
  present: boolean;
  /** DER. */
  certificates: Buffer[];
  crls: Buffer[];
  ocsps: Buffer[];
}

const mostItems = 1000;
const largestItem = 8 * 1024 * 1024;
const largestSum = 64 * 1024 * 1024;

/** @throws Problem when an item cannot be read */
export async function readSecurityStore(view: PdfView): Promise<SecurityStore> {
  const store = await view.dict((await view.catalog()).get('DSS'));
  let left = mostItems;
  let room = largestSum;
  const read = async (key: string): Promise<Buffer[]> => {
    const items = (store && (await view.array(store.get(key)))) ?? [];
    left -= items.length;
    if (left < 0) throw new Problem(`The validation data has more than ${mostItems} items.`, 'GENERIC');
    const found: Buffer[] = [];
    for (const item of items) {
      if (!(item instanceof PdfRef)) throw new Problem(`An item of the validation data (/${key}) is not a stream.`);
      const bytes = await view.stream(item, Math.min(largestItem, room));
      if (bytes === undefined) throw new Problem(`An item of the validation data (/${key}) is missing.`);
      room -= bytes.length;
      found.push(bytes);
    }
    return found;
  };
  return {
    present: store !== undefined,
    certificates: await read('Certs'),
    crls: await read('CRLs'),
    ocsps: await read('OCSPs'),
  };
}
