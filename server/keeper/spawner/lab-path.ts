// Where a lab looks for programs, as root and as student (environ(7)).
export const LAB_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
