// Every sentence of the interface, as one type that each language fills. Knows no React.
import type { Language } from '../../../content/schema.ts';
import type { Notice, QueueReason, StopReason } from '../../lab-client/lab-state.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';

export type Texts = {
  languageName: string;
  product: { tagline: string; description: string };
  skipToLesson: string;
  skipToTerminal: string;
  theme: { label: string; light: string; dark: string; system: string };
  language: { label: string };
  front: {
    headline: string;
    lead: string;
    start: string;
    resume: string;
    promise: string;
    programme: string;
    chapter: (number: number) => string;
    minutes: (minutes: number) => string;
    steps: (steps: number) => string;
    stageCaption: string;
    insideLabel: string;
    outsideLabel: string;
    footer: string;
  };
  lesson: {
    region: string;
    outline: string;
    outlineTitle: string;
    chapter: (number: number) => string;
    stepOf: (step: number, steps: number) => string;
    done: string;
    previous: string;
    next: string;
    toFront: string;
    finished: string;
    navigation: string;
  };
  code: {
    terminal: (number: number) => string;
    run: string;
    runIn: (number: number) => string;
    running: string;
    copy: string;
    copied: string;
    output: string;
    command: string;
    file: string;
  };
  alert: Record<'note' | 'tip' | 'important' | 'warning' | 'caution', string>;
  checks: {
    title: string;
    lead: string;
    now: string;
    earned: string;
    notYet: string;
    noLonger: string;
    count: (earned: number, all: number) => string;
    announce: (goal: string, seen: string) => string;
    allDone: string;
  };
  quiz: {
    title: string;
    answer: string;
    placeholder: string;
    right: string;
    wrong: string;
    needsLab: string;
  };
  help: {
    title: string;
    hint: (number: number) => string;
    solution: string;
    solutionLead: string;
    action: (number: number) => string;
    typeIn: (number: number) => string;
    answerIs: string;
    typeYourself: string;
  };
  terminal: {
    region: string;
    tab: (number: number) => string;
    open: (number: number) => string;
    tabs: string;
    split: string;
    close: (number: number) => string;
    reader: string;
    reset: string;
    resetTitle: string;
    resetText: string;
    resetYes: string;
    cancel: string;
    leaveKey: string;
    ended: (how: string) => string;
    exitCode: (code: number) => string;
    exitSignal: (signal: number) => string;
    exitUnknown: string;
    reopen: string;
    startTitle: string;
    startText: string;
    start: string;
    noScript: string;
    opening: string;
    clipboardAsk: string;
    allow: string;
    refuse: string;
    elsewhere: (cols: number, rows: number) => string;
    useMySize: string;
    phoneLesson: string;
    phoneTerminal: string;
    divider: string;
    keys: string;
  };
  connection: {
    idle: string;
    connecting: string;
    queued: string;
    live: string;
    watching: string;
    waiting: (seconds: number) => string;
    retryNow: string;
    stopped: string;
    reload: string;
    startNew: string;
    queueTitle: string;
    queueText: (before: number) => string;
    queueReason: Record<QueueReason, string>;
    queueStay: string;
    stop: Record<StopReason, { title: string; text: string }>;
  };
  lifetime: {
    idle: (left: string) => string;
    age: (left: string) => string;
    keep: string;
    over: string;
  };
  notice: Record<Notice, string> & { dismiss: string };
  notFound: { title: string; text: string; back: string };
};

const all: Record<Language, Texts> = { fr, en };

export function textsOf(language: Language): Texts {
  return all[language];
}
