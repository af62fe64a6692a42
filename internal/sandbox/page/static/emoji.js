// The names of emoji, as Slack gives them: a table of the server. An unknown name is shown as it was typed.
const TABLE = await fetch("emoji.json").then((r) => r.json(), () => ({}));

const TONES = ["", "", "\u{1F3FB}", "\u{1F3FC}", "\u{1F3FD}", "\u{1F3FE}", "\u{1F3FF}"];

// emoji gives the picture of a name, with the tone of its skin behind the first character: wave::skin-tone-4.
export function emoji(name) {
  const [base, tone] = name.split("::skin-tone-");
  const glyph = TABLE[base] || "";
  if (!tone || !glyph) return glyph;
  const [first, ...rest] = [...glyph];
  return [first, TONES[tone], ...rest].join("");
}
