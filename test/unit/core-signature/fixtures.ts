import { type Document, documentSchema, type Signer, signerSchema } from '../../../dist/lib/core-signature/models';

/** A signer as the service gives it, with what is asked for. */
export const signer = (fields: Partial<Signer> & { email: string }): Signer => signerSchema.parse(fields);

/** The sender's row, which the service puts in front. */
export const sender = signer({ email: 'sender@example.com', needs_to_sign: false, order: 0 });

/** The JSON of a document whose request has these signers behind the sender. */
export const documentJson = (fields: Record<string, unknown> = {}, signers: Partial<Signer>[] = []) => ({
  uuid: 'doc-1',
  url: 'https://sign.example.com/api/v1/documents/doc-1/',
  name: 'lease.pdf',
  external_id: 'WF-1',
  status: 'se',
  signrequest: { uuid: 'req-1', from_email: 'sender@example.com', who: 'o', signers: [{ ...sender }, ...signers] },
  ...fields,
});

export const document = (fields: Record<string, unknown> = {}, signers: Partial<Signer>[] = []): Document =>
  documentSchema.parse(documentJson(fields, signers));
