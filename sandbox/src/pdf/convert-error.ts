/** A file could not be turned into a readable PDF; the message is plain text for the sender of the document. */
export class ConvertError extends Error {
  override readonly name = 'ConvertError';
}
