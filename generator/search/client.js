// Full-text search in the browser: reads the static files that `gongkai build` writes to `search/` and
// finds every page that holds what was typed, without a server. One ES module without dependencies; it
// touches no document, so it runs in a worker as well.
//
//   const engine = await open(new URL("search/", rootUrl));        // reads root.json
//   const found = await engine.search("安全生产 -演练 文号:应急罚", {
//     filters: { register: ["penalty"] }, from: "2025-01-01", to: "2025-12-31",
//     sort: "relevance", offset: 0, limit: 10, everything: false, excerpts: true, signal });
//   found = { total, about, loose, cut, terms: [{ text, field, exclude, alternatives: [{ text, why }] }],
//     results: [{ title: [{ text, mark }], url, date, register, registerTitle, kind, tags: [text],
//       excerpt: [{ text, mark }], score }] }; without excerpts only url and score
//   const counts = await engine.facets("安全生产", { filters });   // { register: [{ value, label, count }], year: … }
//   const hints = await engine.suggest("豫应急", { limit: 8, signal }); // [{ kind: "org" | "number" | "page", title, text, url }]
//
// `total` is exact unless `about` is true. `loose` says that nothing matches exactly and that the results
// only come near. `cut` says that the query was too long and its end was left out. Addresses are relative
// to the portal's root. What fails is a `SearchError` whose `kind` is "offline", "stale", "damaged" or
// "aborted". No text of a query is part of any address that is fetched.
//
// A query, as `query.rs` reads it too: terms are separated by white space; quotation marks " “ ” ＂ keep white
// space inside one; a `-` (－ −) directly before a term excludes it; `文号:` `公司:` `标题:` (`number:` `company:`
// `title:`, in any case, with `:` or `：`) directly before a term look only there, in that order: first the minus,
// then the prefix. What follows is folded; a term that folds to nothing is left out. At most 12 terms and 256
// folded characters. A term is also looked for in other spellings, at most six: the longest name of each
// group of synonyms replaced by the others of its group, 第十二条 for 第12条 and back, and 11·9 for 11-09.

// The [characters] of fold.txt; publication puts them in.
const CHARACTERS = "@CHARACTERS@";

const FIELDS = ["text", "title", "name", "code"];
// One of title, name and code: what suggestions look at.
const NAMED = 4;
const NAMES = [1, 2, 3];
// The fields of what is looked for in several.
const SEARCHED = { 0: [0, ...NAMES], [NAMED]: NAMES };
const WEIGHTS = [1, 4, 3, 3];
const EXACT = 50;
const BLOCK = "\n";
const VERSION = 7;

export class SearchError extends Error {
  constructor(kind, message, cause) {
    super(message, { cause });
    this.kind = kind;
  }
}

const aborted = () => new SearchError("aborted", "aborted");
const damaged = (cause) => new SearchError("damaged", "damaged", cause);

// ---------------------------------------------------------------- folding

const folds = new Map();
let hanIsRead = false;

export function learn(lines) {
  for (const line of lines.split("\n")) {
    if (!line || line[0] === "#" || line[0] === "[") continue;
    const space = line.indexOf(" ");
    const to = line.slice(0, space);
    for (const c of line.slice(space + 1)) folds.set(c, to === "drop" ? "" : to);
  }
}
learn(CHARACTERS);

const VANISHES =
  /[\p{White_Space}\p{Cc}\u00AD\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFE00-\uFE0F\uFEFF]/u;

function each(c, put) {
  if (c >= "\u4E00" && c <= "\u9FFF") return put(folds.get(c) ?? c);
  if (c === BLOCK) return put(c);
  for (const part of c.normalize("NFKD")) {
    if (part >= "\u0300" && part <= "\u036F") continue;
    for (const low of part.toLowerCase()) {
      const to = folds.get(low);
      if (to) put(to);
      else if (to === undefined && !VANISHES.test(low)) put(low);
    }
  }
}

export function fold(text) {
  let folded = "";
  for (const c of text) each(c, (to) => (folded += to));
  return folded;
}

// Only characters outside GB 2312 have variants, so most texts need no list of them.
let inGb2312;

function mayHaveVariants(text) {
  if (hanIsRead) return false;
  inGb2312 ??= new Set(
    new TextDecoder("gb2312").decode(new Uint8Array(72 * 188).map((_, at) => (at & 1 ? 0xa1 + ((at >> 1) % 94) : 0xb0 + Math.floor(at / 188)))),
  );
  for (const c of text.normalize("NFKD")) if (!inGb2312.has(c) && /\p{Script=Han}/u.test(c)) return true;
  return false;
}

// ---------------------------------------------------------------- grams

const isCode = (chars) => chars.every((c) => /[0-9a-z()-]/.test(c));

// The grams that together hold every character of a folded phrase.
export function cover(phrase) {
  const chars = [...phrase];
  const count = chars.length;
  if (count <= 3) return count ? [phrase] : [];
  const codeAt = (at) => at >= 0 && at + 6 <= count && isCode(chars.slice(at, at + 6));
  const take = (at, length) => chars.slice(at, at + length).join("");
  const grams = [];
  for (let at = 0; at < count; ) {
    const rest = count - at;
    if (codeAt(at)) {
      grams.push(take(at, 6));
      at += 6;
    } else if (rest < 6 && codeAt(count - 6)) {
      grams.push(take(count - 6, 6));
      break;
    } else if (rest >= 3) {
      grams.push(take(at, 3));
      at += 3;
    } else {
      grams.push(take(count - 3, 3));
      break;
    }
  }
  return grams;
}

// All grams of a phrase that is longer than one.
function windows(phrase) {
  const chars = [...phrase];
  const of = (length) => chars.slice(length - 1).map((_, at) => chars.slice(at, at + length));
  return [...of(6).filter(isCode), ...of(3)].map((gram) => gram.join(""));
}

function overlapping(phrase) {
  const chars = [...phrase];
  return chars.length < 2 ? chars : chars.slice(1).map((c, at) => chars[at] + c);
}

// What a root does not name is as rare as this, in halves of a power of two, and a code so much for each letter and
// digit.
const RARE = 11;
const CODE = 5;

// How rare a gram is likely to be.
function level(gram, levels) {
  const chars = [...gram];
  if (chars.length > 3) return CODE * gram.replace(/[()-]/g, "").length;
  const of = (text) => levels.get(text) ?? RARE;
  if (chars.length < 3) return of(gram);
  const [one, other] = overlapping(gram).map(of);
  return Math.max(one, other, one + other - of(chars[1]));
}

const rarer = (levels) => (one, other) => level(other, levels) - level(one, levels);

// The cover of a phrase, the rarest first, of equals the last.
export const byRarity = (phrase, levels) => cover(phrase).reverse().sort(rarer(levels));

// Where an exact text stands: with the rarest of its cover, and a gram of three characters with its first two unless
// they are common.
export function home(phrase, levels) {
  const [gram] = byRarity(phrase, levels);
  const [one, other, ...tail] = gram;
  return tail.length === 1 && !levels.has(one + other) ? one + other : gram;
}

