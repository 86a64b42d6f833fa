// The capabilities of Linux by their bits (capabilities(7), linux/capability.h), and the reading of a mask.
// Knows no process.

export const capabilityNames = [
  'chown',
  'dac_override',
  'dac_read_search',
  'fowner',
  'fsetid',
  'kill',
  'setgid',
  'setuid',
  'setpcap',
  'linux_immutable',
  'net_bind_service',
  'net_broadcast',
  'net_admin',
  'net_raw',
  'ipc_lock',
  'ipc_owner',
  'sys_module',
  'sys_rawio',
  'sys_chroot',
  'sys_ptrace',
  'sys_pacct',
  'sys_admin',
  'sys_boot',
  'sys_nice',
  'sys_resource',
  'sys_time',
  'sys_tty_config',
  'mknod',
  'lease',
  'audit_write',
  'audit_control',
  'setfcap',
  'mac_override',
  'mac_admin',
  'syslog',
  'wake_alarm',
  'block_suspend',
  'audit_read',
  'perfmon',
  'bpf',
  'checkpoint_restore',
] as const;

/** Whether each capability is in a mask, written in hexadecimal as /proc/PID/status does. */
export function readMask(hexadecimal: string): boolean[] {
  const mask = BigInt(`0x${/^[0-9a-f]{1,16}$/i.test(hexadecimal) ? hexadecimal : '0'}`);
  return capabilityNames.map((_, bit) => ((mask >> BigInt(bit)) & 1n) === 1n);
}
