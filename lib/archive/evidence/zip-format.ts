/** Records of the ZIP format (PKWARE APPNOTE 6.3.10, 4.3 and 4.5.3), as far as a package needs them. */

export const signature = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
} as const;

export const stored = 0;
export const deflated = 8;
/** Names are UTF-8. */
export const utf8Flag = 0x0800;
export const encryptedFlag = 0x0001;

export const size = { local: 30, central: 46, end: 22, end64: 56, locator64: 20 } as const;

/** What 16 and 32 bits say when the true value is in the ZIP64 record. */
export const beyond16 = 0xffff;
export const beyond32 = 0xffff_ffff;

export const zip64Extra = 0x0001;

/** Date and time as MS-DOS has them: UTC here, so that a package does not depend on where it is made. */
export function dosTime(at: Date): { date: number; time: number } {
  const year = Math.min(2107, Math.max(1980, at.getUTCFullYear()));
  return {
    date: ((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
  };
}
