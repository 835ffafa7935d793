import { expect } from 'chai';
import { checkedInput } from '../../../dist/lib/core-signature/checked-input';
import {
  attachmentInputSchema,
  documentInputSchema,
  forwardInputSchema,
  quickCreateInputSchema,
  signatureRequestInputSchema,
  signerFlags,
} from '../../../dist/lib/core-signature/requests';
import { roleOf, type SignerRole, signerRoles } from '../../../dist/lib/core-signature/signers';
import { signer } from './fixtures';

const file = { file_from_content: 'JVBERi0=', file_from_content_name: 'a.pdf' };
const request = { document: 'https://sign.example.com/api/v1/documents/1/', signers: [{ email: 'a@x.org' }] };

const refused = (
  schema: Parameters<typeof checkedInput>[0],
  input: unknown,
  code: string,
  field: string,
  text?: RegExp,
) => {
  try {
    checkedInput(schema, input);
  } catch (error) {
    expect(error, (error as Error).message).to.include({ code, field });
    if (text !== undefined) expect((error as Error).message).to.match(text);
    return;
  }
  expect.fail('was not refused');
};

describe('what is sent', () => {
  it('keeps what is known and drops the rest', () => {
    const sent = checkedInput(documentInputSchema, { ...file, name: 'A', force_sign: true, auto_expire_days: 30 });
    expect(sent).to.deep.equal({ ...file, name: 'A', auto_expire_days: 30 });
    expect(checkedInput(signatureRequestInputSchema, request)).to.deep.equal({
      document: request.document,
      who: 'o',
      signers: [{ email: 'a@x.org', needs_to_sign: true }],
    });
  });

  it('has one source of content', () => {
    const refuses = (input: unknown, code: string, field: string) => refused(documentInputSchema, input, code, field);
    refuses({}, 'NO_DOCUMENT', 'file_from_content');
    refuses({ ...file, template: 'https://x.org/t/' }, 'BAD_DOCUMENT', 'template');
    refuses({ ...file, file_from_content: '' }, 'BAD_DOCUMENT', 'file_from_content');
    refuses(
      { ...file, file_from_content: 'data:application/pdf;base64,JVBERi0=' },
      'BAD_DOCUMENT',
      'file_from_content',
    );
    refuses({ ...file, file_from_content_name: 'contract' }, 'BAD_DOCUMENT', 'file_from_content_name');
    refuses({ file_from_url: 'ftp://x.org/a.pdf' }, 'BAD_INPUT', 'file_from_url');
    refused(
      attachmentInputSchema,
      { document: request.document, template: 'https://x.org/t/' },
      'NO_DOCUMENT',
      'file_from_content',
    );
    checkedInput(documentInputSchema, { ...file, file_from_content: 'JVBE\r\nRi0=\r\n' });
    checkedInput(documentInputSchema, { ...file, file_from_content: 'QUJD'.repeat(8_000_000) });
  });

  it('keeps the limits', () => {
    const refuses = (input: object, field: string) =>
      refused(documentInputSchema, { ...file, ...input }, 'BAD_INPUT', field);
    refuses({ name: 'x'.repeat(256) }, 'name');
    refuses({ external_id: 'x'.repeat(256) }, 'external_id');
    for (const days of [0, 731, 1.5, '30']) refuses({ auto_expire_days: days }, 'auto_expire_days');
    refuses({ prefill_tags: [{ external_id: 'a', date_value: '31.05.2030' }] }, 'prefill_tags.0.date_value');
    refused(
      signatureRequestInputSchema,
      { ...request, subject: 'x'.repeat(513) },
      'BAD_INPUT',
      'subject',
      /^subject must not be longer than 512/,
    );
    refused(signatureRequestInputSchema, { ...request, who: 'x' }, 'BAD_INPUT', 'who');
    refused(forwardInputSchema, { signer_email_to_forward: 'a@x.org' }, 'BAD_INPUT', 'signer_email_to_forward_to');
  });

  it('has signers who can act', () => {
    const refuses = (signers: object[], code: string, field: string, text?: RegExp) =>
      refused(signatureRequestInputSchema, { ...request, signers }, code, field, text);
    const a = { email: 'a@x.org' };
    refuses([], 'NO_SIGNER', 'signers');
    refuses(
      [
        { ...a, needs_to_sign: false },
        { email: 'b@x.org', notify_only: true },
      ],
      'NO_SIGNER',
      'signers',
    );
    refuses(
      [a, { email: ' A@X.org'.trim() }],
      'DUPLICATE_SIGNER',
      'signers.1.email',
      /^signer 2: email A@X.org appears twice/,
    );
    refuses([a, { email: 'nobody' }], 'BAD_SIGNER', 'signers.1.email', /^signer 2: email must be an e-mail address/);
    refuses([{ ...a, order: -1 }], 'BAD_SIGNER', 'signers.0.order');
    refuses([{ ...a, language: 'xx' }], 'BAD_SIGNER', 'signers.0.language');
    refuses([{ ...a, verify_phone_number: '030 1234567' }], 'BAD_SIGNER', 'signers.0.verify_phone_number');
    refuses([a, { email: 'b@x.org', in_person: true }], 'BAD_SIGNER', 'signers.1.in_person');
    checkedInput(signatureRequestInputSchema, {
      ...request,
      signers: [
        { ...a, embed_url_user_id: '1' },
        { email: 'b@x.org', in_person: true },
      ],
    });
    checkedInput(signatureRequestInputSchema, { ...request, signers: [], who: 'm' });
    checkedInput(quickCreateInputSchema, {
      ...file,
      signers: [{ ...a, language: 'de', verify_phone_number: '+49 30 1234567' }],
    });
  });

  it('does not repeat a password in a message', () => {
    try {
      checkedInput(signatureRequestInputSchema, { ...request, signers: [{ email: 'x', password: 'MARKER' }] });
    } catch (error) {
      expect(JSON.stringify(error) + (error as Error).message).not.to.contain('MARKER');
    }
  });

  for (const role of signerRoles as readonly SignerRole[]) {
    it(`has flags for ${role} that read back as ${role}`, () => {
      expect(roleOf(signer({ email: 'a@x.org', ...(signerFlags[role] as object) }))).to.equal(role);
    });
  }
});
