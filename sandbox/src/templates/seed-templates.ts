import type { Sandbox } from '../context';
import { fieldsFromTags } from '../documents/fields';
import { readPdf, toPdf } from '../pdf';

const seeds = [
  {
    uuid: '0f4c1e52-8a0b-4b7e-9c51-5d1f6a2b3c01',
    name: 'Mutual NDA',
    signers: 2,
    text: `# Mutual Non-Disclosure Agreement

Between the party named below as [[t|0|r:1|n:Company of the first party|id:company_a]]

and the party named below as [[t|1|r:1|n:Company of the second party|id:company_b]]

1. Each party keeps what it learns from the other confidential and uses it for the stated purpose only.

2. The duty ends three years after the last disclosure. It does not cover what is public or was known before.

3. Purpose of the disclosure: [[t|0|r:0|n:Purpose|id:purpose]]

Effective date: [[d|0|r:1|id:effective_date]]

First party: [[s|0|r:1|id:signature_a]]

Second party: [[s|1|r:1|id:signature_b]]
`,
  },
  {
    uuid: '0f4c1e52-8a0b-4b7e-9c51-5d1f6a2b3c02',
    name: 'Purchase Approval',
    signers: 1,
    text: `# Purchase Approval

Order number: [[t|0|r:1|n:Order number|id:order_number]]

Amount: [[t|0|r:1|n:Amount|id:amount]]

Budget was checked: [[c|0|r:1|id:budget_checked]]

Date: [[d|0|r:1|id:approval_date]]

Approved by: [[s|0|r:1|id:approver_signature]]
`,
  },
];

/** Gives the first team two templates, whose uuids are the same in every sandbox. */
export async function seedTemplates(sandbox: Sandbox): Promise<void> {
  for (const { uuid, name, signers, text } of seeds) {
    const pdf = await toPdf(Buffer.from(text), `${name}.md`);
    const { pages, tags } = await readPdf(pdf);
    const file = `${uuid}-template.pdf`;
    await sandbox.files.write(file, pdf);
    sandbox.store.templates.put({
      uuid,
      team: 'sandbox',
      name,
      user: 'sender@sandbox.example',
      who: 'o',
      file,
      pages,
      fields: fieldsFromTags(tags).map((field, i) => ({ ...field, uuid: placeUuid(uuid, i) })),
      signers: Array.from({ length: signers }, (_, index) => ({
        index,
        needsToSign: true,
        approveOnly: false,
        order: 0,
      })),
    });
  }
}

/** Counts places from the template's uuid, so that they are the same in every sandbox too. */
function placeUuid(template: string, index: number): string {
  return template.replace(/^.{8}/, (0x51000000 + index).toString(16));
}
