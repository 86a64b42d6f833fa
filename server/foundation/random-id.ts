// Random names in lower-case base32, five bits a character. Knows no store.
import { randomBytes } from 'node:crypto';
import type { LabId, LearnerId } from '../protocol/ids.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

export function newLabId(): LabId {
  return randomBase32(16);
}

export function newLearnerId(): LearnerId {
  return randomBase32(26);
}

function randomBase32(length: number): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET.charAt(byte & 31)).join('');
}
