/**
 * Limits of SNS for a message (API reference of Publish): a subject of less than 100 characters without line breaks and control
 * characters, which older pages want to be ASCII; text and attributes together of at most 256 KiB.
 *
 * Alertmanager 0.34.1 (notify/sns/sns.go) does not cut the subject. It cuts the text to 256 KiB, in the middle of a character or of JSON,
 * and then adds an attribute that says so, which makes the message too long. So nothing here may grow with the group.
 */
export const SNS_LIMITS = { subjectCharacters: 99, messageBytes: 262_144 } as const;

/** Alerts that a message shows; of the others it tells their number. */
export const MAX_ALERTS = 20;

/** Characters that a message shows of each text of an alert. */
const MAX_CHARACTERS = { summary: 300, description: 1000, runbook_url: 300 } as const;

/** The maximum size of a message without its alerts, in bytes. */
const FRAME = 4096;

/** JSON writes one character with up to six bytes (`\\u003c`), plain text with four. */
const MAX_BYTES = 6;

/** Bytes of the longest message. A test compares it with the limit, and check:servers with what Alertmanager's own templates make. */
export const MAX_MESSAGE_LENGTH =
  MAX_ALERTS * MAX_BYTES * (Object.values(MAX_CHARACTERS).reduce<number>((sum, each) => sum + each, 0) + 100) + FRAME;

/** The beginning of a text: `printf` counts characters, not bytes. */
const cut = (most: number, value: string) => `${value} | printf "%.${most}s"`;

const texts = (Object.keys(MAX_CHARACTERS) as (keyof typeof MAX_CHARACTERS)[]).map((name) =>
  cut(MAX_CHARACTERS[name], `.Annotations.${name}`),
);

const ofEach = (alert: string) => `{{ range $i, $_ := .Alerts }}{{ if lt $i ${MAX_ALERTS} }}${alert}{{ end }}{{ end }}`;

const others = (text: string) => `{{ if gt (len .Alerts) ${MAX_ALERTS} }}${text}{{ end }}`;

const LEFT_OUT = `This message shows the first ${MAX_ALERTS} of {{ len .Alerts }} alerts. Alertmanager lists all of them.`;

export const SUBJECT =
  '{{ printf "%s %s %s: %s" (.Status | toUpper) .CommonLabels.environment .CommonLabels.severity .CommonLabels.alertname' +
  ` | reReplaceAll "[^ -~]+" " " | printf "%.${SNS_LIMITS.subjectCharacters}s" }}`;

/** Text for e-mails. */
export const TEXT =
  ofEach(
    `${texts.map((text) => `{{ ${text} }}\n`).join('')}since {{ .StartsAt.UTC.Format "2006-01-02 15:04 MST" }}\n\n`,
  ) + others(`${LEFT_OUT}\n`);

/** The form that Amazon Q in chat applications shows. https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html */
export const SLACK =
  '{"version":"1.0","source":"custom","content":{"textType":"client-markdown",' +
  `"title":{{ ${cut(200, 'printf "%s %s: %s" (.Status | toUpper) .CommonLabels.severity .CommonLabels.alertname')} | toJson }},` +
  // Each text as JSON without its quotation marks, so that all together are one text.
  `"description":"${ofEach(
    `{{ reReplaceAll "^\\"|\\"$" "" (printf "%s\\n%s\\n%s\\n" ${texts.map((text) => `(${text})`).join(' ')} | toJson) }}`,
  )}${others(LEFT_OUT)}"}}`;
