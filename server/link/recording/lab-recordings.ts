// The recordings of one lab, a file for each terminal, for as long as the lab lives. Only output is in them:
// what is typed is there as far as the terminal echoes it. Knows no page and no lab.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Recording, RecordingEnd } from '../../protocol/browser-messages.ts';
import type { TerminalSize } from '../../protocol/ids.ts';
import type { Snapshot } from '../../protocol/snapshot.ts';
import type { LeftRecording } from '../left-recording.ts';
import { RECORDINGS_PER_LAB } from '../limits.ts';
import { adoptFile, readPart, type Part } from './cast-file.ts';
import { TORN } from './cast.ts';
import { Recorder, type RecorderOptions } from './recorder.ts';

export type LabRecordingsOptions = {
  /** Of this lab alone; made when it is needed. */
  directory: string;
  /** Most bytes of one recording; 0 for no recordings. */
  limit: number;
  changed(recording: Recording): void;
  /** There is none of this terminal any more: a newer one of another has its place. */
  removed(terminal: number): void;
  /** All that was printed so far is in the first `bytes` of its file; undefined when nothing is recorded any more. */
  noted(terminal: number, bytes: number | undefined): void;
};

type Entry = { recording: Recording; recorder: Recorder | undefined };

/** Milliseconds between two looks into the networks of a lab in which nothing is printed: they cost a process. */
const NETWORKS_APART_MS = 5_000;

/** Why nothing is recorded, for a developer. */
export class RecordingRefused extends Error {}

export class LabRecordings {
  readonly #options: LabRecordingsOptions;
  /** The one that was begun last is the last. */
  readonly #entries = new Map<number, Entry>();
  /** Milliseconds since the epoch: when a terminal of the lab last printed, and the last look into networks began. */
  #networksAt = 0;

  constructor(options: LabRecordingsOptions) {
    this.#options = options;
    for (const terminal of listTerminals(options.directory)) this.#adopt(terminal);
  }

