import type { Severity } from '../../config/environment';

/** A series that is worked out ahead: of what many queries ask, or what would be too much to ask often. */
export interface RecordingRule {
  /** `LEVEL:METRIC:OPERATION`: the labels that it has, of what it is, what was done. */
  readonly record: string;
  readonly expr: string;
}

/** What somebody is told of. A heading of docs/runbook.md has its name. */
export interface AlertingRule {
  readonly alert: string;
  readonly severity: Severity;
  /** Whom it is about. Alerts of one kind on the same one are one message, and a critical one silences its warnings. May use `$labels`. */
  readonly service: string;
  readonly expr: string;
  /** How long it has to hold, e.g. `15m`. */
  readonly for: string;
  /** Labels beside these. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** One line. */
  readonly summary: string;
  /** What it means for whom, with its value. */
  readonly description: string;
}
