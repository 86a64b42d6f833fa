// "Why not yet?" in French.
import type { Thing } from '../../../server/protocol/reasons.ts';
import type { ReasonTexts, Words } from './reason-texts.ts';

const things = {
  process: ['un processus', 'aucun processus'],
  container: ['un conteneur', 'aucun conteneur'],
  ended: ['un processus terminé', 'aucun processus terminé'],
  mount: ['un montage', 'aucun montage'],
  network: ['un réseau', 'aucun réseau'],
  group: ['un cgroup', 'aucun cgroup'],
  link: ['une interface', 'aucune interface'],
  route: ['une route', 'aucune route'],
  rule: ['une règle', 'aucune règle'],
} as const;

const many = {
  process: ['processus', 'chacun'],
  container: ['conteneurs', 'chacun'],
  ended: ['processus terminés', 'chacun'],
  mount: ['montages', 'chacun'],
  network: ['réseaux', 'chacun'],
  group: ['cgroups', 'chacun'],
  link: ['interfaces', 'chacune'],
  route: ['routes', 'chacune'],
  rule: ['règles', 'chacune'],
} as const;

const amounts = {
  '>=': 'au moins',
  '>': 'plus de',
  '==': 'exactement',
  '<': 'moins de',
  '<=': 'au plus',
} as const;

const list = new Intl.ListFormat('fr');

type Count = Parameters<Words['count']>[0];

function amount({ over, comparison, number, each }: Count): string {
  const [noun, everyone] = many[over];
  const counted = `${amounts[comparison]} ${number} ${noun}`;
  return each.length === 0 ? counted : `${counted}, dont ${everyone} ${list.format(each)}`;
}

const thing: Words = {
  rooted: ({ path }) => `a ${path} pour racine`,
  'root-of-lab': () => 'a la racine du labo',
  'namespace-of-lab': (kind) => `est dans l’espace de noms ${kind} du labo`,
  'namespace-own': (kind) => `a son propre espace de noms ${kind}`,
  'proc-own': () => 'a un /proc qui montre ses propres processus',
  'proc-of-lab': () => 'a un /proc qui montre les processus du labo',
  program: ({ name }) => `exécute ${name}`,
  'not-init': () => 'n’est pas le PID 1 du labo',
  'pid-one': () => 'est le PID 1 d’un conteneur',
  signal: ({ number }) => `a reçu le signal ${number}`,
  'killed-by-process': () => 'a reçu le signal 9 d’un processus',
  'killed-by-kernel': () => 'a reçu le signal 9 du noyau lui-même',
  mounted: ({ path }) => `a un montage sur ${path}`,
  'not-mounted': (path) => `n’a pas de montage sur ${path}`,
  file: ({ path, kind }) => `a ${path} (${kind})`,
  'same-disk': ({ path, as }) => `a ${path} sur le disque de ${as}`,
  'owned-by-root': (path) => `a ${path}, qui est à root`,
  larger: ({ path, bytes }) => `a ${path}, de plus de ${bytes} octets`,
  'nobody-rooted': (path) => `ne laisse personne dans ${path}`,
  alive: () => 'est en vie',
  another: () => 'est un autre que celui-ci',
  'same-namespace': (kind) => `est dans le même espace de noms ${kind}`,
  'of-type': (type) => `est de type ${type}`,
  at: (path) => `est sur ${path}`,
  named: (name) => `s’appelle ${name}`,
  up: () => 'est en service',
  expression: (source) => `convient à \`${source}\``,
  'too-much': () => 'a été regardé',
  'too-many-groups': () => 'a été regardé',
  count: (about) => `va avec ${amount(about)}`,
  every: (over, each) => {
    const [noun, everyone] = many[over];
    return `a des ${noun} dont ${everyone} ${list.format(each)}`;
  },
  some: (over, each) => `a ${things[over][0]} qui ${list.format(each)}`,
  either: (each) => each.join(' ou '),
};

const kinds: Readonly<Record<string, string>> = {
  directory: 'devrait être un dossier',
  file: 'devrait être un fichier',
  absent: 'ne devrait pas être là',
};

export const reasonFr: ReasonTexts = {
  ask: 'Pourquoi pas encore\u202f?',
  lab: {
    ...thing,
    mounted: ({ path, type }) =>
      `Rien${type === '' ? '' : ` de type ${type}`} n’est monté sur ${path}.`,
    'not-mounted': (path) => `Quelque chose est encore monté sur ${path}.`,
    file: ({ path, kind }) => `${path} ${kinds[kind] ?? `devrait être du genre ${kind}`}.`,
    'same-disk': ({ path, as }) =>
      `${path} n’est pas sur le disque de ${as}\u202f: autre chose y est monté.`,
    'owned-by-root': (path) => `${path} devrait appartenir à root.`,
    larger: ({ path, bytes }) => `${path} devrait faire plus de ${bytes} octets.`,
    'nobody-rooted': (path) => `Un processus a encore ${path} pour racine.`,
    'too-much': ({ processes, mounts }) =>
      `Le labo contient plus que ce qui est regardé\u202f: aucune case n’est jugée tant qu’il n’y en a pas moins. Regardés\u202f: ${processes} processus, ${mounts} montages dans un même espace de noms.`,
    'too-many-groups': (more) =>
      `Le labo a plus de cgroups qu’on n’en regarde\u202f: cette case n’est pas jugée tant qu’il n’y en a pas moins. Non regardés\u202f: ${more}.`,
    count: (about) => `Il faudrait ${amount(about)}.`,
    every: (over, each) => {
      const [noun, everyone] = many[over];
      return `Il faudrait des ${noun} dont ${everyone} ${list.format(each)}.`;
    },
    some: (over, each) => `Il n’y a ${things[over][1]} qui ${list.format(each)}.`,
    either: (each) => `L’une de ces choses doit changer. ${each.join(' ')}`,
    expression: (source) => `Ceci n’est pas encore vrai\u202f: \`${source}\`.`,
  },
  thing,
  sentence: (over, met, missing) => {
    const [some, none] = things[over];
    if (met.length === 0) return `Il n’y a ${none} qui ${missing}.`;
    return `Il y a ${some} qui ${met.join(' et ')}, mais ${noneOf(over)} ${negated(missing)}.`;
  },
};

function noneOf(over: Thing): string {
  return many[over][1] === 'chacun' ? 'aucun de ceux-là' : 'aucune de celles-là';
}

/** « aucun » wants « ne » before the verb, unless it is there already. */
function negated(verb: string): string {
  if (verb.startsWith('n’') || verb.startsWith('ne ')) return verb;
  return /^[aeéo]/.test(verb) ? `n’${verb}` : `ne ${verb}`;
}
