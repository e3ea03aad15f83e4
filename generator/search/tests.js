// Checks the browser's engine against what Rust wrote into golden.json. `run` gives a list of what failed,
// empty when all is well. `base` is the folder that holds the client, golden.json and fold.txt's [han] part.

export async function run(base, names = { client: "client.js", golden: "golden.json", han: "han.txt" }) {
  const failures = [];
  const check = (what, found, expected) => {
    const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
    if (one !== other) failures.push(`${what}: ${one} is not ${other}`);
  };
  const client = await import(new URL(names.client, base));
  const golden = await (await fetch(new URL(names.golden, base))).json();
  client.learn(await (await fetch(new URL(names.han, base))).text());

  const levels = new Map(golden.common.flatMap(([chars, pairs], at) => [...chars, ...(pairs.match(/../gsu) ?? [])].map((text) => [text, at])));
  for (const [text, folded, cover, place, second] of golden.texts) {
    const phrase = folded.replaceAll("\n", "");
    check(`fold ${JSON.stringify(text)}`, client.fold(text), folded);
    check(`cover ${JSON.stringify(phrase)}`, client.cover(phrase), cover);
    check(`place ${JSON.stringify(phrase)}`, client.place(phrase && client.home(phrase, levels)), place);
    check(`second ${JSON.stringify(phrase)}`, client.place(phrase, 0x9747b28c).toString(16).padStart(8, "0"), second);
  }
  for (const [limit, values, counts, bytes] of golden.lists) {
    const read = (bytes) => {
      const bits = new client.Bits(Uint8Array.from(bytes));
      return [bits.gamma(), bits.subset(values.length, limit), bits.counts(counts.length)];
    };
    check(`list of ${limit}`, read(bytes), [limit, values, counts]);
    try {
      read(bytes.slice(0, -1));
      failures.push(`list of ${limit}: a cut is not noticed`);
    } catch (error) {
      check("a cut list", error.kind, "damaged");
    }
  }
  for (const [text, expected] of [
    ["", []],
    ["安全 -演练", ["0安全", "-0演练"]],
    ["“安全 生产” 文号：豫〔2025〕", ["0安全生产", "3豫(2025)"]],
    ["-标题:演练 Company:甲", ["-1演练", "2甲"]],
    ["《》 - ", ["0-"]],
    ["第十二条", ["0第十二条=第12条"]],
    ["第112条", ["0第112条=第一百一十二条"]],
    ["11-09事故", ["011-09事故=11·9事故"]],
    ["2025-11-09 0371-6", ["02025-11-09", "00371-6"]],
    ["郑州安监局", ["0郑州安监局=郑州应急局"]],
    ["__proto__ constructor 😀", ["0__proto__", "0constructor", "0😀"]],
  ]) {
    const { terms } = client.read(text, [["应急局", "安监局"]]);
    const shown = terms.map((term) => (term.exclude ? "-" : "") + term.field + term.alternatives.map((one) => one.text).join("="));
    check(`query ${text}`, shown, expected);
  }
  const long = client.read("安".repeat(10000));
  check("a long query", [long.cut, long.terms[0].alternatives[0].text.length], [true, 256]);
  await parts(client, base, check);
  check("many terms", [client.read("安 ".repeat(13)).cut, client.read("安 ".repeat(12)).cut], [true, false]);
  return failures;
}

// Long lists are parts of files: a server that knows no ranges and sends the whole gives the same answer, and a part
// that is not what was asked for is noticed.
async function parts(client, base, check) {
  const [query, options] = ["安", { everything: true, excerpts: false }];
  const answer = async (fetcher) => {
    try {
      return await (await client.open(base, { fetch: fetcher })).search(query, options);
    } catch (error) {
      return error.kind;
    }
  };
  let asked = 0;
  const right = await answer((url, options) => {
    asked += options.headers.Range ? 1 : 0;
    return fetch(url, options);
  });
  check("long lists are asked for", asked > 0 && right.total > 0, true);
  check("a server without ranges", await answer((url, options) => fetch(url, { ...options, headers: {} })), right);
  // How many parts of files that the first query had parts of are fetched for others.
  const again = async (headers) => {
    let asked = [];
    const engine = await client.open(base, {
      fetch: (url, options) => {
        if (options.headers.Range) asked.push(String(url));
        return fetch(url, headers ? { ...options, headers } : options);
      },
    });
    await engine.search("安", options);
    const first = new Set(asked);
    asked = [];
    for (const other of "全生产事故公司一") await engine.search(other, options);
    return asked.filter((url) => first.has(url)).length;
  };
  check("other parts of a file are fetched", (await again()) > 0, true);
  check("a file that came whole is not fetched again", await again({}), 0);
  const other = (change) => async (url, options) => {
    const response = await fetch(url, options);
    return options.headers.Range ? new Response(change(await response.arrayBuffer()), { status: 206 }) : response;
  };
  check("a cut part", await answer(other((bytes) => bytes.slice(0, -1))), "damaged");
  check("another part", await answer(other((bytes) => bytes.slice(1))), "damaged");
  check("no part", await answer(other(() => new ArrayBuffer(0))), "damaged");
  check("a part that is gone", await answer(async (url, options) => (options.headers.Range ? new Response("", { status: 416 }) : fetch(url, options))), "damaged");
}