  states(): Recording[] {
    return [...this.#entries.keys()].map((terminal) => this.#stateOf(terminal));
  }

  find(terminal: number): Recording | undefined {
    return this.#entries.has(terminal) ? this.#stateOf(terminal) : undefined;
  }

  /** Records from now on a terminal that is not recorded yet, in place of an earlier recording of it. Throws
   * RecordingRefused. */
  start(terminal: number, size: TerminalSize): void {
    if (this.#options.limit === 0) throw new RecordingRefused('this server records nothing');
    const givesWay = this.#findRoom(terminal);
    const recorder = this.#begin(terminal, size);
    if (givesWay !== undefined) this.#remove(givesWay);
    this.#entries.delete(terminal);
    const { startedAt } = recorder;
    const recording: Recording = { terminal, startedAt, bytes: 0, ended: null };
    this.#entries.set(terminal, { recording, recorder });
    this.#networksAt = 0;
    this.#options.changed(this.#stateOf(terminal));
  }

  /** Goes on with what a link before this one recorded. What cannot go on stays ended. */
  goOn(terminal: number, size: TerminalSize, left: LeftRecording): void {
    const known = this.#entries.get(terminal);
    if (known === undefined || known.recorder !== undefined) return;
    const recorder = Recorder.goOn(this.#recorderOf(terminal), left);
    if (recorder === undefined) return;
    this.#entries.set(terminal, { recording: { ...known.recording, ended: null }, recorder });
    recorder.output(left.output);
    recorder.resize(size);
    if (left.isTorn) recorder.mark(TORN);
    if (this.#entries.get(terminal)?.recorder === recorder) {
      this.#options.changed(this.#stateOf(terminal));
    }
  }

  stop(terminal: number, why: RecordingEnd = 'asked'): void {
    this.#entries.get(terminal)?.recorder?.end(why);
  }

  /** Of any terminal of the lab. */
  handleOutput(terminal: number, chunk: Uint8Array): void {
    this.#entries.get(terminal)?.recorder?.output(chunk);
  }

  handleResize(terminal: number, size: TerminalSize): void {
    this.#entries.get(terminal)?.recorder?.resize(size);
  }

  /** Something worth finding again happened: a marker in whatever is being recorded. */
  mark(label: string): void {
    for (const { recorder } of this.#entries.values()) recorder?.mark(label);
  }

  /** Whether anything is being recorded. */
  get isOn(): boolean {
    return [...this.#entries.values()].some(({ recorder }) => recorder !== undefined);
  }

  /** Whether the next look is to be into networks though nothing was done in the lab. */
  get wantsNetworks(): boolean {
    return this.isOn && Math.abs(Date.now() - this.#networksAt) >= NETWORKS_APART_MS;
  }

  /** A look at the lab, beside whatever is being recorded. */
  show(snapshot: Snapshot): void {
    if (snapshot.networks !== null) this.#networksAt = snapshot.at;
    for (const { recorder } of this.#entries.values()) recorder?.look(snapshot);
  }

  /** Text from byte `offset` on; undefined when there is no such recording or place in it. */
  read(terminal: number, offset: number): (Part & { end: number }) | undefined {
    if (!this.#entries.has(terminal)) return undefined;
    const { bytes: end } = this.#stateOf(terminal);
    if (offset > end) return undefined;
    return { ...readPart(this.#pathOf(terminal), offset, end), end };
  }

  /** Lets go of the files; the next link finds them, and goes on with them. */
  close(): void {
    for (const { recorder } of this.#entries.values()) recorder?.release();
  }

  #recorderOf(terminal: number): RecorderOptions {
    return {
      path: this.#pathOf(terminal),
      limit: this.#options.limit,
      noted: (bytes) => this.#options.noted(terminal, bytes),
      ended: (why) => this.#handleEnd(terminal, why),
    };
  }

  #stateOf(terminal: number): Recording {
    const entry = this.#entries.get(terminal);
    if (entry === undefined) throw new Error(`terminal ${terminal} has no recording`);
    const { recording, recorder } = entry;
    return recorder === undefined ? recording : { ...recording, bytes: recorder.bytes };
  }

  #handleEnd(terminal: number, why: RecordingEnd): void {
    const entry = this.#entries.get(terminal);
    if (entry === undefined) return;
    const recording: Recording = { ...this.#stateOf(terminal), ended: why };
    this.#entries.set(terminal, { recording, recorder: undefined });
    this.#options.changed(recording);
  }

  #begin(terminal: number, size: TerminalSize): Recorder {
    try {
      mkdirSync(this.#options.directory, { recursive: true, mode: 0o700 });
      return Recorder.begin(this.#recorderOf(terminal), size);
    } catch (cause) {
      throw new RecordingRefused('the recording cannot be written', { cause });
    }
  }

  /** Which one is to give way to one of `terminal`, if any: the oldest that is over. Throws RecordingRefused. */
  #findRoom(terminal: number): number | undefined {
    if (this.#entries.has(terminal) || this.#entries.size < RECORDINGS_PER_LAB) return undefined;
    const oldest = [...this.#entries].find(([, { recorder }]) => recorder === undefined)?.[0];
    if (oldest !== undefined) return oldest;
    throw new RecordingRefused(`a lab may have ${RECORDINGS_PER_LAB} recordings at once`);
  }

  #remove(terminal: number): void {
    this.#entries.delete(terminal);
    rmSync(this.#pathOf(terminal), { force: true });
    this.#options.removed(terminal);
  }

  #adopt(terminal: number): void {
    const found = adoptFile(this.#pathOf(terminal));
    if (found === undefined) return;
    const recording: Recording = { terminal, ...found, ended: 'restarted' };
    this.#entries.set(terminal, { recording, recorder: undefined });
  }

  #pathOf(terminal: number): string {
    return join(this.#options.directory, `${terminal}.cast`);
  }
}

function listTerminals(directory: string): number[] {
  try {
    const names = readdirSync(directory);
    return names.flatMap((name) => /^(\d{1,5})\.cast$/.exec(name)?.[1] ?? []).map(Number);
  } catch {
    // Nothing was recorded in this lab.
    return [];
  }
}
