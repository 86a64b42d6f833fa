// Whether this kernel has what labs are made of. Loads a module where that is all that is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';

const namespaces = ['user', 'pid', 'mnt', 'net', 'uts', 'ipc', 'cgroup', 'time'];
const fileSystems = ['overlay', 'ext4'];
const controllers = ['memory', 'pids', 'cpu'];

/** Overlays over idmapped layers came with it. */
const oldestKernel = [5, 19];

const sameRemedy = "start Debian 12's own kernel (linux-image-amd64) and try again";

/**
 * @typedef {object} Kernel
 * @property {string} release
 * @property {(path: string) => string} read a file, or '' when there is none
 * @property {(path: string) => boolean} exists
 * @property {(module: string) => void} load
 */

/** @type {Kernel} */
const thisKernel = {
  release: release(),
  read: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : ''),
  exists: existsSync,
  load: (module) => {
    spawnSync('modprobe', [module], { stdio: 'ignore' });
  },
};

/** @param {Kernel} kernel */
function isTooOld({ release: text }) {
  const [major = 0, minor = 0] = text.split('.').map((part) => Number.parseInt(part, 10));
  const [oldMajor = 0, oldMinor = 0] = oldestKernel;
  return major < oldMajor || (major === oldMajor && minor < oldMinor);
}

/** @param {Kernel} kernel @param {string} name */
function hasFileSystem(kernel, name) {
  const isListed = () => new RegExp(`\\b${name}$`, 'm').test(kernel.read('/proc/filesystems'));
  if (!isListed()) kernel.load(name);
  return isListed();
}

/** @param {Kernel} kernel */
function hasLoopDevices(kernel) {
  if (!kernel.exists('/dev/loop-control')) kernel.load('loop');
  return kernel.exists('/dev/loop-control');
}

/** @param {Kernel} kernel @param {string} name in the unified hierarchy or in one of its own */
function hasController(kernel, name) {
  const unified = kernel.read('/sys/fs/cgroup/cgroup.controllers').trim().split(/\s+/);
  if (unified.includes(name)) return true;
  return kernel
    .read('/proc/self/mountinfo')
    .split('\n')
    .map((line) => line.split(' - cgroup ')[1])
    .some((rest) => rest?.split(' ')[1]?.split(',').includes(name));
}

/**
 * @param {Kernel} kernel
 * @returns {string | undefined} what is missing and what to do, in one sentence
 */
export function whyKernelCannot(kernel = thisKernel) {
  if (isTooOld(kernel)) {
    return `Linux ${kernel.release} is too old for labs, which need ${oldestKernel.join('.')} or later: ${sameRemedy}.`;
  }
  const namespace = namespaces.find((name) => !kernel.exists(`/proc/self/ns/${name}`));
  if (namespace)
    return `This kernel has no ${namespace} namespaces, which labs need: ${sameRemedy}.`;
  if (kernel.read('/proc/sys/user/max_user_namespaces').trim() === '0') {
    return 'User namespaces are switched off here, and labs need them: run sysctl -w user.max_user_namespaces=15000 and start again.';
  }
  const fileSystem = fileSystems.find((name) => !hasFileSystem(kernel, name));
  if (fileSystem) {
    return `This kernel has no ${fileSystem} file system and modprobe ${fileSystem} did not bring it, but labs need it: ${sameRemedy}.`;
  }
  if (!hasLoopDevices(kernel)) {
    return `There are no loop devices here (/dev/loop-control) and modprobe loop did not bring them: in a container, start it privileged; otherwise ${sameRemedy}.`;
  }
  const controller = controllers.find((name) => !hasController(kernel, name));
  if (controller) {
    return `The ${controller} cgroup controller is missing, so labs could not be limited: mount the cgroup file systems, or boot without cgroup_disable=${controller}.`;
  }
  return undefined;
}
