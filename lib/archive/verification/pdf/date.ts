/**
 * Reads a PDF date, `D:20261121194500+01'00'` (ISO 32000-1, 7.9.4).
 *
 * @returns undefined when it cannot be read or does not exist
 */
export function readPdfDate(text: string): Date | undefined {
  const parts = /^D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:Z.*|([+-])(\d\d)'?(\d\d)?'?)?$/.exec(text);
  if (parts === null) return undefined;
  const [year, month = '01', day = '01', hour = '00', minute = '00', second = '00'] = parts.slice(1, 7);
  const [sign, hours = '00', minutes = '00'] = parts.slice(7);
  const zone = sign === undefined ? 'Z' : `${sign}${hours}:${minutes}`;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