export function place(text, start = 0x811c9dc5) {
  let hash = start;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

// ---------------------------------------------------------------- queries

const LONGEST = 256;
const MOST_TERMS = 12;
const MOST_ALTERNATIVES = 6;
const QUOTES = '"“”＂';
const PREFIXES = [["文号", 3], ["公司", 2], ["标题", 1], ["number", 3], ["company", 2], ["title", 1]];

export function read(text, synonyms = []) {
  const query = { terms: [], cut: false };
  let left = LONGEST;
  let rest = text.trimStart();
  while (rest) {
    const term = { text: "", field: 0, exclude: false, alternatives: [] };
    const minus = /^[-－−]+(?=\S)/u.exec(rest);
    if (minus) {
      term.exclude = true;
      rest = rest.slice(minus[0].length);
    }
    for (const [word, field] of PREFIXES) {
      const after = rest.slice(word.length);
      if (rest.slice(0, word.length).toLowerCase() === word && /^[:：]\S/u.test(after)) {
        term.field = field;
        rest = after.slice(1);
        break;
      }
    }
    let end;
    if (QUOTES.includes(rest[0])) {
      rest = rest.slice(1);
      end = rest.search(/["“”＂]/u);
      if (end < 0) end = rest.length;
      term.text = rest.slice(0, end).trim();
      rest = rest.slice(end).replace(/^["“”＂]+/u, "");
    } else {
      end = rest.search(/[\s"“”＂]/u);
      if (end < 0) end = rest.length;
      term.text = rest.slice(0, end).trim();
      rest = rest.slice(end);
    }
    rest = rest.trimStart();
    let folded = [...fold(term.text)].filter((c) => c !== BLOCK);
    if (!folded.length) continue;
    if (query.terms.length === MOST_TERMS || left === 0) {
      query.cut = true;
      break;
    }
    if (folded.length > left) {
      query.cut = true;
      folded = folded.slice(0, left);
    }
    left -= folded.length;
    term.alternatives = alternatives(folded.join(""), synonyms);
    query.terms.push(term);
  }
  return query;
}

function alternatives(typed, synonyms) {
  const list = [{ text: typed, why: null }];
  const add = (text, why) => {
    if (list.length < MOST_ALTERNATIVES && !list.some((known) => known.text === text)) list.push({ text, why });
  };
  for (const group of synonyms) {
    const names = group.map(fold);
    let found = "";
    for (const name of names) if (name.length >= found.length && typed.includes(name)) found = name;
    if (!found) continue;
    for (const other of names) if (other !== found) add(typed.replace(found, () => other), "synonym");
  }
  for (const known of [...list]) {
    for (const other of [otherNumerals(known.text), dotted(known.text)]) if (other !== known.text) add(other, known.why ?? "numeral");
  }
  return list;
}

const DIGITS = "零一二三四五六七八九";

function otherNumerals(text) {
  const other = text.replace(/第(?:([1-9]\d{0,2})|([零一二三四五六七八九十百]+))(?=[条款项章节编号期次批届季])/gu, (all, arabic, chinese) => {
    if (arabic) return "第" + inChinese(Number(arabic));
    for (let number = 1; number < 1000; number++) if (inChinese(number) === chinese) return "第" + number;
    return all;
  });
  return other;
}

// A day that stands for what happened then: 11-09 becomes 11·9.
function dotted(text) {
  return text.replace(/(?<![\d-])0?([1-9]|1[0-2])-0?([1-9]|[12]\d|3[01])(?![\d-])/g, "$1·$2");
}

function inChinese(number) {
  const [hundreds, tens, ones] = [Math.floor(number / 100), Math.floor(number / 10) % 10, number % 10];
  let text = hundreds ? DIGITS[hundreds] + "百" : "";
  if (tens === 0) text += hundreds && ones ? "零" : "";
  else text += tens === 1 && !hundreds ? "十" : DIGITS[tens] + "十";
  return text + (ones ? DIGITS[ones] : "");
}

// ---------------------------------------------------------------- files

// Reads the codes that `bits.rs` writes.
export class Bits {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  get(width) {
    let value = 0;
    while (width > 0) {
      const byte = this.bytes[this.at >> 3];
      if (byte === undefined) throw damaged();
      const free = 8 - (this.at & 7);
      const take = Math.min(free, width);
      value = value * 2 ** take + ((byte >> (free - take)) & ((1 << take) - 1));
      this.at += take;
      width -= take;
    }
    return value;
  }

  gamma() {
    let width = 0;
    while (!this.get(1)) if (++width > 31) throw damaged();
    return 2 ** width + this.get(width);
  }

  below(limit) {
    if (limit < 2) return 0;
    const width = 32 - Math.clz32(limit - 1);
    const short = 2 ** width - limit;
    const value = this.get(width - 1);
    return value < short ? value : value * 2 + this.get(1) - short;
  }

  rice(k) {
    let ones = 0;
    while (this.get(1)) ones++;
    return ones * 2 ** k + this.get(k);
  }

  subset(count, limit) {
    const values = new Array(count);
    const within = (from, to, low, high) => {
      if (from >= to) return;
      const middle = from + ((to - from) >> 1);
      const first = low + middle - from;
      const value = first + this.below(high - (to - 1 - middle) - first + 1);
      values[middle] = value;
      within(from, middle, low, value - 1);
      within(middle + 1, to, value + 1, high);
    };
    if (count > limit) throw damaged();
    within(0, count, 0, limit - 1);
    return values;
  }

  counts(count) {
    if (!this.get(1)) return new Array(count).fill(1);
    const k = this.gamma() - 1;
    return Array.from({ length: count }, () => this.rice(k) + 1);
  }
}

function varint(bytes, from) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[from.at++];
    if (byte === undefined) throw damaged();
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return value;
  }
}

// A shard: lines that name its entries, how long each is and where its long list stands, and the entries.
function unpack(bytes) {
  const from = { at: 0 };
  const length = varint(bytes, from);
  const lines = new TextDecoder().decode(bytes.subarray(from.at, from.at + length));
  from.at += length;
  const names = length ? lines.split("\n") : [];
  const sizes = names.map(() => {
    const size = varint(bytes, from);
    const list = size % 2 ? { file: varint(bytes, from), from: varint(bytes, from), length: varint(bytes, from) } : null;
    return [Math.floor(size / 2), list];
  });
  const entries = new Map();
  names.forEach((line, at) => {
    const chars = [...line];
    const marked = line < "\u0004" || chars.length < 2;
    const key = marked ? line : chars[0] + chars[1];
    const [size, list] = sizes[at];
    entries.set(key, { tails: marked ? null : chars.slice(2), list, bytes: bytes.subarray(from.at, from.at + size) });
    from.at += size;
  });
  if (from.at !== bytes.length) throw damaged();
  return entries;
}

function frequencies(bits) {
  const text = bits.gamma();
  return bits.get(1) ? [text, bits.gamma() - 1, bits.gamma() - 1, bits.gamma() - 1] : [text, 0, 0, 0];
}

// Documents, counts and norms by field. `universe` is a number of documents, or documents.
function lists(bits, df, universe) {
  const all = typeof universe === "number";
  const docs = bits.subset(df[0], all ? universe : universe.length).map((doc) => (all ? doc : universe[doc]));
  const fields = [{ docs, counts: bits.counts(df[0]) }];
  for (let field = 1; field < 4; field++) {
    if (!df[field]) {
      fields.push({ docs: [], counts: [] });
      continue;
    }
    const list = { docs: bits.subset(df[field], docs.length).map((at) => docs[at]), counts: bits.counts(df[field]) };
    if (field === 1) list.norms = list.docs.map(() => bits.get(8));
    fields.push(list);
  }
  return fields;
}

// So many of the best documents of a long list stand in a shard.
const BEST = 24;

// An entry of a shard: frequencies; lists, of all documents or of the best; three-character grams.
function entry(packed, limit) {
  if (packed.entry) return packed.entry;
  const bits = new Bits(packed.bytes);
  const some = (df, long, universe) => ({ df, long, fields: lists(bits, long ? best(bits, df) : df, universe) });
  const df = frequencies(bits);
  const made = some(df, bits.get(1) === 1, limit);
  if (made.long !== (packed.list !== null)) throw damaged();
  made.list = packed.list;
  made.children = new Map();
  for (const tail of packed.tails ?? []) {
    const own = frequencies(bits);
    made.children.set(tail, made.long ? some(own, own[0] > BEST, limit) : some(own, false, made.fields[0].docs));
  }
  return (packed.entry = made);
}

// Of how many of the best documents there are lists, by field.
function best(bits, df) {
  const text = bits.gamma();
  return [text, ...df.slice(1).map((count) => (count ? bits.gamma() - 1 : 0))];
}

// A long list: of a gram, and of what stands with it, each within it.
function wholes(bytes, entry, limit) {
  const bits = new Bits(bytes);
  const whole = { df: entry.df, long: false, fields: lists(bits, entry.df, limit) };
  const { docs } = whole.fields[0];
  const children = [...entry.children].filter(([, { long }]) => long);
  whole.children = new Map(children.map(([tail, { df }]) => [tail, { df, long: false, fields: lists(bits, df, docs) }]));
  return whole;
}

// Files of entries, how many a tier has, and where their long lists are.
const KINDS = { g: ["shards", "l"], v: ["values", "w"] };

const KEEP = 4 << 20;
// Milliseconds after which a file counts as out of reach.
const PATIENT = 30000;

// Browsers fetch six files of a host at a time, and fail when thousands wait.
const waiting = [];
let running = 0;

async function inTurn(work, callers) {
  if (running >= 32) await new Promise((go) => waiting.push(go));
  running++;
  try {
    if (callers.length && callers.every((signal) => signal?.aborted)) throw aborted();
    return await work();
  } finally {
    running--;
    waiting.shift()?.();
  }
}

// Fetched files, until they become many.
class Files {
  constructor(base, fetcher) {
    this.base = base;
    this.fetch = fetcher;
    this.kept = new Map();
    // Files that a server sent whole where a part was asked for.
    this.wholes = new Map();
    this.size = 0;
    this.busy = new Set();
  }

  // Counts what is kept; when it has become too much, all of it goes.
  grow(bytes) {
    this.size += bytes.length;
    if (this.size <= KEEP) return;
    this.kept.clear();
    this.wholes.clear();
    this.size = 0;
  }

  // What `make` makes of a file or a `part` of it, made once, for all who ask. Whoever stops waiting does not stop the
  // others; what nobody waits for any more is not fetched.
  get(address, make, signal, part) {
    const key = part ? `${address} ${part.from}` : address;
    let known = this.kept.get(key);
    if (!known) {
      known = { callers: [] };
      known.value = inTurn(() => this.load(address, part), known.callers).then((bytes) => {
        known.callers = [];
        this.grow(bytes);
        return make(bytes);
      });
      this.kept.set(key, known);
      known.value.catch(() => this.kept.get(key) === known && this.kept.delete(key));
    }
    known.callers.push(signal);
    if (!signal) return known.value;
    return new Promise((done, failed) => {
      const stop = () => failed(aborted());
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop, { once: true });
      known.value.then(done, failed).finally(() => signal.removeEventListener("abort", stop));
    });
  }

  // A file may have been cut on its way; it is asked for once more, past any cache.
  async load(address, part) {
    // While a part of a file is fetched, a browser's cache lets other parts of it wait.
    const waits = part && this.busy.has(address);
    this.busy.add(address);
    try {
      return await unzip(await this.once(address, waits ? "no-store" : "default", part), part);
    } catch (error) {
      if (error.kind !== "damaged") throw error;
      return unzip(await this.once(address, "reload", part), part);
    } finally {
      if (!waits) this.busy.delete(address);
    }
  }

  // A server that sends a whole file where a part is asked for is understood as well, and not asked for another part
  // of it.
  async once(address, cache, part) {
    const cut = (whole) => whole.subarray(part.from, part.from + part.length);
    if (part && cache !== "reload" && this.wholes.has(address)) return cut(this.wholes.get(address));
    let response;
    let bytes;
    try {
      const headers = part ? { Range: `bytes=${part.from}-${part.from + part.length - 1}` } : {};
      response = await this.fetch(new URL(address, this.base), { cache, headers, signal: AbortSignal.timeout(PATIENT) });
      bytes = new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      throw new SearchError("offline", "offline", error);
    }
    if (response.status === 404 || response.status === 410) throw new SearchError("stale", address);
    if (part && response.status === 416) throw damaged();
    if (!response.ok) throw new SearchError("offline", address);
    if (!part || response.status === 206) return bytes;
    this.grow(bytes);
    this.wholes.set(address, bytes);
    return cut(bytes);
  }
}

function json(bytes) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw damaged(error);
  }
}

const lines = (bytes) => new TextDecoder().decode(bytes).split(BLOCK);

async function unzip(bytes, part) {
  // A server may have unpacked a whole file already.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    if (part || !bytes.length) throw damaged();
    return bytes;
  }
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (error) {
    throw damaged(error);
  }
}

// ---------------------------------------------------------------- sets of documents

function intersect(one, other) {
  if (one.length > other.length) [one, other] = [other, one];
  const held = new Set(other);
  return one.filter((doc) => held.has(doc));
}

function union(sets) {
  return [...new Set(sets.flat())].sort((one, other) => one - other);
}

// ---------------------------------------------------------------- the engine

// tantivy's lengths of fields, by the byte that stands for them: exact to 40, then eight steps to a doubling.
const NORMS = Array.from({ length: 41 }, (_, at) => at);
for (let step = 2; NORMS.length < 256; step *= 2) for (let at = 0; at < 8; at++) NORMS.push(NORMS[NORMS.length - 1] + step);

const HEAD = 20;
// In so many bytes sizes of records are told.
const UNIT = 128;
// Dossiers and other guides lead on, so they are suggested before single records.
const GUIDES_FIRST = 20;

export async function open(base, { fetch: fetcher } = {}) {
  const files = new Files(new URL(base), fetcher ?? ((...all) => fetch(...all)));
  const engine = new Engine(files);
  await engine.refresh("default");
  return engine;
}

class Engine {
  constructor(files) {
    this.files = files;
    this.portal = new Files(new URL("../", files.base), files.fetch);
  }

  async refresh(cache) {
    const root = json(await this.files.once("root.json", cache));
    if (root.version !== VERSION) throw new SearchError("stale", "version");
    this.root = root;
    this.folders = root.tiers.map((tier) => tier.folder).join();
    this.docs = 0;
    this.levels = new Map();
    this.partitions = [];
    for (const tier of root.tiers) {
      tier.first = this.docs;
      tier.levels = new Map();
      tier.common.forEach(([chars, pairs], at) => {
        for (const text of [...chars, ...pairs.match(/../gsu) ?? []]) tier.levels.set(text, at);
      });
      if (tier.levels.size >= this.levels.size) this.levels = tier.levels;
      let first = this.docs;
      for (const [label, count] of tier.partitions) {
        this.partitions.push({ label: label === "undated" ? "" : label, first, end: first + count });
        first += count;
      }
      this.docs += tier.docs;
    }
    // A small portal's sizes of records are read before it is known which records are asked for.
    this.isSmall = root.tiers.every(({ docs, sizes }) => docs <= sizes);
    [...this.partitions].sort((one, other) => (one.label < other.label ? -1 : 1)).forEach((part, at) => (part.age = at));
    this.tokens = FIELDS.map((_, field) => [0, 1].map((kind) => root.tiers.reduce((sum, tier) => sum + tier.tokens[field][kind], 0)));
  }

  // Where a document stands in time: the later, the greater.
  age(doc) {
    const part = this.partitions.find((part) => doc < part.end);
    return part.age * 2 ** 32 + doc - part.first;
  }

  // Reads the list of variants when a text needs it.
  async variants(text, signal) {
    if (!mayHaveVariants(text)) return false;
    const bytes = await this.files.get(this.root.han, (bytes) => bytes, signal);
    learn(new TextDecoder().decode(bytes));
    return (hanIsRead = true);
  }

  // Runs with a fresh root once more when files are gone, because the portal was published anew.
  async current(work) {
    try {
      return await work();
    } catch (error) {
      if (error.kind !== "stale") throw error;
      const before = this.folders;
      await this.refresh("reload");
      if (before === this.folders) throw error;
      return work();
    }
  }

  // What every tier says about a key: its entries, with the documents numbered over all tiers. `where` it stands may
  // depend on the tier.
  async lookup(kind, where, key, tail, signal) {
    const found = { df: [0, 0, 0, 0], parts: [] };
    const [count] = KINDS[kind];
    const parts = await Promise.all(
      this.root.tiers.map(async (tier) => {
        const apart = tail && tier.levels.has(key);
        const [at, line] = apart ? [place(key + tail), `\u0001${key}${tail}`] : [where(tier), key];
        const address = `${tier.folder}/${kind}/${Math.floor((at / 2 ** 32) * tier[count])}`;
        const packed = (await this.files.get(address, unpack, signal)).get(line);
        if (!packed) return null;
        const own = entry(packed, tier.docs);
        const part = { tier, kind, own };
        if (!tail || apart) return { ...part, entry: own };
        return own.children.has(tail) && { ...part, tail, entry: own.children.get(tail) };
      }),
    );
    for (const part of parts) {
      if (!part) continue;
      found.parts.push(part);
      part.entry.df.forEach((df, field) => (found.df[field] += df));
    }
    return found;
  }

  async gram(text, signal) {
    const chars = [...text];
    const tail = chars.length === 3 && chars.pop();
    const key = chars.join("");
    const found = await this.lookup("g", () => place(key), chars.length > 3 ? `\u0001${key}` : key, tail, signal);
    return Object.assign(found, { text, kind: !tail && chars.length === 2 ? 0 : 1 });
  }

  // The documents of an exact text, which stands with the gram of it that is likely to be read.
  exact(text, signal) {
    const key = "\u0002" + place(text, 0x9747b28c).toString(16).padStart(8, "0");
    return this.lookup("g", ({ levels }) => place(home(text, levels)), key, null, signal);
  }

  // The documents of a value of a facet.
  value(facet, signal) {
    return this.lookup("v", () => place(facet), "\u0003" + facet, null, signal);
  }

  // Documents with a number that begins like this, those of which it is the whole number first, then the newest. Of
  // many only some: the last, since numbers count up.
  async numbers(text, signal) {
    const own = async (tier) => {
      const file = tier.numbers.findLastIndex((begins) => begins <= text || begins.startsWith(text));
      if (file < 0) return [];
      const found = (await this.files.get(`${tier.folder}/n/${file}`, lines, signal)).filter((line) => line.startsWith(text));
      return found.flatMap((line) => {
        const [number, ...docs] = line.split(" ");
        return docs.map((doc) => [tier.first + Number(doc), number === text ? EXACT : 0]);
      });
    };
    const found = (await Promise.all(this.root.tiers.map(own))).flat().sort((one, other) => one[1] - other[1]);
    const scores = new Map(found.map(([doc, score]) => [doc, score + this.rank(doc)]));
    const docs = [...scores.keys()];
    docs.sort((one, other) => scores.get(other) - scores.get(one) || this.age(other) - this.age(one));
    return { docs, scores };
  }

  // Replaces the best documents of a gram by all.
  async whole(found, signal) {
    await Promise.all(
      found.parts.map(async (part) => {
        const { tier, own } = part;
        if (!part.entry.long) return;
        const [, kind] = KINDS[part.kind];
        const make = (bytes) => wholes(bytes, own, tier.docs);
        const whole = await this.files.get(`${tier.folder}/${kind}/${own.list.file}`, make, signal, own.list);
        part.entry = part.tail ? whole.children.get(part.tail) : whole;
      }),
    );
    return found;
  }

  // The sizes of the records that stand with one of a tier.
  sizes(tier, at, signal) {
    const make = (bytes) => {
      const sizes = [];
      for (const from = { at: 0 }; from.at < bytes.length; ) sizes.push(varint(bytes, from));
      return sizes;
    };
    return this.files.get(`${tier.folder}/s/${Math.floor(at / tier.sizes)}`, make, signal);
  }

  async ahead(signal) {
    if (this.isSmall) await Promise.all(this.root.tiers.map((tier) => tier.docs && this.sizes(tier, 0, signal)));
  }

  // What is told of a document, and its text in blocks.
  async record(doc, signal) {
    const tier = this.tier(doc);
    const at = doc - tier.first;
    const sizes = await this.sizes(tier, at, signal);
    const own = at % tier.sizes;
    if (own >= sizes.length) throw damaged();
    let from = 0;
    for (let before = own - (own % tier.records); before < own; before++) from += sizes[before];
    const make = (bytes) => {
      const { u: url, t: title, k: kind, d: date = null, r: register = null, n: names = [], c: codes = [], g: tags = [], x = "", a: attached = [] } = json(bytes);
      return { url, title, kind, date, register, names, codes, tags, rest: x.split(BLOCK), attached };
    };
    const part = { from: from * UNIT, length: sizes[own] * UNIT };
    return this.files.get(`${tier.folder}/r/${Math.floor(at / tier.records)}`, make, signal, part);
  }

  // A function from documents to days.
  async days(signal) {
    const tables = await Promise.all(this.root.tiers.map((tier) => this.files.get(`${tier.folder}/d/0`, (bytes) => bytes, signal)));
    const days = [];
    for (const bytes of tables) {
      let day = 0;
      for (const from = { at: 0 }; from.at < bytes.length; ) {
        const step = varint(bytes, from);
        day += step % 2 ? -(step + 1) / 2 : step / 2;
        for (let left = varint(bytes, from); left > 0; left--) days.push(day);
      }
    }
    return (doc) => new Date(days[doc] * 864e5).toISOString().slice(0, 10);
  }

  // The values of a facet of every document of a tier: sets of values, and which set each document has.
  column(tier, name, signal) {
    return this.files.get(
      `${tier.folder}/f/${tier.facets.indexOf(name)}`,
      (bytes) => {
        const from = { at: 0 };
        const length = varint(bytes, from);
        const sets = json(bytes.subarray(from.at, from.at + length));
        const which = bytes.subarray(from.at + length);
        if (which.length !== tier.docs * 2) throw damaged();
        return (doc) => sets[which[doc * 2] + which[doc * 2 + 1] * 256];
      },
      signal,
    );
  }

  // What a document counts for itself.
  rank(doc) {
    const tier = this.tier(doc);
    return tier.ranks.find(([from, to]) => from <= doc - tier.first && doc - tier.first < to)?.[2] ?? 0;
  }

  tier(doc) {
    return this.root.tiers.findLast((tier) => tier.first <= doc);
  }

  isWhole(found) {
    return found.parts.every((part) => !part.entry.long);
  }

  documents(found, field = 0) {
    if (field === NAMED) return union(NAMES.map((field) => this.documents(found, field)));
    return found.parts.flatMap(({ tier, entry }) => entry.fields[field].docs.map((doc) => tier.first + doc));
  }

  // Adds what a gram is worth in a field. Where documents are `held` to hold it, those that are not among its best hold
  // it at least once.
  addScores(found, field, scores, held = false) {
    if (!found.df[field]) return;
    const weight = WEIGHTS[field] * 2.2 * Math.log(1 + (this.docs - found.df[field] + 0.5) / (found.df[field] + 0.5));
    const average = this.tokens[field][found.kind] / this.docs;
    const add = (doc, count, length) => {
      const before = scores.get(doc);
      if (before !== undefined) scores.set(doc, before + (weight * count) / (count + 1.2 * (0.25 + (0.75 * length) / average)));
    };
    for (const { tier, entry } of found.parts) {
      const { docs, counts, norms } = entry.fields[field];
      docs.forEach((doc, at) => add(tier.first + doc, counts[at], norms ? NORMS[norms[at]] : 1));
      if (!held || field || !entry.long) continue;
      const best = new Set(docs);
      for (const doc of scores.keys()) if (this.tier(doc) === tier && !best.has(doc - tier.first)) add(doc, 1, 1);
    }
  }

  async read(text, signal) {
    await this.variants(text.slice(0, 4 * LONGEST), signal);
    return read(text.slice(0, 40 * LONGEST), this.root.synonyms);
  }

  // How many of all that match have each value of each facet. For phrases of more than three characters the
  // numbers may be a little high, because texts are not looked into.
  facets(text, options = {}) {
    return this.current(async () => {
      const run = new Run(this, await this.read(text, options.signal), options);
      const docs = await run.all();
      const counts = {};
      const add = (name, value) => {
        const values = (counts[name] ??= new Map());
        values.set(value, (values.get(value) ?? 0) + 1);
      };
      for (const part of this.partitions) {
        const year = part.label.slice(0, 4);
        if (year) for (const doc of docs) if (part.first <= doc && doc < part.end) add("year", year);
      }
      for (const tier of this.root.tiers) {
        const inside = docs.filter((doc) => tier.first <= doc && doc < tier.first + tier.docs);
        if (!inside.length) continue;
        for (const name of tier.facets.filter((name) => name !== "kind")) {
          const values = await this.column(tier, name, options.signal);
          for (const doc of inside) for (const value of values(doc - tier.first)) add(name, value);
        }
      }
      for (const [name, values] of Object.entries(counts)) {
        const listed = [...values].map(([value, count]) => ({ value, label: this.root.labels[`${name}=${value}`] ?? value, count }));
        counts[name] = listed.sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1));
      }
      return counts;
    });
  }

  // Companies, numbers and pages whose name, number or title holds what was typed so far.
  suggest(text, { limit = 8, signal } = {}) {
    return this.current(async () => {
      const { terms } = await this.read(text, signal);
      const typed = terms.map((term) => term.alternatives[0].text).join("");
      if ([...typed].length < 2) return [];
      const term = { text: typed, field: NAMED, exclude: false, alternatives: [{ text: typed, why: null }] };
      const run = new Run(this, { terms: [term], cut: false }, { limit, signal });
      const holds = (text) => fold(text).includes(typed);
      const hints = [];
      for (const { url, title, kind, names, codes } of await run.named()) {
        const code = codes.find(holds);
        const found = holds(title) ? title : (code ?? names.find(holds));
        if (found !== undefined) hints.push({ kind: kind === "company" ? "org" : found === code ? "number" : "page", title, text: found, url });
      }
      return hints;
    });
  }

  search(text, options = {}) {
    return this.current(async () => {
      const query = await this.read(text, options.signal);
      if (!query.terms.length && text.trim()) return new Run(this, query, options).answer(0, false, false, []);
      const exact = await new Run(this, query, options).exact();
      if (exact.results.length || exact.about || (options.offset && exact.total) || query.terms.every((term) => term.exclude)) return exact;
      return new Run(this, query, options).loose();
    });
  }
}

