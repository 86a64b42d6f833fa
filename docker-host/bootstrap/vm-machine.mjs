// Boots the machine of the vm tests and waits for its end. Knows no test and no image's contents.
import { accessSync, constants, readFileSync } from 'node:fs';
import { runInFront } from './run.mjs';

const memoryMib = 4096;
const processors = 2;

/** Emulated, everything takes some ten times as long. */
export const isEmulated = !canUseKvm();

/**
 * Where the processor has no virtualisation the device may be there all the same: kvm_pvm runs kernels that were
 * made for it, and leaves Debian's where it begins, for ever.
 */
function canUseKvm() {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return /^flags\b.* (vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
  } catch {
    return false;
  }
}

const kernelWords = [
  'console=ttyS0',
  'quiet',
  'loglevel=3',
  // A machine that breaks ends, since qemu is told not to reboot.
  'panic=-1',
  // Nobody attacks this machine, and emulated they cost the more.
  'mitigations=off',
  'random.trust_cpu=on',
];

/**
 * Its console is our output. Answers qemu's exit code.
 * @param {import('./vm-images.mjs').Images} images
 * @param {number} withinSeconds
 * @returns {Promise<number>}
 */
export function bootMachine({ kernel, initrd, disks }, withinSeconds) {
  const accelerator = isEmulated ? 'tcg,thread=multi' : 'kvm';
  const options = [
    `-machine q35 -accel ${accelerator} -cpu max -smp ${processors} -m ${memoryMib}`,
    '-nodefaults -no-user-config -no-reboot -display none -serial stdio',
  ];
  const args = [
    ...options.flatMap((line) => line.split(' ')),
    '-kernel',
    kernel,
    '-initrd',
    initrd,
    '-append',
    kernelWords.join(' '),
    ...disks.flatMap(({ path, isWritable }) => [
      '-drive',
      // Nothing of it has to survive this run.
      `file=${path},format=raw,if=virtio,cache=unsafe,readonly=${isWritable ? 'off' : 'on'}`,
    ]),
  ];
  const within = ['--foreground', '--kill-after=5', String(withinSeconds)];
  return runInFront('timeout', [...within, 'nice', '-n', '10', 'qemu-system-x86_64', ...args]);
}
