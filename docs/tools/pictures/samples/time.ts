import { createHash } from 'node:crypto';

/** The morning that samples are of, with a minute for each value: in its last twenty minutes, the API begins to fail. */
export const START = Date.UTC(2026, 0, 15, 5);
export const MINUTES = 420;
export const INCIDENT = 400;

/** A number from 0 to 1 that looks like chance, and is the same in each run. */
export const chance = (...of: readonly unknown[]): number =>
  createHash('sha256').update(of.join(' ')).digest().readUInt32BE() / 2 ** 32;

/** Where something that goes up and down with the day is between its lowest and its highest, from 0 to 1. */
export const wave = (name: string, minute: number): number =>
  0.5 + 0.3 * Math.sin(minute / 40 + 6 * chance(name)) + 0.4 * (chance(name, Math.floor(minute / 5)) - 0.5);

/** How much of the incident there is, from 0 to 1. */
export const incident = (minute: number): number => Math.min(1, Math.max(0, (minute - INCIDENT + 5) / 10));
