import { fieldOf } from '../editor/fields.editor';
import type { DialogNode } from '../editor/red.editor';
import { show } from '../editor/runtime.editor';
import type { Say } from '../editor/texts.editor';

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

/**
 * A key pair that says who sends (RFC 8292): the public key as an uncompressed point on P-256, the private key as a
 * number of 32 bytes, both base64url. It is made in this browser and known to nobody else.
 *
 * @throws when the page is not secure, for browsers then offer no cryptography
 */
export async function makeVapidKeys(): Promise<{ publicKey: string; privateKey: string }> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const point = await crypto.subtle.exportKey('raw', pair.publicKey);
  const { d = '' } = await crypto.subtle.exportKey('jwk', pair.privateKey);
  return { publicKey: toBase64Url(new Uint8Array(point)), privateKey: d };
}

/** The "Generate" button. Keys that are there already are replaced only when it is pressed once more. */
export function wireVapidKeys(node: DialogNode, say: Say): void {
  const hint = $('#core-signature-vapid-result');
  let warned = false;
  $('#core-signature-vapid-generate').on('click', async () => {
    if (fieldOf(node, 'vapidPublicKey').val() !== '' && !warned) {
      warned = true;
      return show(hint, say('vapid.replace'), 'bad');
    }
    warned = false;
    try {
      const { publicKey, privateKey } = await makeVapidKeys();
      fieldOf(node, 'vapidPublicKey').val(publicKey).trigger('change');
      fieldOf(node, 'vapidPrivateKey').val(privateKey).trigger('change');
      show(hint, say('vapid.made'), 'good');
    } catch {
      show(hint, say('vapid.notSecure'), 'bad');
    }
  });
}
