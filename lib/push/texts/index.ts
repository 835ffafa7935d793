/** The default texts of every language of the signing page. */

import { da } from './da';
import { de } from './de';
import { en } from './en';
import { es } from './es';
import { fi } from './fi';
import { fr } from './fr';
import { he } from './he';
import { hu } from './hu';
import { it } from './it';
import { ja } from './ja';
import type { MomentTexts } from './moment-texts';
import { nl } from './nl';
import { no } from './no';
import { pl } from './pl';
import { pt } from './pt';
import { ru } from './ru';
import { sv } from './sv';

export const texts = {
  en,
  // The wording is the same; dates are written differently.
  'en-gb': en,
  de,
  fr,
  nl,
  es,
  it,
  pt,
  sv,
  da,
  no,
  fi,
  pl,
  hu,
  ru,
  ja,
  he,
} as const satisfies Record<string, MomentTexts>;
