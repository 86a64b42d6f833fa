// "Why not yet?" in French.
import type { ReasonTexts, Words } from './reason-texts.ts';

const things = {
  process: ['un processus', 'aucun processus'],
  container: ['un conteneur', 'aucun conteneur'],
  ended: ['un processus terminé', 'aucun processus terminé'],
} as const;

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
  expression: (source) => `convient à \`${source}\``,
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
    expression: (source) => `Ceci n’est pas encore vrai\u202f: \`${source}\`.`,
  },
  thing,
  sentence: (over, met, missing) => {
    const [some, none] = things[over];
    if (met.length === 0) return `Il n’y a ${none} qui ${missing}.`;
    return `Il y a ${some} qui ${met.join(' et ')}, mais aucun de ceux-là ${negated(missing)}.`;
  },
};

/** « aucun » wants « ne » before the verb, unless it is there already. */
function negated(verb: string): string {
  if (verb.startsWith('n’') || verb.startsWith('ne ')) return verb;
  return /^[aeéo]/.test(verb) ? `n’${verb}` : `ne ${verb}`;
}
