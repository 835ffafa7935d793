import { createHash, randomUUID, webcrypto, X509Certificate } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyAlgorithm, makeCertificates } from './certificates';
import { type CmsContent, createCms } from './cms';

/**
 * The sandbox's own certificate authority: a root, one certificate that seals documents and one that stamps times
 * (ECDSA P-256).
 * It proves nothing to the outside world; a test trusts it by its root certificate.
 */
export class SandboxCa {
  private constructor(
    /** the root certificate, to be put into a trust store */
    readonly rootCertificatePem: string,
    private readonly seal: Signer,
    private readonly stamp: Signer,
  ) {}

  /**
   * Opens the authority kept in a folder; makes it on first use. Several processes may open the same folder at once.
   *
   * @param folder made when missing; holds `sandbox-ca.pem` (with the private key) and `root-certificate.pem`
   * @throws Error when the file in the folder is damaged, with what to do
   */
  static async open(folder: string): Promise<SandboxCa> {
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'sandbox-ca.pem');
    const pem = (await readIfThere(file)) ?? (await createOnce(file, await generate()));
    const [sealKey, seal, rootPem, stampKey, stamp] =
      pem.match(/-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/gu) ?? [];
    try {
      if (!sealKey || !seal || !rootPem || !stampKey || !stamp) throw new Error('incomplete');
      const root = `${rootPem}\n`;
      await writeFile(join(folder, 'root-certificate.pem'), root);
      return new SandboxCa(root, await openSigner(sealKey, [seal, root]), await openSigner(stampKey, [stamp, root]));
    } catch (cause) {
      throw new Error(`The file ${file} is damaged. Delete it: a new certificate authority is then made.`, { cause });
    }
  }

  /**
   * Signs a digest.
   *
   * @param digest SHA-256 of the bytes to be signed
   * @returns a detached CMS signature (DER) with both certificates in it
   */
  sign(digest: Uint8Array): Promise<Uint8Array> {
    return createCms(digest, this.seal.key, this.seal.chain);
  }

  /**
   * Signs the statement of a time-stamp with the certificate for that purpose.
   *
   * @returns a CMS signature (DER) with the statement in it
   */
  signTimeStamp(content: CmsContent): Promise<Uint8Array> {
    const digest = createHash('sha256').update(content.bytes).digest();
    return createCms(digest, this.stamp.key, this.stamp.chain, content);
  }
}

interface Signer {
  key: webcrypto.CryptoKey;
  /** The signer's certificate first, then its issuers (DER). */
  chain: Uint8Array[];
}

async function openSigner(keyPem: string, certificates: string[]): Promise<Signer> {
  const key = await webcrypto.subtle.importKey('pkcs8', fromPem(keyPem), keyAlgorithm, false, ['sign']);
  return { key, chain: certificates.map((text) => new X509Certificate(text).raw) };
}

async function generate(): Promise<string> {
  const { root, seal, stamp } = await makeCertificates();
  return [
    toPem('PRIVATE KEY', seal.key),
    toPem('CERTIFICATE', seal.certificate),
    toPem('CERTIFICATE', root),
    toPem('PRIVATE KEY', stamp.key),
    toPem('CERTIFICATE', stamp.certificate),
  ].join('');
}

/** Two processes may start at once: the first one to link its file wins, both use that one. */
async function createOnce(file: string, pem: string): Promise<string> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, pem, { mode: 0o600 });
  try {
    await link(draft, file);
    return pem;
  } catch (error) {
    const other = await readIfThere(file);
    if (other === undefined) throw error;
    return other;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function toPem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/gu) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function fromPem(pem: string): Buffer<ArrayBuffer> {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/gu, ''), 'base64');
}
