/** What a folder refuses. */
import { SignatureError } from '../../../errors';

/** The part of the folder where objects and cards lie. */
export const privatePart = '.archive';

export const locked = (document: string): SignatureError =>
  new SignatureError(
    'RETENTION',
    `${document} is declared a record in the folder and cannot be changed. File the document under another name.`,
  );

export const noFolderAbove = (folder: string): SignatureError =>
  new SignatureError(
    'NO_CONTAINER',
    `folder: ${JSON.stringify(folder)} does not exist, and neither does the folder above it. Correct the path, mount the disk, or make the folder.`,
    { field: 'folder' },
  );

export const reservedName = (): SignatureError =>
  new SignatureError(
    'NAME_NOT_ALLOWED',
    `container path begins with ${privatePart}, which the folder keeps for itself.`,
    {
      field: 'container path',
    },
  );

export const leadsOut = (): SignatureError =>
  new SignatureError(
    'NAME_NOT_ALLOWED',
    'container path leads out of the folder by a symbolic link. Remove the link.',
    {
      field: 'container path',
    },
  );

export const notAFile = (name: string): SignatureError =>
  new SignatureError('NAME_NOT_ALLOWED', `name ${JSON.stringify(name)} belongs to something that is no file.`, {
    field: 'name',
  });
