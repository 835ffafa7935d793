/** A refusal in one of the shapes of the API; thrown by handlers and turned into the answer in one place. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly headers: Record<string, string> = {},
  ) {
    super(`HTTP ${status}`);
  }
}

/** 400 with one complaint about one field: `{"field": ["text"]}`. */
export function invalid(field: string, text: string): ApiError {
  return new ApiError(400, { [field]: [text] });
}

/** 404 as the framework words it; also for objects of other teams, so that their existence stays hidden. */
export function notFound(): ApiError {
  return new ApiError(404, { detail: 'Not found.' });
}

/** 403 with a reason. */
export function forbidden(text = 'You do not have permission to perform this action.'): ApiError {
  return new ApiError(403, { detail: text });
}

/** 405 for a path that exists with other methods. */
export function methodNotAllowed(method: string, allowed: string[]): ApiError {
  return new ApiError(405, { detail: `Method "${method}" not allowed.` }, { Allow: allowed.join(', ') });
}
