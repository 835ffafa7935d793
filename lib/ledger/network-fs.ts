import { readFileSync, statfsSync } from 'node:fs';

/** Types in /proc/self/mountinfo of file systems that other machines can write to, or that cannot share memory maps. */
const networkTypes = new Set([
  'nfs',
  'nfs4',
  'cifs',
  'smb3',
  'smbfs',
  'ncpfs',
  'afs',
  'coda',
  '9p',
  'ceph',
  'glusterfs',
  'lustre',
  'beegfs',
  'gpfs',
  'ocfs2',
  'gfs2',
  'davfs',
  'vboxsf',
  'prl_fs',
  'vmhgfs',
  'fuse.sshfs',
  'fuse.rclone',
  'fuse.s3fs',
  'fuse.goofys',
  'fuse.gcsfuse',
  'fuse.glusterfs',
  'fuse.ceph-fuse',
  'fuse.davfs2',
  'fuse.smbnetfs',
  'fuse.vmhgfs-fuse',
  'fuse.mfs',
]);

/** `f_type` of statfs(2) where there is no mountinfo (linux/magic.h). */
const magics = new Map<number, string>([
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x73757245, 'coda'],
  [0x5346414f, 'afs'],
  [0x01021997, '9p'],
  [0x00c36400, 'ceph'],
  [0x0bd00bd0, 'lustre'],
  [0x19830326, 'beegfs'],
  [0x7461636f, 'ocfs2'],
  [0x786f4256, 'vboxsf'],
]);

/**
 * The type of the network file system a folder is on, or null for a local one. SQLite's write-ahead log needs memory
 * shared between processes and working locks, which network file systems do not give (https://sqlite.org/wal.html).
 *
 * @param folder absolute path with symbolic links resolved
 * @param mountinfo text of /proc/self/mountinfo (proc(5)); null where there is none
 */
export function networkFileSystem(folder: string, mountinfo: string | null = readMountinfo()): string | null {
  if (folder.startsWith('\\\\')) return 'a network share';
  if (mountinfo !== null) {
    const type = mountType(folder, mountinfo);
    return type !== null && networkTypes.has(type) ? type : null;
  }
  if (process.platform !== 'linux') return null;
  return magics.get(statfsSync(folder).type) ?? null;
}

function readMountinfo(): string | null {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return null;
  }
}

/** Type of the mount with the longest path above the folder; of equal ones the last, which covers the others. */
function mountType(folder: string, mountinfo: string): string | null {
  let best: { length: number; type: string } | null = null;
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    const point = unescapeOctal(before?.split(' ')[4] ?? '');
    const type = after?.split(' ')[0];
    if (point === '' || type === undefined) continue;
    const above = point === '/' || folder === point || folder.startsWith(`${point}/`);
    if (above && (best === null || point.length >= best.length)) best = { length: point.length, type };
  }
  return best?.type ?? null;
}

/** Spaces and the like are written as `\040`. */
const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