// A word up to this length is first looked for by one gram, as most texts that hold that hold it too.
const SHORT = 5;
// Of a longer one so many grams are read at first, or fewer when so few documents are likely to be left.
const MOST_READ = 2;
const ENOUGH = 4;
// Texts are fetched for so many candidates rather than a long list that would narrow them.
const FEW = 16;
// So many texts are longer than a long list.
const MANY = 48;
// Where fewer than one text of so many holds a phrase, more grams are read before more texts.
const SELDOM = 8;
// Where fewer than one of so many that are wanted is among the best documents, all are looked at.
const POOR = 3;
// Where so many texts in a row had to be looked at, the rest is not.
const PATIENCE = 400;
// For each suggestion so many pages are looked at.
const SUGGESTED = 4;

// What looks like the beginning of a document number, with or without who issued it, or of a code of 18 characters.
const BEGUN = /^(\([^)]*\))?[^(]+\((\d(.*[^号])?)?$|^(?=.*\d)[0-9a-z]{5,17}$/u;

// Whether a phrase may be part of a number, and has to be checked.
const isNumber = ({ text, sure }) => !sure && /\d/.test(text);

// One query being answered.
class Run {
  constructor(engine, query, options) {
    this.engine = engine;
    this.query = query;
    this.signal = options.signal;
    this.offset = Math.max(0, options.offset ?? 0);
    this.limit = Math.max(1, options.limit ?? 10);
    this.everything = options.everything ?? false;
    this.excerpts = options.excerpts ?? true;
    this.filters = Object.entries(options.filters ?? {}).filter(([, values]) => values.length);
    const bound = (day, end) => day + end.slice(day.length - 4);
    this.span = [options.from ? bound(options.from, "-01-01") : "0", options.to ? bound(options.to, "-12-31") : "9"];
    this.positive = query.terms.filter((term) => !term.exclude);
    this.negative = query.terms.filter((term) => term.exclude);
    this.byDate = options.sort === "date" || !this.positive.length;
    // What is asked for alone is answered from the best documents that stand with a gram or a facet.
    const alone = query.terms.length + this.filters.flatMap(([, values]) => values).length === 1 && this.span.join("") === "09";
    this.heads = alone && !this.everything && this.offset + this.limit <= HEAD && this.byDate === !this.positive.length;
  }

  // Reads the grams of all phrases, and the filters.
  async begin() {
    this.phrases = new Map();
    for (const term of this.query.terms) for (const { text } of term.alternatives) this.phrases.set(text, null);
    await Promise.all([
      ...[...this.phrases.keys()].map(async (text) => this.phrases.set(text, await this.phrase(text))),
      this.readFilters(),
      this.engine.ahead(this.signal),
    ]);
  }

  // All documents that match; only in everything mode surely no other.
  async all() {
    await this.begin();
    return (await this.candidates(false)).docs;
  }

  // The phrases of a term.
  of(term) {
    return term.alternatives.map(({ text }) => this.phrases.get(text));
  }

  // The beginning of a number, asked for alone: all its grams are frequent, but numbers stand in order.
  async begun() {
    const [term] = this.positive;
    if (!this.heads || !term || term.field % 3 || !BEGUN.test(term.alternatives[0].text)) return null;
    const numbers = this.engine.numbers(term.alternatives[0].text, this.signal);
    const [{ docs, scores }] = await Promise.all([numbers, this.engine.ahead(this.signal)]);
    const wanted = this.offset + this.limit;
    if (docs.length < wanted) return null;
    this.scores = scores;
    return this.answer(docs.length, true, false, await this.results(docs.slice(this.offset, wanted), [term.alternatives[0].text]));
  }

  // What is told of the first pages that hold the only term in title, name or code.
  async named() {
    const { engine, limit, signal } = this;
    const [{ text }] = this.positive[0].alternatives;
    let docs = BEGUN.test(text) ? (await engine.numbers(text, signal)).docs : [];
    if (docs.length < limit) {
      await this.begin();
      const others = await this.candidates(true);
      const page = await this.page(this.rank(others.docs).slice(0, SUGGESTED * limit), others.checks);
      docs = [...new Set([...docs, ...page.shown])];
    }
    return Promise.all(docs.slice(0, limit).map((doc) => engine.record(doc, signal)));
  }

  async exact() {
    const begun = await this.begun();
    if (begun) return begun;
    await this.begin();
    // The best documents of parts of a number seldom hold the number.
    const numbers = this.positive.flatMap((term) => this.of(term)).some(isNumber);
    let found = await this.candidates(this.heads && !numbers);
    let page = await this.page(this.rank(found.docs), found.checks, found.partial);
    if (found.partial && page.passed.length < this.offset + this.limit) {
      found = await this.candidates(false);
      page = await this.page(this.rank(found.docs), found.checks);
    }
    let total = page.done ? page.passed.length : found.docs.length;
    let about = !page.done;
    if (found.partial) {
      const all = this.positive.flatMap((term) => this.of(term));
      const counts = all.map((phrase) => Math.min(...phrase.grams.map((gram) => gram.df[this.positive[0].field])));
      total = Math.max(page.passed.length, ...counts, ...this.facets.flat().map((value) => value.df[0]));
      about = all.length > 1 || all.some((phrase) => !phrase.sure);
    }
    return this.answer(total, about, false, await this.results(page.shown, this.positive.flatMap((term) => term.alternatives.map(({ text }) => text))));
  }

  // The grams of a phrase that are read at first, the rarest, and its exact texts.
  async phrase(text) {
    const { engine, signal } = this;
    const length = [...text].length;
    let left = engine.docs;
    const chosen = byRarity(text, engine.levels).filter((gram, at) => {
      const wanted = this.everything || !at || (length > SHORT && at < MOST_READ && left > ENOUGH);
      if (wanted) left *= 2 ** (-level(gram, engine.levels) / 2);
      return wanted;
    });
    const [exact, ...read] = await Promise.all([engine.exact(text, signal), ...chosen.map((gram) => engine.gram(gram, signal))]);
    if (this.everything) await Promise.all([exact, ...read].map((found) => engine.whole(found, signal)));
    const unread = [...new Set(windows(text))].filter((gram) => !read.some(({ text }) => text === gram));
    unread.sort(rarer(engine.levels));
    // A phrase that is a gram of its own has not to be checked.
    return { text, exact, grams: read, unread, cover: cover(text), sure: cover(text).length < 2 };
  }

  async readFilters() {
    this.facets = await Promise.all(
      this.filters.map(([name, values]) => Promise.all(values.map((value) => this.engine.value(`${name}=${value}`, this.signal)))),
    );
  }

  // For each filter, the documents that have one of its values.
  filtered(heads) {
    return Promise.all(
      this.facets.map(async (values) => {
        if (!heads) await Promise.all(values.map((value) => this.engine.whole(value, this.signal)));
        return union(values.map((value) => this.engine.documents(value)));
      }),
    );
  }

  // The documents that may match, and what must be checked in their texts.
  async candidates(heads) {
    const { engine, signal } = this;
    const sets = [];
    const checks = [];
    let partial = heads && !this.facets.flat().every((value) => engine.isWhole(value));
    const open = [];
    for (const term of this.positive) {
      const phrases = this.of(term);
      const known = phrases.every((phrase) => phrase.grams.some((gram) => engine.isWhole(gram)));
      if (known || heads) {
        partial ||= !known;
        sets.push(this.holding(term));
      } else open.push(term);
      if (!phrases.every((phrase) => phrase.sure)) checks.push(term);
    }
    // Long lists, unless so few documents are left that their texts are shorter.
    const counts = this.facets.map((values) => values.reduce((sum, value) => sum + value.df[0], 0));
    const isNarrow = Math.min(...counts, ...sets.map((set) => set.length)) <= FEW;
    const read = async (term) => {
      await Promise.all(this.of(term).map((phrase) => engine.whole(this.rarest(phrase), signal)));
      return this.holding(term);
    };
    if (isNarrow) checks.push(...open.filter((term) => !checks.includes(term)));
    const lists = isNarrow ? [] : open.map(read);
    const [filtered, ...held] = await Promise.all([this.filtered(heads), ...lists]);
    sets.push(...filtered, ...held);
    if (!sets.length) sets.push(Array.from({ length: engine.docs }, (_, doc) => doc));
    let docs = sets.sort((one, other) => one.length - other.length).reduce(intersect);
    docs = await this.within(docs);
    // Numbers have much in common, so it takes more grams to tell them apart.
    const numbers = checks.filter((term) => this.of(term).some(isNumber));
    for (let before = Infinity; !partial && docs.length > 2 * this.limit && docs.length < 0.7 * before && numbers.length; ) {
      before = docs.length;
      docs = await this.bridge(docs, numbers);
    }
    return { docs: await this.exclude(docs, checks), checks, partial };
  }

  // The documents of all phrases of a term.
  holding(term) {
    return union(this.of(term).map((phrase) => this.documents(phrase, term.field)));
  }

  // The gram by which a phrase is scored: the rarest of its cover, the first of equals.
  rarest(phrase) {
    const grams = phrase.cover.flatMap((one) => phrase.grams.filter(({ text }) => text === one));
    return grams.reduce((best, gram) => (gram.df[0] < best.df[0] ? gram : best));
  }

  // Documents that hold the grams whose lists are whole; if none is, the best of the rarest.
  documents(phrase, field) {
    const whole = phrase.grams.filter((gram) => this.engine.isWhole(gram));
    if (!whole.length) whole.push(this.rarest(phrase));
    return whole.map((gram) => this.engine.documents(gram, field)).reduce(intersect);
  }

  // Whether there are grams of a term that were not read, or not wholly.
  isOpen(term) {
    return !term.exclude && this.of(term).some(({ unread, grams }) => unread.length || !grams.every((gram) => this.engine.isWhole(gram)));
  }

  // Where phrases were not found in texts that hold some of their grams: the documents that hold the others too.
  async bridge(docs, checks) {
    const { engine, signal } = this;
    for (const term of checks.filter((term) => this.isOpen(term))) {
      const sets = this.of(term).map(async (phrase) => {
        phrase.grams.push(...(await Promise.all(phrase.unread.splice(0, 2).map((gram) => engine.gram(gram, signal)))));
        // Also those of which only the best are here, where they are few beside what is left, and the rarest where that
        // is much.
        const partial = phrase.grams.filter((gram) => !engine.isWhole(gram)).sort((one, other) => one.df[0] - other.df[0]);
        const few = ({ df }, at) => (!at && docs.length > MANY) || 2 * (isNumber(phrase) ? df[3] : df[0]) < docs.length;
        await Promise.all(partial.filter(few).map((gram) => engine.whole(gram, signal)));
        return this.documents(phrase, term.field);
      });
      docs = intersect(docs, union(await Promise.all(sets)));
    }
    return docs;
  }

  // Documents whose day is in the asked span: partitions as a whole, days only where one is cut.
  async within(docs) {
    const [from, to] = this.span;
    if (from === "0" && to === "9") return docs;
    const span = ({ label }) => (label.length === 4 ? [`${label}-01-01`, `${label}-12-31`] : [`${label}-01`, `${label}-31`]);
    const kept = this.engine.partitions.filter((part) => part.label && span(part)[1] >= from && span(part)[0] <= to);
    docs = docs.filter((doc) => kept.some((part) => part.first <= doc && doc < part.end));
    if (kept.every((part) => span(part)[0] >= from && span(part)[1] <= to)) return docs;
    const day = await this.engine.days(this.signal);
    return docs.filter((doc) => day(doc) >= from && day(doc) <= to);
  }

  // Leaves out what holds an excluded phrase; where that is not sure, the text decides.
  async exclude(docs, checks) {
    for (const term of this.negative) {
      for (const phrase of this.of(term)) {
        await Promise.all(phrase.grams.map((gram) => this.engine.whole(gram, this.signal)));
        const held = new Set(this.documents(phrase, term.field));
        if (phrase.sure) docs = docs.filter((doc) => !held.has(doc));
        else if (docs.some((doc) => held.has(doc)) && !checks.includes(term)) checks.push(term);
      }
    }
    return docs;
  }

  // Best first; among equals the newest.
  rank(docs) {
    const { engine } = this;
    const guides = this.positive[0]?.field === NAMED ? GUIDES_FIRST : 1;
    const scores = new Map(docs.map((doc) => [doc, guides * engine.rank(doc)]));
    for (const term of this.positive) {
      for (const phrase of this.of(term)) {
        const holds = term.alternatives.length > 1 ? new Set(this.documents(phrase, term.field)) : null;
        const own = holds ? new Map([...scores].filter(([doc]) => holds.has(doc)).map(([doc]) => [doc, 0])) : scores;
        const gram = this.rarest(phrase);
        for (const field of SEARCHED[term.field] ?? [term.field]) engine.addScores(gram, field, own, !holds);
        for (const doc of engine.documents(phrase.exact)) if (own.has(doc)) own.set(doc, own.get(doc) + EXACT);
        if (holds) for (const [doc, score] of own) scores.set(doc, scores.get(doc) + score);
      }
    }
    this.scores = scores;
    const ages = new Map(docs.map((doc) => [doc, engine.age(doc)]));
    // What may be a number as a whole is looked at before what holds parts of several.
    const numbers = new Set(
      this.positive.flatMap((term) => this.of(term)).filter(isNumber).flatMap((phrase) => [...this.documents(phrase, 1), ...this.documents(phrase, 3)]),
    );
    const worth = this.byDate ? () => 0 : (doc) => scores.get(doc) + (numbers.has(doc) ? EXACT : 0);
    return [...docs].sort((one, other) => worth(other) - worth(one) || ages.get(other) - ages.get(one));
  }

  // The documents to show, after looking into as many texts as it takes; into few where there are more than the best.
  async page(ranked, checks, partial = false) {
    const wanted = this.offset + this.limit;
    if (!checks.length) return { shown: ranked.slice(this.offset, wanted), passed: ranked, done: true };
    const passed = [];
    let at = 0;
    while (at < ranked.length && passed.length < wanted && (this.everything || at < PATIENCE + wanted)) {
      const batch = ranked.slice(at, at + Math.max(this.limit, at));
      const holds = await Promise.all(batch.map((doc) => this.holds(doc, checks)));
      const good = batch.filter((_, at) => holds[at]);
      passed.push(...good);
      at += batch.length;
      if (partial && POOR * passed.length < wanted) break;
      // A few more grams cost less than texts that turn out not to hold the phrase.
      if (SELDOM * good.length > batch.length || passed.length >= wanted || ranked.length - at < FEW) continue;
      let rest = ranked.slice(at);
      let before;
      do {
        before = rest.length;
        rest = await this.bridge(rest, checks);
      } while (rest.length > MANY && rest.length < 0.9 * before);
      const kept = new Set(rest);
      ranked = ranked.filter((doc, place) => place < at || kept.has(doc));
    }
    return { shown: passed.slice(this.offset, wanted), passed, done: at >= ranked.length };
  }

  // Whether a document holds what is to be checked.
  async holds(doc, checks) {
    const record = await this.engine.record(doc, this.signal);
    for (const term of checks) {
      const contains = await this.contains(record, term.field, term.alternatives.map(({ text }) => text));
      if (contains === term.exclude) return false;
    }
    return true;
  }

  async contains(record, field, phrases) {
    const within = (blocks) => {
      const folded = fold(blocks.join(BLOCK));
      return phrases.some((phrase) => folded.includes(phrase));
    };
    const check = async (blocks) => within(blocks) || ((await this.engine.variants(blocks.join(""), this.signal)) && within(blocks));
    const { title, names, codes } = record;
    const all = [title, ...names, ...codes];
    if (await check([all, [title], names, codes, all][field])) return true;
    return !field && check(await this.below(record));
  }

  // What stands on a page below its names and codes, and in the files attached to it.
  async below({ rest, attached }) {
    const texts = await Promise.all(attached.map((address) => this.engine.portal.get(address, lines, this.signal)));
    return [...rest, ...texts.flat()];
  }

  results(docs, marks) {
    return Promise.all(
      docs.map(async (doc) => {
        const record = await this.engine.record(doc, this.signal);
        const score = this.scores.get(doc);
        const { url, title, kind, date, register, names, codes, tags } = record;
        if (!this.excerpts) return { url, score };
        const blocks = [...names, ...codes, ...(await this.below(record))];
        return {
          title: marked(title, marks),
          url,
          date,
          register,
          registerTitle: this.engine.root.labels[`register=${register}`] ?? null,
          kind,
          tags,
          excerpt: excerpt(blocks.filter((block) => block !== title), marks),
          score,
        };
      }),
    );
  }

  answer(total, about, loose, results) {
    const terms = this.query.terms.map((term) => ({ ...term, field: term.field ? FIELDS[term.field] : null }));
    return { total, about, loose, cut: this.query.cut, terms, results };
  }

  // Nothing holds the phrases: documents that hold some of their pairs.
  async loose() {
    const { engine, signal } = this;
    await this.begin();
    let texts = [...new Set(this.positive.flatMap((term) => overlapping(term.alternatives[0].text)))].sort();
    if (!this.everything) {
      // Pairs whose shards are here already, and the rarest others when there are few.
      const here = texts.filter((text) => [...this.phrases.values()].some((phrase) => phrase.grams.some((gram) => gram.text.startsWith(text))));
      const others = texts.filter((text) => !here.includes(text)).sort(rarer(engine.levels));
      texts = [...here, ...others.slice(0, Math.max(0, 2 - here.length))].sort();
    }
    const read = (await Promise.all(texts.map((text) => engine.gram(text, signal)))).filter((gram) => gram.df[0]);
    const telling = read.filter((gram) => gram.df[0] * 8 <= engine.docs);
    const grams = telling.length ? telling : read;
    if (this.everything) await Promise.all(grams.map((gram) => engine.whole(gram, signal)));
    const sets = [union(grams.map((gram) => engine.documents(gram))), ...(await this.filtered())];
    const checks = [];
    const docs = await this.exclude(await this.within(sets.reduce(intersect)), checks);
    this.positive = [];
    const ranked = this.rank(docs);
    for (const gram of grams) for (const field of [0, 1, 2, 3]) engine.addScores(gram, field, this.scores);
    if (!this.byDate) ranked.sort((one, other) => this.scores.get(other) - this.scores.get(one));
    const page = await this.page(ranked, checks);
    const about = !grams.every((gram) => engine.isWhole(gram)) || !page.done;
    return this.answer(page.done ? page.passed.length : docs.length, about, true, await this.results(page.shown, grams.map((gram) => gram.text)));
  }
}

// ---------------------------------------------------------------- texts

// Where marks stand in a text, as ranges of the text itself, in order and apart.
function places(text, marks) {
  let folded = "";
  // For each unit of the folded text, where the character that it comes from starts.
  const origins = [];
  let from = 0;
  for (const c of text) {
    each(c, (to) => {
      folded += to;
      while (origins.length < folded.length) origins.push(from);
    });
    from += c.length;
  }
  const found = [];
  for (const mark of marks) {
    for (let at = folded.indexOf(mark); at >= 0 && found.length < 200; at = folded.indexOf(mark, at + mark.length)) {
      const last = origins[at + mark.length - 1];
      found.push([origins[at], last + (text.codePointAt(last) > 0xffff ? 2 : 1), mark]);
    }
  }
  found.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
  return found.reduce((apart, range) => {
    const before = apart[apart.length - 1];
    if (before && range[0] < before[1]) before[1] = Math.max(before[1], range[1]);
    else apart.push([...range]);
    return apart;
  }, []);
}

function pieces(text, ranges, from = 0, to = text.length) {
  const parts = [];
  const put = (start, end, mark) => end > start && parts.push({ text: text.slice(start, end), mark });
  let at = from;
  for (const [start, end] of ranges) {
    if (end <= from || start >= to) continue;
    put(at, Math.max(start, at), false);
    put(Math.max(start, at), Math.min(end, to), true);
    at = Math.min(end, to);
  }
  put(at, to, false);
  return parts;
}

const marked = (text, marks) => pieces(text, places(text, marks));

const AROUND = 30;
const EXCERPT = 120;

// The part of a text around what was looked for: of the block that holds most of the marks.
function excerpt(blocks, marks) {
  let best = null;
  for (const text of blocks) {
    const ranges = places(text, marks);
    const kinds = new Set(ranges.map(([, , mark]) => mark)).size;
    if (ranges.length && (!best || kinds > best.kinds)) best = { text, ranges, kinds };
    if (best?.kinds === marks.length) break;
  }
  if (!best) {
    const text = blocks.reduce((long, block) => (block.length > long.length ? block : long), "");
    best = { text, ranges: [] };
  }
  const { text, ranges } = best;
  const [first, end] = ranges[0] ?? [0, 0];
  let from = first < AROUND * 1.5 ? 0 : first - AROUND;
  let to = Math.min(text.length, Math.max(from + EXCERPT, end));
  // Half of a surrogate pair is no character.
  if (/[\uDC00-\uDFFF]/.test(text[from] ?? "")) from--;
  if (/[\uDC00-\uDFFF]/.test(text[to] ?? "")) to--;
  const parts = pieces(text, ranges, from, to);
  if (from > 0) parts.unshift({ text: "…", mark: false });
  if (to < text.length) parts.push({ text: "…", mark: false });
  return parts;
}
