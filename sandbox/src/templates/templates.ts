import type { Router } from 'express';
import { apiUrl, type Sandbox } from '../context';
import { presetOf } from '../documents/fields';
import { resource } from '../http/answer';
import { notFound } from '../http/errors';
import { paginate } from '../http/paging';
import type { Field, Template } from '../model';
import { inlineTeam, userJson } from '../teams/json';

/** `/templates/`: read only, as templates are made in the user interface of the service. */
export function templates(sandbox: Sandbox, router: Router): void {
  const { templates: all } = sandbox.store;
  const toJson = (template: Template) => templateJson(sandbox, template);
  resource(sandbox, router, '/templates/', {
    GET: ({ caller, address }) => ({
      status: 200,
      body: paginate(
        all.newest((template) => template.team === caller.team.uuid),
        toJson,
        address,
      ),
    }),
  });
  resource(sandbox, router, '/templates/:uuid/', {
    GET: ({ caller, id }) => {
      const template = all.get(id);
      if (template?.team !== caller.team.uuid) throw notFound();
      return { status: 200, body: toJson(template) };
    },
  });
}

function templateJson(sandbox: Sandbox, template: Template) {
  return {
    url: apiUrl(sandbox, 'templates', template.uuid),
    name: template.name,
    uuid: template.uuid,
    user: userJson(sandbox, template.team, template.user),
    team: inlineTeam(sandbox, template.team),
    who: template.who,
    signers: template.signers.map((signer) => ({
      signer_index: signer.index,
      needs_to_sign: signer.needsToSign,
      approve_only: signer.approveOnly,
      notify_only: false,
      in_person: false,
      order: signer.order,
      placeholders: template.fields.filter((field) => field.signerIndex === signer.index).map(placeholder),
    })),
  };
}

function placeholder(field: Field) {
  const preset = presetOf(field, []);
  return {
    uuid: field.uuid,
    type: field.type,
    page_index: field.page,
    prefill: field.type === 'd' ? field.prefill !== '0' : preset !== null,
    text: typeof preset === 'string' ? preset : '',
    checkbox_value: field.type === 'c' ? preset === true : null,
    date_value: null,
    external_id: field.externalId,
  };
}
