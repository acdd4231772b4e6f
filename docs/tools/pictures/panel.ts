import { createHash } from 'node:crypto';
import type { Unit } from './unit';

/** Values over time, by milliseconds. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [at: number, value: number])[];
}

/** A value from which on something is wrong. */
export interface Threshold {
  readonly value: number;
  readonly label: string;
  readonly color: string;
}

/** A value as it is now, as people read it. */
export interface Value {
  readonly name: string;
  readonly text: string;
  readonly color: string;
}

/** The content of a panel. */
export type Content =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'states'; readonly states: readonly { readonly name: string; readonly wrong: boolean }[] }
  | {
      readonly kind: 'graph';
      readonly unit: Unit;
      readonly series: readonly Series[];
      readonly thresholds: readonly Threshold[];
      readonly stacked: boolean;
    }
  | { readonly kind: 'numbers'; readonly values: readonly Value[] }
  | { readonly kind: 'bars'; readonly values: readonly (Value & { readonly share: number })[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'row' };

/** A panel in the grid of its dashboard, which has 24 columns. */
export interface Panel {
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly content: Content;
}

/** A dashboard with what it shows. */
export interface Dashboard {
  /** Name of the picture's file. */
  readonly name: string;
  readonly title: string;
  /** Its source: the picture is out of date once this changes. */
  readonly definition: string;
  /** Height of a line of its grid, in pixels. */
  readonly line: number;
  readonly panels: readonly Panel[];
}

/** The mark in a picture by which its definition is known. */
export const fingerprint = (definition: string): string =>
  `drawn from ${createHash('sha256').update(definition).digest('hex')}`;
