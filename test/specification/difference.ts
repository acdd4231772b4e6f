import type { Value } from './fields';
import { EnvironmentName } from '../fixtures';

/** Fields that are meant to be other than specified. */
export interface Difference {
  /**
   * The values that replace it, by path: all that is at the path and below it, or `undefined` where nothing is. `*` stands for any
   * text, `{name}` for the name of the service.
   */
  readonly fields: Readonly<Record<string, Value | undefined>>;
  /** @default - all */
  readonly environments?: readonly EnvironmentName[];
  /** One sentence. */
  readonly reason: string;
}

/** Differences that each of some objects has. */
export interface Section {
  readonly title: string;
  /** Keys of the objects. */
  readonly objects: RegExp;
  readonly differences: readonly Difference[];
}

/** Objects of which the specification or the application knows nothing. */
export interface WholeObjects {
  readonly title: string;
  /** Keys of the objects. */
  readonly objects: RegExp;
  /** One sentence. */
  readonly reason: string;
}
