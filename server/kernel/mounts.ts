// Mounts: mount(2), umount2(2) and the parts of the newer mount interface that labs need. Knows no lab.
import { checked, closeDescriptor, declare } from './libc.ts';

export const mountFlags = {
  nosuid: 0x2,
  nodev: 0x4,
  noexec: 0x8,
  readOnly: 0x1,
  remount: 0x20,
  bind: 0x1000,
  recursive: 0x4000,
  private: 0x40000,
  noatime: 0x400,
} as const;

/** MNT_DETACH and UMOUNT_NOFOLLOW. */
export const UMOUNT_AT_ONCE = 2 | 8;
export const AT_EMPTY_PATH = 0x1000;
export const AT_FDCWD = -100;
/** OPEN_TREE_CLONE and OPEN_TREE_CLOEXEC. */
export const OPEN_TREE = 1 | 0o2000000;
export const MOVE_MOUNT_F_EMPTY_PATH = 4;
const FSOPEN_CLOEXEC = 1;
const FSPICK_CLOEXEC = 1;
const FSCONFIG_SET_FLAG = 0;
const FSCONFIG_CMD_RECONFIGURE = 7;
const MOUNT_ATTR_IDMAP = 0x00100000n;
const MOUNT_ATTR_RDONLY = 0x1n;
/** sizeof(struct mount_attr), version 0 (mount_setattr(2)): attr_set, attr_clr, propagation, userns_fd. */
const MOUNT_ATTR_BYTES = 32;

const mountCall = declare(
  'int mount(const char *source, const char *target, const char *type, uint64 flags, const char *data)',
);
const umount2 = declare('int umount2(const char *target, int flags)');
const openTree = declare('int open_tree(int directory, const char *path, unsigned int flags)');
const moveMount = declare(
  'int move_mount(int from, const char *fromPath, int to, const char *toPath, unsigned int flags)',
);
const fsopen = declare('int fsopen(const char *type, unsigned int flags)');
const fspick = declare('int fspick(int directory, const char *path, unsigned int flags)');
const fsconfig = declare(
  'int fsconfig(int context, unsigned int command, const char *key, const char *value, int aux)',
);
const mountSetattr = declare(
  'int mount_setattr(int directory, const char *path, unsigned int flags, void *attr, size_t size)',
);

export type MountOptions = {
  source?: string;
  type?: string;
  flags?: number;
  /** File system options, comma-separated. */
  data?: string;
};

/** mount(2) at `target`. */
export function mount(target: string, options: MountOptions): void {
  const { source = 'none', type = 'none', flags = 0, data = null } = options;
  checked(mountCall(source, target, type, flags, data), 'mount', `${type} ${source} on ${target}`);
}

/** Whether the kernel has a file system `type` that takes the option `name`; mounts nothing (fsconfig(2)). */
export function knowsOption(type: string, name: string): boolean {
  const context = fsopen(type, FSOPEN_CLOEXEC);
  if (context < 0) return false;
  try {
    return fsconfig(context, FSCONFIG_SET_FLAG, name, null, 0) === 0;
  } finally {
    closeDescriptor(context);
  }
}

/** Options of the file system at `target` without a value; the mount's own are left alone (fspick(2), fsconfig(2)). */
export function setOptions(target: string, options: readonly string[]): void {
  const context = checked(fspick(AT_FDCWD, target, FSPICK_CLOEXEC), 'fspick', target);
  try {
    for (const option of options) {
      checked(fsconfig(context, FSCONFIG_SET_FLAG, option, null, 0), 'fsconfig', option);
    }
    checked(fsconfig(context, FSCONFIG_CMD_RECONFIGURE, null, null, 0), 'fsconfig', target);
  } finally {
    closeDescriptor(context);
  }
}

/** Binds `source` at `target`. */
export function bindMount(source: string, target: string): void {
  mount(target, { source, flags: mountFlags.bind });
}

/** Takes the mount off the tree at once; it goes when its last user goes (umount2(2), MNT_DETACH). */
export function detachMount(target: string): void {
  checked(umount2(target, UMOUNT_AT_ONCE), 'umount2', target);
}

/** As detachMount; false when nothing is mounted there or the path is gone. */
export function detachMountIfThere(target: string): boolean {
  return umount2(target, UMOUNT_AT_ONCE) === 0;
}

/** Runs `open` with a path to a detached copy of the mount at `directory`: what is opened there has no name above it. */
export function withDetachedCopy<T>(directory: string, open: (path: string) => T): T {
  const tree = checked(openTree(AT_FDCWD, directory, OPEN_TREE), 'open_tree', directory);
  try {
    return open(`/proc/self/fd/${tree}`);
  } finally {
    closeDescriptor(tree);
  }
}

/**
 * Attaches a copy of the mount at `source` to `target` with its ids mapped by the user namespace behind
 * `userNamespace` (mount_setattr(2), MOUNT_ATTR_IDMAP). Attached to a path first: Linux 6.1 refuses a
 * detached idmapped tree as an overlay's lower directory.
 */
export function bindIdmapped(options: {
  source: string;
  target: string;
  userNamespace: number;
  readOnly: boolean;
}): void {
  const { source, target } = options;
  const tree = checked(openTree(AT_FDCWD, source, OPEN_TREE), 'open_tree', source);
  try {
    const attributes = idmapAttributes(options);
    checked(
      mountSetattr(tree, '', AT_EMPTY_PATH, attributes, MOUNT_ATTR_BYTES),
      'mount_setattr',
      source,
    );
    checked(moveMount(tree, '', AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH), 'move_mount', target);
  } finally {
    closeDescriptor(tree);
  }
}

/** A struct mount_attr that maps ids by the user namespace behind `userNamespace`. */
export function idmapAttributes(options: { userNamespace: number; readOnly: boolean }): Buffer {
  const attributes = Buffer.alloc(MOUNT_ATTR_BYTES);
  attributes.writeBigUInt64LE(MOUNT_ATTR_IDMAP | (options.readOnly ? MOUNT_ATTR_RDONLY : 0n), 0);
  attributes.writeBigUInt64LE(BigInt(options.userNamespace), 24);
  return attributes;
}
