import { X509Certificate } from 'node:crypto';
import { SignatureError } from '../../errors';

/**
 * Reads the certificates of a PEM text.
 *
 * @param pem one or more certificates; text between them is passed over
 * @throws SignatureError BAD_CONFIG when there is none, or one cannot be read
 */
export function readTrust(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const wrong = (text: string): SignatureError => new SignatureError('BAD_CONFIG', text, { field: 'trust' });
  if (blocks.length === 0) throw wrong('The trust store has no certificate. Give certificates in PEM form.');
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw wrong(`Certificate ${index + 1} of the trust store cannot be read. Check that it was copied completely.`);
    }
  });
}
