import type { Severity } from '../../config/environment';

/** A series that is worked out ahead: of what many queries ask, or what would be too much to ask often. */
export interface RecordingRule {
  /** `LEVEL:METRIC:OPERATION`: the labels that it has, of what it is, what was done. */
  readonly record: string;
  readonly expr: string;
}

/** A rule that notifies a person. A heading of docs/runbook.md has its name. */
export interface AlertingRule {
  readonly alert: string;
  readonly severity: Severity;
  /** Its subject. Alerts of one kind on the same subject are one message, and a critical one silences its warnings. May use `$labels`. */
  readonly service: string;
  readonly expr: string;
  /** How long it has to hold, e.g. `15m`. */
  readonly for: string;
  /** Labels beside these. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** One line. */
  readonly summary: string;
  /** Its meaning, and for whom, with its value. */
  readonly description: string;
}
