// What has changed in a lab, in French. \u202f is the narrow no-break space that goes before ; : ! ? and inside « ».
import type { ChangeTexts } from './change-texts.ts';

const MIB = 1024 * 1024;

const number = (value: number): string =>
  new Intl.NumberFormat('fr', { maximumFractionDigits: 2 }).format(value);

export const changeFr: ChangeTexts = {
  title: 'Ce qui vient de changer',
  none: 'Rien n’a changé depuis l’ouverture des rayons X.',
  passed: 'Ce qui est venu est reparti.',
  born: (name, pid, inside) =>
    inside === undefined
      ? `${name} naît, PID ${pid}`
      : `${name} naît, PID ${pid}, et ${inside} à l’intérieur`,
  manyBorn: (count, name) => `${count} processus ${name} naissent`,
  undrawn: (count) =>
    count === 1
      ? '1 processus de plus, qui n’est pas dessiné'
      : `${count} processus de plus, qui ne sont pas dessinés`,
  gone: (name, pid) => `${name} (PID ${pid}) a pris fin`,
  manyEnded: (count, name) => `${count} processus ${name} ont pris fin`,
  program: (pid, before, now) => `le PID ${pid} exécute ${now}, et non plus ${before}`,
  root: (name, pid, path) => `${name} (PID ${pid}) a pour racine ${path}`,
  moved: (name, pid, namespace) => `${name} (PID ${pid}) est passé dans ${namespace}`,
  namespaceBorn: (namespace, what) => `nouvel espace de noms ${namespace} (${what})`,
  namespaceGone: (namespace) => `l’espace de noms ${namespace} a disparu`,
  mountAdded: (type, target, namespace) => `${type} monté sur ${target} (${namespace})`,
  mountGone: (target, namespace) => `${target} démonté (${namespace})`,
  linkAdded: (name, kind, network) => `nouvelle interface ${name} (${kind}, ${network})`,
  linkGone: (name, network) => `l’interface ${name} a disparu (${network})`,
  whiteout: (path, namespace) =>
    `${path} est effacé\u202f: un whiteout de la couche haute le cache (${namespace})`,
  manyWhiteouts: (count, target) =>
    `${count} fichiers sont effacés dans ${target}\u202f: des whiteouts de la couche haute les cachent`,
  opaque: (path, namespace) =>
    `${path}/ cache tout le répertoire de ce nom en dessous\u202f: il est opaque (${namespace})`,
  wholeLab: 'le labo',
  limits: {
    memory: (group, count) =>
      `${group} n’a plus de mémoire\u202f: ${count === 1 ? '1 processus tué' : `${count} processus tués`}`,
    processes: (group, count) =>
      `${group} n’a droit à aucun processus de plus\u202f: ${count === 1 ? '1 fork refusé' : `${count} forks refusés`}`,
    processor: (group) => `${group} a épuisé son temps de processeur, et attend`,
  },
  linkOn: (name, network) => `l’interface ${name} est en marche (${network})`,
  linkOff: (name, network) => `l’interface ${name} est éteinte (${network})`,
  linkNamed: (before, now, network) =>
    `l’interface ${before} s’appelle désormais ${now} (${network})`,
  linkPort: (name, bridge, before) =>
    bridge === null
      ? `${name} n’est plus un port de ${before}`
      : `${name} est désormais un port de ${bridge}`,
  addressAdded: (address, device, network) => `${device} a l’adresse ${address} (${network})`,
  addressGone: (address, device, network) => `${device} n’a plus l’adresse ${address} (${network})`,
  routeAdded: (way, network) => `nouvelle route ${way} (${network})`,
  routeGone: (way, network) => `la route ${way} a disparu (${network})`,
  route: (to, gateway, by) =>
    [
      to === null ? 'vers partout ailleurs' : `vers ${to}`,
      gateway === null ? '' : ` en passant par ${gateway}`,
      by === null ? '' : ` sur ${by}`,
    ].join(''),
  ruleAdded: (chain, rule, network) => `nouvelle règle dans ${chain}\u202f: ${rule} (${network})`,
  ruleGone: (chain, rule, network) => `une règle de ${chain} a disparu\u202f: ${rule} (${network})`,
  manyAdded: {
    address: (count, network) => `${count} nouvelles adresses (${network})`,
    route: (count, network) => `${count} nouvelles routes (${network})`,
    rule: (count, network) => `${count} nouvelles règles (${network})`,
  },
  manyGone: {
    address: (count, network) => `${count} adresses ont disparu (${network})`,
    route: (count, network) => `${count} routes ont disparu (${network})`,
    rule: (count, network) => `${count} règles ont disparu (${network})`,
  },
  remounted: (target, { now, before }, namespace) =>
    `${target} a d’autres options\u202f: ${[now, before === '' ? '' : `et non plus ${before}`].filter(Boolean).join(', ')} (${namespace})`,
  propagation: (target, { now, before }, namespace) =>
    `${target} est désormais ${now}, et non plus ${before} (${namespace})`,
  manyPropagations: (count, now, namespace) =>
    `${count} montages sont désormais ${now} (${namespace})`,
  regrouped: (process, group) => `${process} est désormais dans le cgroup ${group}`,
  groupMade: (group) => `nouveau cgroup ${group}`,
  groupGone: (group) => `le cgroup ${group} a disparu`,
  limitsSet: {
    memory: (group, value) =>
      value === null
        ? `${group} a droit à toute la mémoire`
        : `${group} a droit à ${number(value / MIB)} Mio de mémoire`,
    processes: (group, value) =>
      value === null
        ? `${group} a droit à autant de processus qu’il veut`
        : `${group} a droit à ${number(value)} processus`,
    processor: (group, value) =>
      value === null
        ? `${group} a droit à tous les processeurs`
        : `${group} a droit à ${number(value)} processeur${value < 2 ? '' : 's'}`,
  },
  userInside: (outside, inside) => `${outside} sur le labo et ${inside} à l’intérieur`,
  user: (process, now, before) => `${process} est désormais ${now}, et non plus ${before}`,
  capabilities: (process, gained, lost) => {
    const said = [gained && `a gagné ${gained}`, lost && `a perdu ${lost}`].filter(Boolean);
    return said.length === 0
      ? `${process} peut acquérir d’autres capacités qu’avant`
      : `${process} ${said.join(' et ')}`;
  },
  someCapabilities: (count) => `${count} capacités`,
  seccomp: (process, mode) =>
    mode === 0
      ? `${process} peut de nouveau faire tout appel système`
      : `les appels système de ${process} sont filtrés`,
  noNewPrivileges: (process) => `${process} ne peut plus acquérir de privilèges`,
  more: (count) => (count === 1 ? 'et un autre changement' : `et ${count} autres changements`),
};
