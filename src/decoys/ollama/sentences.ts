/**
 * Text that a small language model might have written. There is no model: phrases are put together around the words of the
 * prompt, the same for the same prompt, so that whoever tries whether the answers hang together finds that they do a little.
 */

import type { Persona } from '../../core/persona.ts';
import { pick, type Random } from '../../core/random.ts';

const promptLimit = 4_096;
const common = new Set([
  'about',
  'after',
  'again',
  'answer',
  'because',
  'could',
  'explain',
  'from',
  'give',
  'have',
  'hello',
  'please',
  'question',
  'should',
  'tell',
  'that',
  'their',
  'there',
  'these',
  'they',
  'this',
  'what',
  'when',
  'where',
  'which',
  'with',
  'word',
  'would',
  'write',
  'your',
]);

/** The words that a prompt turns on, the longer first. */
function topicsOf(prompt: string): string[] {
  const words = prompt.toLowerCase().match(/[a-z][a-z'-]{3,24}/g) ?? [];
  return [...new Set(words)]
    .filter((word) => !common.has(word))
    .sort((a, b) => b.length - a.length)
    .slice(0, 6);
}

/** Sums and products of two numbers, which are the favourite trial; null for anything else. */
function arithmetic(prompt: string): string | null {
  const sum = /(-?\d{1,9})\s{0,4}([-+*/x×])\s{0,4}(-?\d{1,9})/.exec(prompt);
  if (sum === null) return null;
  const [a, b] = [Number(sum[1]), Number(sum[3])];
  const sign = sum[2] ?? '+';
  const value = sign === '+' ? a + b : sign === '-' ? a - b : sign === '/' ? a / b : a * b;
  return Number.isFinite(value) ? `${a} ${sign} ${b} = ${Number(value.toFixed(4))}` : null;
}

function paragraph(random: Random, topics: readonly string[]): string {
  const topic = topics[0] ?? 'that';
  const other = topics[1] ?? 'the context';
  const third = topics[2] ?? 'practice';
  const openings = [
    `There are a few things to consider when it comes to ${topic}.`,
    `${topic.charAt(0).toUpperCase()}${topic.slice(1)} is a broad subject, so here is a short overview.`,
    `Sure! Here is a brief answer about ${topic}.`,
    `Great question. Let's look at ${topic} step by step.`,
  ] as const;
  const middles = [
    `First, it helps to understand how ${topic} relates to ${other}, since one usually depends on the other.`,
    `In most cases ${other} is the part that people overlook, and it has a large effect on the result.`,
    `A common approach is to start small, check the outcome, and then adjust ${other} as needed.`,
    `Keep in mind that ${third} can change the picture, especially at a larger scale.`,
    `It is also worth noting that there are trade-offs between simplicity and ${third}.`,
  ] as const;
  const endings = [
    `If you can share more details about ${topic}, I can give a more specific answer.`,
    `In summary, ${topic} works best when ${other} is planned for from the start.`,
    `Let me know if you would like an example.`,
  ] as const;
  const first = pick(random, middles);
  const second = pick(random, middles);
  return [pick(random, openings), first, ...(second === first ? [] : [second]), pick(random, endings)].join(
    ' ',
  );
}

/** The answer to a prompt. */
export function answerTo(persona: Persona, model: string, prompt: string): string {
  const text = prompt.slice(-promptLimit);
  const random = persona.random(`ollama answer ${model} ${text}`);
  const quoted =
    /(?:say|repeat|reply with|respond with|output|print)\s{1,4}(?:exactly |only |the word |just )?["'“]?([\w !?.-]{1,60})["'”]?/i.exec(
      text,
    )?.[1];
  if (quoted !== undefined && text.length < 200) return quoted.trim();
  const sum = arithmetic(text);
  if (sum !== null && text.length < 200) return sum;
  if (/^\s*(?:hi|hello|hey|test|ping)\b/i.test(text) && text.length < 60) {
    return pick(random, [
      'Hello! How can I assist you today?',
      'Hi there! What can I help you with?',
      "Hello! It's nice to meet you. Is there something I can help you with?",
    ] as const);
  }
  if (/who are you|what (?:model|are you)|your name/i.test(text)) {
    return `I'm a large language model (${model.split(':')[0] ?? model}). I can answer questions, help with writing and code, and more.`;
  }
  return paragraph(random, topicsOf(text));
}

/** Pieces as a tokenizer gives them: a word with the blank ahead of it, marks alone. */
export const tokensOf = (text: string): string[] => text.match(/ ?[A-Za-z']+|\s?\d{1,3}|[^\w\s]|\s+/g) ?? [];
