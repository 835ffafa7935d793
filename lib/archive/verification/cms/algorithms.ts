/** Hash and signature algorithms, and which of them still count. Sources: RFC 5754, RFC 4055, RFC 5758, RFC 8419. */
import { constants, type KeyObject, verify } from 'node:crypto';
import * as pkijs from 'pkijs';
import { Problem } from '../problem';

/** Hash algorithms by object identifier, as `node:crypto` names them. */
const hashes: Record<string, string> = {
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.8': 'sha3-256',
  '2.16.840.1.101.3.4.2.9': 'sha3-384',
  '2.16.840.1.101.3.4.2.10': 'sha3-512',
};

/** Signature algorithms that name their hash. */
const combined: Record<string, { family: 'rsa' | 'ec'; hash: string }> = {
  '1.2.840.113549.1.1.4': { family: 'rsa', hash: 'md5' },
  '1.2.840.113549.1.1.5': { family: 'rsa', hash: 'sha1' },
  '1.2.840.113549.1.1.11': { family: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { family: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { family: 'rsa', hash: 'sha512' },
  '1.2.840.10045.4.1': { family: 'ec', hash: 'sha1' },
  '1.2.840.10045.4.3.2': { family: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { family: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { family: 'ec', hash: 'sha512' },
};

const plainRsa = '1.2.840.113549.1.1.1';
const plainEc = '1.2.840.10045.2.1';
const pss = '1.2.840.113549.1.1.10';
const edwards: Record<string, string> = { '1.3.101.112': 'ed25519', '1.3.101.113': 'ed448' };

const weakHashes = ['md5', 'sha1'];

/** A hash algorithm's name for `node:crypto`. @throws Problem CRYPTO_CONSTRAINTS_FAILURE when it is not known */
export function hashName(algorithm: pkijs.AlgorithmIdentifier): string {
  const name = hashes[algorithm.algorithmId];
  if (name === undefined) throw unknown('hash algorithm', algorithm);
  return name;
}

const unknown = (what: string, { algorithmId }: pkijs.AlgorithmIdentifier): Problem =>
  new Problem(`The ${what} ${algorithmId.slice(0, 60)} is not supported.`, 'CRYPTO_CONSTRAINTS_FAILURE');

export interface SignedBytes {
  algorithm: pkijs.AlgorithmIdentifier;
  /** The hash where the algorithm does not name its own. */
  hash?: string;
  key: KeyObject;
  data: Uint8Array;
  signature: Uint8Array;
}

/**
 * Whether a signature fits the data and the key.
 *
 * @throws Problem CRYPTO_CONSTRAINTS_FAILURE when the algorithm is not supported
 */
export function isSignedBy({ algorithm, hash, key, data, signature }: SignedBytes): boolean {
  const { algorithmId } = algorithm;
  const edwardsType = edwards[algorithmId];
  if (edwardsType !== undefined) return key.asymmetricKeyType === edwardsType && verify(null, data, key, signature);
  if (algorithmId === pss) return isPssSigned(algorithm, key, data, signature);
  const named = combined[algorithmId];
  const family = named?.family ?? (algorithmId === plainRsa ? 'rsa' : algorithmId === plainEc ? 'ec' : undefined);
  const digest = named?.hash ?? hash;
  if (family === undefined || digest === undefined) throw unknown('signature algorithm', algorithm);
  if (named !== undefined && hash !== undefined && named.hash !== hash) return false;
  return key.asymmetricKeyType === family && verify(digest, data, key, signature);
}

function isPssSigned(
  algorithm: pkijs.AlgorithmIdentifier,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const parameters = new pkijs.RSASSAPSSParams({ schema: algorithm.algorithmParams });
  const hash = hashName(parameters.hashAlgorithm);
  // `node:crypto` uses the same hash for the mask, as nearly every signer does.
  const mask = pkijs.AlgorithmIdentifier.fromBER(parameters.maskGenAlgorithm.algorithmParams.toBER());
  if (hashName(mask) !== hash) throw unknown('combination of hashes in', algorithm);
  return (
    (key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss') &&
    verify(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: parameters.saltLength }, signature)
  );
}

/**
 * Why a signature made with this hash and key no longer counts; undefined when it does. Limits: ETSI TS 119 312 (SHA-224
 * and up, RSA from 1,900 bits, curves from 224 bits).
 */
export function weakness(hash: string, key: KeyObject): string | undefined {
  if (weakHashes.includes(hash)) return `${hash.toUpperCase()} can be forged`;
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined && modulusLength < 1900) return `an RSA key of ${modulusLength} bits is too short`;
  if (namedCurve !== undefined && /(?:112|128|160|163|192)/.test(namedCurve))
    return `the curve ${namedCurve} is too small`;
  return undefined;
}

/** The hash a certificate's or list's signature algorithm names; undefined when it names none. */
export const hashOf = ({ algorithmId }: pkijs.AlgorithmIdentifier): string | undefined => combined[algorithmId]?.hash;
