// A failed system call, said so that a person can act on it: call, object, errno and what it means there.
import { constants } from 'node:os';

const namesByNumber = new Map<number, string>();
for (const [name, number] of Object.entries(constants.errno)) {
  // EAGAIN and EWOULDBLOCK share a number: the first name is the one man pages use.
  if (!namesByNumber.has(number)) namesByNumber.set(number, name);
}

/** Meanings that depend on the call; everything else keeps the errno's name. */
const meanings: Record<string, Record<string, string>> = {
  mount: {
    EPERM: 'this user namespace may not mount that',
    ENODEV: 'the kernel has no such file system type: load its module',
    EBUSY: 'it is already mounted or in use',
    EINVAL: 'the kernel log says which option it refuses',
  },
  umount2: { EINVAL: 'nothing is mounted there', EBUSY: 'something still uses it' },
  'ioctl(LOOP_CTL_GET_FREE)': { EPERM: 'loop devices need CAP_SYS_ADMIN on the lab host' },
  'ioctl(LOOP_CONFIGURE)': { EBUSY: 'another process took that loop device' },
  mount_setattr: { EINVAL: 'that file system cannot be idmapped on this kernel' },
  openat2: { EXDEV: 'the path leaves the lab', ELOOP: 'the path holds a symbolic link' },
};

export class SyscallError extends Error {
  readonly syscall: string;
  /** errno's symbolic name, such as ENOENT (errno(3)). */
  readonly errno: string;

  constructor(syscall: string, object: string, errno: number) {
    const name = namesByNumber.get(errno) ?? `errno ${errno}`;
    const meaning = meanings[syscall]?.[name];
    super(`${syscall}(${object}): ${name}${meaning === undefined ? '' : `, ${meaning}`}`);
    this.name = 'SyscallError';
    this.syscall = syscall;
    this.errno = name;
  }
}
