// The interface in French. \u202f is the narrow no-break space that goes before ; : ! ? and inside « ».
import { deckFr } from './deck-fr.ts';
import type { Texts } from './texts.ts';
import { reasonFr } from './reason-fr.ts';
import { xrayFr } from './xray-fr.ts';

export const fr: Texts = {
  languageName: 'Français',
  product: {
    tagline: 'Voir ce que fait le noyau',
    description:
      'Un labo d’apprentissage dans le navigateur\u202f: chaque étape du tutoriel à côté d’un vrai terminal sur un vrai Linux. Construisez un mini Docker à la main.',
  },
  skipToLesson: 'Aller à la leçon',
  skipToTerminal: 'Aller au terminal',
  theme: { label: 'Apparence', light: 'Clair', dark: 'Sombre', system: 'Comme le système' },
  language: { label: 'Langue' },
  front: {
    headline: 'Construisez un mini Docker à la main, et regardez le noyau à l’œuvre.',
    lead: 'Un conteneur, c’est quelques fonctions du noyau et une bonne histoire. Ici, vous tapez chacune d’elles sur un vrai Linux, à côté de la leçon, et chaque étape se coche toute seule dès que le noyau le confirme.',
    start: 'Commencer',
    resume: 'Reprendre',
    promise: 'Ni compte ni installation\u202f: un Linux rien qu’à vous, dans cette page.',
    programme: 'Programme',
    chapter: (number) => `Chapitre ${number}`,
    minutes: (minutes) => `${minutes}\u00a0min`,
    steps: (steps) => (steps === 1 ? '1 étape' : `${steps} étapes`),
    stageCaption: 'Le même processus, vu des deux côtés du rideau.',
    insideLabel: 'Dans le conteneur',
    outsideLabel: 'Sur le labo',
    footer: 'Logiciel libre, licence MIT.',
  },
  lesson: {
    region: 'Leçon',
    outline: 'Sommaire',
    outlineTitle: 'Sommaire du cours',
    chapter: (number) => `Chapitre ${number}`,
    stepOf: (step, steps) => `Étape ${step} sur ${steps}`,
    done: 'fait',
    previous: 'Précédent',
    next: 'Suivant',
    toFront: 'Page d’accueil',
    finished: 'C’était la dernière étape.',
    navigation: 'Étapes',
  },
  code: {
    terminal: (number) => `Terminal ${number}`,
    run: 'Exécuter',
    runIn: (number) => `Exécuter dans le terminal ${number}`,
    running: 'Tapé',
    copy: 'Copier',
    copied: 'Copié',
    output: 'Ce que le labo affiche',
    command: 'Commande',
    file: 'Texte',
  },
  alert: {
    note: 'À noter',
    tip: 'Astuce',
    important: 'Important',
    warning: 'Attention',
    caution: 'Danger',
  },
  checks: {
    title: 'Ce que le noyau doit montrer',
    lead: 'Chaque ligne se coche toute seule dès que c’est vrai.',
    now: 'Vérifier maintenant',
    earned: 'Fait',
    notYet: 'Pas encore',
    noLonger: 'Ce n’est plus vrai, mais cela reste acquis.',
    count: (earned, all) => `${earned} sur ${all}`,
    announce: (goal, seen) => `Fait\u202f: ${goal.replace(/[.!]?$/, '.')} ${seen}`,
    allDone: 'Tout est fait.',
  },
  quiz: {
    title: 'Question',
    answer: 'Répondre',
    placeholder: 'Votre réponse',
    right: 'Exact.',
    wrong: 'Pas tout à fait.',
    needsLab: 'Démarrez le labo pour répondre\u202f: c’est lui qui juge.',
  },
  help: {
    title: 'Un coup de main',
    hint: (number) => `Indice ${number}`,
    fitting: 'Votre labo le montre',
    solution: 'Voir la solution',
    solutionLead: 'Une action à la fois\u202f: essayez de deviner la suivante.',
    action: (number) => `Action ${number}`,
    typeIn: (number) => `À taper dans le terminal ${number}`,
    answerIs: 'Réponse',
    typeYourself: 'Mettez-y la valeur que vous lisez dans le terminal.',
  },
  terminal: {
    region: 'Terminaux',
    tab: (number) => `Terminal ${number}`,
    open: (number) => `Ouvrir le terminal ${number}`,
    tabs: 'Un à la fois',
    split: 'Les deux ensemble',
    close: (number) => `Fermer le terminal ${number}`,
    reader: 'Mode lecteur d’écran',
    reset: 'Réinitialiser le labo',
    resetTitle: 'Repartir d’un labo neuf\u202f?',
    resetText:
      'Tout ce qui tourne dans le labo s’arrête. Ce que vous avez acquis le reste\u202f; ce que vous avez installé ou changé hors de votre dossier personnel est perdu.',
    resetHome: {
      question: 'Votre dossier personnel',
      keep: 'Garder mes fichiers',
      empty: 'Repartir d’un dossier vide',
    },
    resetYes: 'Réinitialiser le labo',
    cancel: 'Annuler',
    leaveKey: 'F6 sort du terminal',
    ended: (how) => `Le shell s’est terminé (${how}).`,
    exitCode: (code) => `code de sortie ${code}`,
    exitSignal: (signal) => `signal ${signal}`,
    exitUnknown: 'raison inconnue',
    reopen: 'Ouvrir un nouveau shell',
    notOpened: 'Ce terminal n’a pas pu être ouvert.',
    startTitle: 'Votre Linux attend derrière le rideau',
    startText: 'Un vrai labo, avec sudo, rien que pour vous. Cassez ce que vous voulez.',
    start: 'Démarrer le labo',
    noScript: 'La leçon se lit sans JavaScript\u202f; le terminal en a besoin.',
    opening: 'Ouverture d’un shell…',
    clipboardAsk: 'Un programme de ce terminal veut copier du texte dans votre presse-papiers.',
    allow: 'Autoriser',
    refuse: 'Refuser',
    elsewhere: (cols, rows) => `Un autre onglet a fixé la taille à ${cols} × ${rows}.`,
    useMySize: 'Prendre la taille de cet onglet',
    phoneLesson: 'Leçon',
    phoneTerminal: 'Terminal',
    divider: 'Largeur de la leçon',
    keys: 'Ctrl+Maj+C copie, Ctrl+Maj+V colle, F6 passe du terminal à la leçon et inversement.',
  },
  connection: {
    idle: 'Pas démarré',
    connecting: 'Connexion…',
    queued: 'En attente d’une place',
    live: 'Connecté',
    watching: 'En observation',
    waiting: (seconds) => `Connexion perdue, nouvel essai dans ${seconds}\u00a0s`,
    retryNow: 'Essayer maintenant',
    stopped: 'Déconnecté',
    reload: 'Recharger la page',
    tryAgain: 'Réessayer',
    startNew: 'Démarrer un nouveau labo',
    queueTitle: 'Toutes les places sont prises',
    queueText: (before) =>
      before === 0
        ? 'Vous êtes le prochain\u202f: votre labo démarre dès qu’une place se libère.'
        : before === 1
          ? 'Une personne est avant vous.'
          : `${before} personnes sont avant vous.`,
    queueReason: {
      labs: 'Ce serveur fait tourner autant de labos qu’il le peut.',
      address: 'Votre réseau a déjà autant de labos qu’un seul peut en avoir.',
      disk: 'Le serveur n’a plus de disque à promettre à un labo de plus.',
    },
    queueStay:
      'Laissez cette page ouverte\u202f: tout démarre tout seul. En attendant, la leçon se lit.',
    stop: {
      'lab-gone': {
        title: 'Ce labo est terminé',
        text: 'Il est resté inutilisé trop longtemps, était trop vieux, ou a été réinitialisé ailleurs. Ce que vous avez acquis est gardé.',
      },
      'lab-failed': {
        title: 'Le labo n’a pas pu être créé',
        text: 'Le serveur a essayé, sans succès. Réessayez\u202f; si cela dure, son exploitant en trouve la raison dans le journal.',
      },
      refused: {
        title: 'Ce labo n’est pas le vôtre',
        text: 'Le laissez-passer de votre navigateur a été refusé. Rechargez la page pour en obtenir un autre\u202f; les cookies doivent être acceptés.',
      },
      'other-version': {
        title: 'Le serveur a été mis à jour',
        text: 'Rechargez la page pour continuer\u202f: votre labo et ses terminaux sont toujours là.',
      },
      protocol: {
        title: 'La page et le serveur ne se comprennent pas',
        text: 'C’est une erreur de notre part. Recharger la page suffit en général\u202f; votre labo est toujours là.',
      },
      'lessons-only': {
        title: 'Leçons seulement',
        text: 'Ce serveur montre les leçons mais ne fait tourner aucun labo. Pour avoir un terminal ici, lancez-le en root sous Linux (npm start), ou indiquez-lui un hôte de labos.',
      },
    },
  },
  xray: xrayFr,
  deck: deckFr,
  reasons: reasonFr,
  lifetime: {
    idle: (left) => `Fin du labo dans ${left} sans activité`,
    age: (left) => `Le labo atteint son âge limite dans ${left}`,
    keep: 'Le garder',
    over: 'Le labo se termine',
  },
  notice: {
    dismiss: 'Fermer',
    renewed:
      'Votre labo précédent était terminé\u202f: celui-ci est neuf. Ce que vous avez acquis est gardé.',
    'home-restored':
      'Ce labo est neuf, et vos fichiers sont de retour dans votre dossier personnel.',
    'home-incomplete':
      'Ce labo est neuf. Vos fichiers n’ont pas tous pu être remis en place\u202f; la personne qui gère ce serveur les a encore.',
    'home-too-large':
      'Votre dossier personnel est devenu trop gros pour être gardé pour votre prochain labo\u202f: supprimez ce qui ne sert plus. Ce qui avait été gardé l’est toujours.',
    'home-failed':
      'Votre dossier personnel n’a pas pu être gardé pour votre prochain labo cette fois-ci. Ce qui avait été gardé l’est toujours.',
    'too-many-terminals': 'Ce labo a autant de terminaux qu’il peut en avoir.',
    'no-such-terminal': 'Ce terminal n’existe plus.',
    'read-only': 'Vous observez\u202f: le clavier est à quelqu’un d’autre.',
    'no-such-step': 'Le serveur ne connaît pas cette étape\u202f: rechargez la page.',
    'no-such-quiz': 'Le serveur ne connaît pas cette question\u202f: rechargez la page.',
    'input-full':
      'Le programme du terminal lit trop lentement\u202f: la fin de la saisie est perdue.',
    'lab-failed': 'Le labo n’a pas pu le faire. Réessayez, ou réinitialisez-le.',
    'no-such-recording': 'Cet enregistrement n’existe plus.',
    'not-recorded': 'Ce terminal ne peut pas être enregistré pour le moment.',
    'copy-failed': 'Votre navigateur n’a pas laissé cette page copier.',
    'keys-uncertain':
      'Le serveur a redémarré pendant que vous tapiez\u202f: vos dernières touches sont peut-être arrivées deux fois. Vérifiez avant d’appuyer sur Entrée.',
    'keys-lost':
      'Le shell s’était terminé avant l’arrivée de vos dernières touches\u202f: elles n’ont pas été transmises.',
    'recording-full':
      'L’enregistrement a atteint sa longueur limite et s’est arrêté. Vous pouvez le revoir.',
    'recording-failed':
      'L’enregistrement s’est arrêté\u202f: le serveur n’a pas pu l’écrire. Ce qui existe peut être revu.',
    'recording-restarted':
      'Le serveur a redémarré\u202f: l’enregistrement s’arrête là. Vous pouvez le revoir.',
  },
  notFound: {
    title: 'Rien sur cette scène',
    text: 'Cette page n’existe pas.',
    back: 'Retour au programme',
  },
};
