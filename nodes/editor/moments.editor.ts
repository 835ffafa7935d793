/** The language of the editor, for dates and names. */
export const editorLanguage = (): string => RED.i18n?.lang?.() ?? 'en-US';

/**
 * A moment as people write it, in the language of the editor.
 *
 * @param at milliseconds since 1970
 * @param timeZone IANA name of the zone whose clock is shown
 */
export function momentText(at: number, timeZone: string): string {
  const thisYear = new Date(at).getUTCFullYear() === new Date().getUTCFullYear();
  return new Intl.DateTimeFormat([editorLanguage(), 'en-US'], {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(thisYear ? {} : { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
  }).format(at);
}

/** The date alone, as short as it can be understood. */
export const dateText = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat([editorLanguage(), 'en-US'], { timeZone, day: 'numeric', month: 'short' }).format(at);
