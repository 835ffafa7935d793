/** Verifies an evidence package, years later and offline: completeness, hashes, time-stamp, journal and signatures. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { verifyPdf } from '../verification/verify-pdf';
import { brokenChain } from './audit-chain';
import {
  type Listed,
  parseBagInfo,
  parseManifest,
  payloadManifest,
  tagManifest,
  timestampLabel,
  tokenFile,
} from './manifest';
import { shown, unsafePath } from './names';
import { measured, type OpenedPackage, openPackage } from './opened';
import { verifyTimestamp } from './timestamp';
import type { PackageProblem, PackageVerdict, VerifyPackageOptions } from './types';
import { ZipProblem } from './zip-reader';

const journalFile = 'data/audit.json';
const largestText = 16 * 1024 * 1024;

/**
 * Verifies a package. What is wrong with it is in the verdict.
 *
 * PDFs directly in `data/` weigh: one that TOTAL-FAILED makes the package INVALID, an INDETERMINATE one QUESTIONABLE.
 * Those in folders below are what signers attached; they are reported only. A trusted time-stamp over the package is the
 * moment they are judged for.
 *
 * @param file folder or ZIP file
 * @throws the file system's error when it cannot be read
 */
export async function verifyPackage(file: string, options: VerifyPackageOptions): Promise<PackageVerdict> {
  const verdict: PackageVerdict = {
    verdict: 'VALID',
    name: path.basename(file),
    filesVerified: 0,
    problems: [],
    doubts: [],
    pdfs: [],
  };
  try {
    const opened = await openPackage(file, options.maxBytes ?? 4 * 1024 ** 3);
    try {
      verdict.name = opened.name;
      await new Inspection(opened, options, verdict).run();
    } finally {
      await opened.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof ZipProblem)) throw thrown;
    verdict.problems.push({ file: '', text: thrown.message });
  }
  verdict.verdict = verdict.problems.length > 0 ? 'INVALID' : verdict.doubts.length > 0 ? 'QUESTIONABLE' : 'VALID';
  return verdict;
}

class Inspection {
  constructor(
    private readonly bag: OpenedPackage,
    private readonly options: VerifyPackageOptions,
    private readonly verdict: PackageVerdict,
  ) {}

  async run(): Promise<void> {
    for (const name of this.bag.strange) this.#problem(name, 'is a link or no file. A package holds plain files only.');
    if ((await this.#text('bagit.txt'))?.startsWith('BagIt-Version: ') !== true) {
      this.#problem('bagit.txt', 'is missing or wrong: this is not an evidence package.');
    }
    const tags = await this.#listed(tagManifest);
    for (const required of [payloadManifest, 'bagit.txt', 'bag-info.txt']) {
      if (!tags.some(({ name }) => name === required)) this.#problem(required, `is not listed in ${tagManifest}.`);
    }
    await this.#compare(tags);
    const payload = await this.#listed(payloadManifest);
    const size = await this.#compare(payload, 'data/');
    this.verdict.filesVerified = size.files;
    this.#unlisted([...tags, ...payload]);
    const info = parseBagInfo((await this.#text('bag-info.txt')) ?? '');
    this.#oxum(info, size);
    await this.#timestamp(info);
    await this.#journal();
    await this.#pdfs(payload);
  }

  #problem(file: string, text: string): void {
    this.verdict.problems.push(about(file, text));
  }

  /** A tag file's text; undefined when it is missing or far too large. */
  async #text(name: string): Promise<string | undefined> {
    if (!this.bag.files.includes(name)) return undefined;
    const file = path.join(this.bag.root, name);
    return (await stat(file)).size > largestText ? undefined : readFile(file, 'utf8');
  }

  async #listed(manifest: string): Promise<Listed[]> {
    const text = await this.#text(manifest);
    const listed = text === undefined ? undefined : parseManifest(text);
    if (listed === undefined || listed.length === 0) this.#problem(manifest, 'is missing, empty or damaged.');
    return listed ?? [];
  }

