// A rule of textlint: `textlint --rulesdir lint/prose`. The published ones count characters, or leave tables out, and none shows the sentence.
const { split } = require('sentence-splitter');
const { StringSource } = require('textlint-util-to-string');

const MAX_WORDS = 25;

/** A piece of code is one word, whatever it says. */
const masked = ({ node, maskValue }) => (node.type === 'Code' ? maskValue('x') : undefined);

/** Dashes and arrows are no words. */
const wordsOf = (sentence) => sentence.split(/\s+/).filter((word) => /\w/.test(word));

module.exports = ({ RuleError, Syntax, getSource, locator, report }) => {
  const check = (node) => {
    const plain = new StringSource(node, { replacer: masked });
    // Of the same length, so that positions stay. The splitter takes the line breaks of Markdown for ends.
    const text = plain.toString().replaceAll(/\s/g, ' ');
    for (const { type, raw, range } of split(text)) {
      const { length } = wordsOf(raw);
      if (type !== 'Sentence' || length <= MAX_WORDS) continue;
      const [start, end] = range.map((index) => plain.originalIndexFromIndex(index));
      const sentence = getSource(node).slice(start, end).replaceAll(/\s+/g, ' ');
      const message = `${length} words. Split it: one fact in a sentence, at most ${MAX_WORDS} words (docs/STYLE.md): ${sentence}`;
      report(node, new RuleError(message, { padding: locator.at(start) }));
    }
  };
  return { [Syntax.Paragraph]: check, [Syntax.TableCell]: check, [Syntax.Header]: check };
};
