/** Words that a sentence may have at most for somebody who is tired. */
const MAX_WORDS = 25;

/** Sentences of a text that are longer. A placeholder of a template, a link and a piece of code are one word each. */
export const longSentences = (text: string): readonly string[] =>
  text
    .replaceAll(/\{\{.*?\}\}/g, 'X')
    .replaceAll(/`[^`]*`/g, 'X')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .split(/(?<=[.?!])\s+/)
    .filter((sentence) => sentence.trim().split(/\s+/).length > MAX_WORDS);
