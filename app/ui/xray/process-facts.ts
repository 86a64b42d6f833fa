// Everything the kernel says of one process, each with the command that shows the same on the lab. Commands
// hold numbers only, never a learner's text. Knows no element.
import type { ObservedProcess, Place } from '../../../server/protocol/snapshot.ts';
import type { XrayView } from '../../../server/protocol/xray.ts';
import type { Instances } from '../../lab-client/xray-store.ts';
import type { XrayTexts } from '../texts/xray-texts.ts';
import { capabilityNames, readMask } from './capabilities.ts';
import { instanceName, kindsInOrder } from './namespace-colour.ts';
import { plain } from './plain.ts';
import { sayUser } from './say-credentials.ts';

export type Fact = { label: string; value: string; command: string };

type Around = { view: XrayView; instances: Instances; texts: XrayTexts };

export function factsOf(process: ObservedProcess, { view, instances, texts }: Around): Fact[] {
  const { detail, capabilities } = texts;
  const { pid } = process;
  const status = (field: string): string => `grep -E '^${field}' /proc/${pid}/status`;
  const path = (place: Place | null): string =>
    place === null ? detail.unreadable : plain(place.path);
  const parent = Object.values(view.processes).find((one) => one.pid === process.parent);
  const effective = countOf(process.capabilities.effective);
  const child = process.childPidNamespace;
  return [
    { label: detail.numbers, value: detail.numbersValue(process.pids), command: status('NSpid') },
    {
      label: detail.command,
      value: plain(process.command.join(' ')) || detail.unreadable,
      command: `tr '\\0' ' ' < /proc/${pid}/cmdline; echo`,
    },
    {
      label: detail.executable,
      value: process.executable === null ? detail.unreadable : plain(process.executable),
      command: `sudo readlink /proc/${pid}/exe`,
    },
    {
      label: detail.parent,
      value:
        parent === undefined ? detail.outsideParent : `${plain(parent.name)}, PID ${parent.pid}`,
      command: status('PPid'),
    },
    {
      label: detail.user,
      value: sayUser(process.user, texts.change),
      command:
        process.user.inside === null
          ? status('Uid')
          : `grep -E '^Uid' /proc/${pid}/status; cat /proc/${pid}/uid_map`,
    },
    {
      label: detail.state,
      value: texts.states[process.state] ?? process.state,
      command: status('State'),
    },
    { label: detail.root, value: path(process.root), command: `sudo readlink /proc/${pid}/root` },
    {
      label: detail.workingDirectory,
      value: path(process.workingDirectory),
      command: `sudo readlink /proc/${pid}/cwd`,
    },
    {
      label: detail.namespaces,
      value: sayNamespaces(process, { view, instances, texts }),
      command: `sudo ls -l /proc/${pid}/ns`,
    },
    ...(child === null || child === process.namespaces?.pid
      ? []
      : [
          {
            label: detail.childNamespace,
            value: texts.nextChild(instanceName('pid', child, instances)),
            command: `sudo readlink /proc/${pid}/ns/pid_for_children`,
          },
        ]),
    {
      label: detail.proc,
      value:
        process.procNamespace === null
          ? detail.noProc
          : detail.procOf(sayNamespace(process.procNamespace, { view, instances, texts })),
      command: `sudo readlink /proc/${pid}/root/proc/1/ns/pid`,
    },
    {
      label: detail.group,
      value: process.group === null ? detail.unreadable : plain(process.group),
      command: `cat /proc/${pid}/cgroup`,
    },
    {
      label: detail.terminal,
      value: process.terminal === null ? detail.noTerminal : `/dev/pts/${process.terminal}`,
      command: `ps -o tty= -p ${pid}`,
    },
    {
      label: detail.capabilities,
      value: `${effective === 0 ? capabilities.none : capabilities.some(effective, capabilityNames.length)}, ${capabilities.sets(countSets(process))}`,
      command: status('Cap'),
    },
    {
      label: detail.seccomp,
      value: detail.seccompModes[process.seccomp] ?? String(process.seccomp),
      command: status('Seccomp'),
    },
    {
      label: detail.noNewPrivileges,
      value: process.noNewPrivileges ? detail.yes : detail.no,
      command: status('NoNewPrivs'),
    },
    { label: detail.whole, value: '', command: `cat /proc/${pid}/status` },
  ];
}

const countOf = (mask: string): number => readMask(mask).filter(Boolean).length;

const countSets = ({ capabilities }: ObservedProcess) => ({
  permitted: countOf(capabilities.permitted),
  inheritable: countOf(capabilities.inheritable),
  ambient: countOf(capabilities.ambient),
});

function sayNamespace(id: string, { view, instances, texts }: Around): string {
  return id === view.lab.namespaces.pid ? texts.ofLab : instanceName('pid', id, instances);
}

function sayNamespaces(
  { namespaces }: ObservedProcess,
  { view, instances, texts }: Around,
): string {
  if (namespaces === null) return texts.detail.unreadable;
  const own = kindsInOrder.filter((kind) => namespaces[kind] !== view.lab.namespaces[kind]);
  const names = own.map((kind) => instanceName(kind, namespaces[kind], instances));
  return names.length === 0 ? texts.sameAsLab : names.join(', ');
}
