// Around the terminals, in French. \u202f is the narrow no-break space that goes before ; : ! ? and inside « ».
import type { DeckTexts } from './deck-texts.ts';

export const deckFr: DeckTexts = {
  settings: 'Réglages du terminal',
  fontSize: 'Taille du texte',
  smaller: 'Plus petit',
  larger: 'Plus grand',
  colours: 'Couleurs',
  colour: {
    page: 'Comme la page',
    light: 'Clair',
    dark: 'Sombre',
    contrast: 'Fort contraste',
  },
  keyBar: 'Barre de touches',
  programsCopy: 'Les programmes peuvent copier dans le presse-papiers',
  shortcuts: 'Touches',
  shortcut: [
    { keys: 'F6', does: 'vers la leçon et retour' },
    { keys: 'Ctrl+Maj+C', does: 'copier\u202f; Ctrl+C aussi, sur une sélection' },
    { keys: 'Ctrl+Maj+V', does: 'coller' },
    { keys: 'Ctrl+Maj+F', does: 'chercher' },
    { keys: 'Maj+Page préc.', does: 'regarder en arrière' },
  ],
  search: {
    open: 'Chercher dans le terminal',
    label: 'Chercher',
    previous: 'Résultat précédent',
    next: 'Résultat suivant',
    close: 'Fermer la recherche',
    count({ at, all, hasMore }) {
      const many = `${hasMore ? 'plus de ' : ''}${all.toLocaleString('fr')}`;
      return at === 0 ? many : `${at.toLocaleString('fr')} sur ${many}`;
    },
    none: 'Rien trouvé',
  },
  record: {
    start: 'Enregistrer ce terminal',
    stop: 'Arrêter l’enregistrement',
    mark: 'Enregistrement',
    heading: 'Enregistrements',
    lead: 'Ce que montre un terminal est enregistré, et ce que les rayons X voient alors de votre labo\u202f; ce que vous tapez sans l’afficher ne l’est pas. Les enregistrements disparaissent avec le labo.',
    play: (terminal) =>
      terminal === undefined ? 'Revoir un terminal fermé' : `Revoir le terminal ${terminal}`,
    title: (terminal) =>
      terminal === undefined
        ? 'Enregistrement d’un terminal fermé'
        : `Enregistrement du terminal ${terminal}`,
    markers: 'Repères',
    download: 'Télécharger (asciicast)',
    close: 'Fermer',
    loading: 'Chargement de l’enregistrement…',
    failed: 'L’enregistrement n’a pas pu être chargé. Réessayez une fois connecté.',
    lacksLooks:
      'Une partie de ce que voyaient les rayons X ne peut pas être montrée\u202f: une autre version de Coulisse l’a enregistrée.',
  },
  away: {
    offline: 'Cet appareil est hors ligne.',
    cut: 'La connexion est perdue.',
    restart: 'Le serveur redémarre.',
    'not-ready': 'Le serveur n’est pas encore prêt.',
    unreachable: 'Le serveur ne répond pas.',
    kept: 'Vos programmes continuent. Ce que vous tapez est gardé, et envoyé dès son retour.',
  },
  keyboard: {
    asks: 'Quelqu’un aimerait taper dans votre labo.',
    lend: 'Prêter le clavier',
    decline: 'Non merci',
    lent: 'Le clavier est prêté\u202f: quelqu’un tape dans votre labo, et vous regardez.',
    takeBack: 'Reprendre le clavier',
    watching: 'Vous regardez ce labo.',
    ask: 'Demander le clavier',
    waits: 'Vous avez demandé le clavier.',
    cancel: 'Y renoncer',
    yours: 'Vous avez le clavier de ce labo.',
    giveBack: 'Rendre le clavier',
  },
  torn: 'Ici, le serveur a été interrompu\u202f: quelques lignes peuvent manquer.',
  gap: 'Il manque quelque chose ici\u202f: le serveur n’a plus ce qui précède. Le programme continue.',
  redraw: 'Redessiner',
  stopped: 'Rien ne s’affiche depuis Ctrl+S, qui suspend un terminal. Ctrl+Q le fait reprendre.',
  goOn: 'Reprendre',
  dismiss: 'Fermer',
  keys: 'Touches supplémentaires',
  key: {
    escape: 'Échap',
    tab: 'Tabulation',
    ctrl: 'Ctrl, pour la touche suivante',
    left: 'Gauche',
    down: 'Bas',
    up: 'Haut',
    right: 'Droite',
    pipe: 'Barre verticale',
    slash: 'Barre oblique',
    hyphen: 'Tiret',
    tilde: 'Tilde',
  },
};
