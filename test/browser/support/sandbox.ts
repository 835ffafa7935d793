import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { until } from '../../../scripts/lib/child';
import { anyPort } from '../../../scripts/lib/ports';
import { type Sandbox, startSandbox } from '../../../scripts/lib/sandbox';
import { linkFor, type SandboxState, sandboxState } from '../../../scripts/lib/signer';
import { recordingsFolder } from '../../support/house';

/** What the tests look at in a document, as the service's API gives it. */
export interface DocumentAnswer {
  status: string;
  processing: boolean;
  pdf: string | null;
  security_hash: string | null;
}

/** A sandbox in a folder of its own, and the sender's side of it. */
export class Sender {
  private constructor(
    readonly sandbox: Sandbox,
    private readonly folder: string,
  ) {}

  static async start(name: string): Promise<Sender> {
    const folder = mkdtempSync(path.join(tmpdir(), 'core-signature-pages-'));
    mkdirSync(recordingsFolder, { recursive: true });
    const record = path.join(recordingsFolder, `${name}.jsonl`);
    const data = path.join(folder, 'data');
    return new Sender(await startSandbox({ port: await anyPort(), data, record }), folder);
  }

  async end(): Promise<void> {
    await this.sandbox.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get url(): string {
    return this.sandbox.url;
  }

  state(): Promise<SandboxState> {
    return sandboxState(this.url);
  }

  async #ask<T>(method: string, address: string, body?: object): Promise<T> {
    const answer = await fetch(new URL(address, `${this.url}/api/v1/`), {
      method,
      headers: { 'content-type': 'application/json', authorization: 'Token sandbox-token' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`${method} ${address} answered ${answer.status}: ${await answer.text()}`);
    return answer.json() as Promise<T>;
  }

  /**
   * Sends a text as a document. @returns the document's id */
  async send(text: string, fields: { signers: object[]; name?: string; [field: string]: unknown }): Promise<string> {
    const { document } = await this.#ask<{ document: string }>('POST', 'signature-request-quick-create/', {
      file_from_content: Buffer.from(text).toString('base64'),
      file_from_content_name: 'agreement.md',
      name: 'Agreement',
      ...fields,
    });
    return document.split('/').at(-2) ?? '';
  }

  document(id: string): Promise<DocumentAnswer> {
    return this.#ask('GET', `documents/${id}/`);
  }

  link(email: string, document: string): Promise<string> {
    return linkFor(this.url, email, document);
  }

  /** Waits for a document's end and downloads its signed PDF. */
  async signedPdf(id: string): Promise<{ document: DocumentAnswer; pdf: Buffer; sha256: string }> {
    const document = await until(`the signed PDF of ${id}`, async () => {
      const now = await this.document(id);
      return now.pdf && !now.processing ? now : undefined;
    });
    const pdf = Buffer.from(await (await fetch(document.pdf ?? '')).arrayBuffer());
    return { document, pdf, sha256: createHash('sha256').update(pdf).digest('hex') };
  }
}