  /** Compares each listed file with its hash. */
  async #compare(listed: readonly Listed[], folder = ''): Promise<{ bytes: number; files: number }> {
    const sum = { bytes: 0, files: 0 };
    const seen = new Set<string>();
    for (const { name, sha256 } of listed) {
      const wrong = seen.has(name)
        ? 'is listed twice'
        : name.startsWith(folder)
          ? unsafePath(name)
          : `is not in ${folder}`;
      seen.add(name);
      const found =
        wrong === undefined && this.bag.files.includes(name)
          ? await measured(path.join(this.bag.root, ...name.split('/')))
          : undefined;
      if (wrong !== undefined) this.#problem(name, `${wrong}.`);
      else if (found === undefined) this.#problem(name, 'is missing.');
      else if (found.size === 0) this.#problem(name, 'is empty.');
      else if (found.sha256 !== sha256) this.#problem(name, 'was changed: its SHA-256 is another one.');
      else sum.files += 1;
      sum.bytes += found?.size ?? 0;
    }
    return sum;
  }

  #unlisted(listed: readonly Listed[]): void {
    const known = new Set([tagManifest, tokenFile, ...listed.map(({ name }) => name)]);
    for (const name of this.bag.files) if (!known.has(name)) this.#problem(name, 'was added: no manifest lists it.');
  }

  #oxum(info: Map<string, string>, { bytes, files }: { bytes: number; files: number }): void {
    const oxum = info.get('Payload-Oxum');
    if (oxum !== undefined && oxum !== `${bytes}.${files}`) {
      this.#problem('bag-info.txt', `says ${shown(oxum)} (bytes.files), but there are ${bytes}.${files}.`);
    }
  }

  async #timestamp(info: Map<string, string>): Promise<void> {
    if (!this.bag.files.includes(tokenFile)) {
      if (info.has(timestampLabel)) this.#problem(tokenFile, 'is missing: the time-stamp was taken away.');
      return;
    }
    const token = path.join(this.bag.root, tokenFile);
    if ((await stat(token)).size > largestText) return this.#problem(tokenFile, 'is too large for a time-stamp.');
    const stamped = Buffer.from((await this.#text(tagManifest)) ?? '');
    const result = await verifyTimestamp(
      await readFile(token),
      (hash) => createHash(hash).update(stamped).digest(),
      this.options.trust ?? { anchors: [] },
    );
    this.verdict.timestamp = result;
    const list = result.result === 'TOTAL-FAILED' ? this.verdict.problems : this.verdict.doubts;
    if (result.result !== 'TOTAL-PASSED') list.push({ file: tokenFile, text: result.text });
  }

  async #journal(): Promise<void> {
    const text = await this.#text(journalFile);
    if (text === undefined) return;
    const broken = brokenChain(parsedJson(text));
    if (broken !== undefined) this.verdict.problems.push({ file: journalFile, text: broken });
  }

  async #pdfs(payload: readonly Listed[]): Promise<void> {
    // The time-stamp proves that the signatures existed then: their certificates may have run out since.
    const stamp = this.verdict.timestamp;
    const at = stamp?.result === 'TOTAL-PASSED' && stamp.at !== undefined ? new Date(stamp.at) : this.options.at;
    for (const { name } of payload.filter(
      (listed) => /\.pdf$/i.test(listed.name) && this.bag.files.includes(listed.name),
    )) {
      const verdict = await verifyPdf(path.join(this.bag.root, ...name.split('/')), {
        trust: this.options.trust ?? { anchors: [] },
        at,
      });
      const { conclusion, subIndication } = verdict;
      this.verdict.pdfs.push({ file: name, conclusion, verdict });
      if (name.split('/').length > 2) continue;
      const text = `is ${conclusion}${subIndication === undefined ? '' : ` (${subIndication})`}.`;
      if (conclusion === 'TOTAL-FAILED') this.#problem(name, text);
      if (conclusion === 'INDETERMINATE') this.verdict.doubts.push(about(name, text));
    }
  }
}

const about = (file: string, text: string): PackageProblem => ({ file: shown(file), text: `"${shown(file)}" ${text}` });

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
