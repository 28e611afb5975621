import assert from "node:assert/strict";
import { test } from "node:test";
import { compileExpression, type Compiled } from "./check.ts";
import type { Environment, StepType } from "./checker.ts";
import type { Expectation } from "./expectation.ts";
import { listOf, objectOf, types, unionOf, type Type } from "./type.ts";

const category: Type = { kind: "text", enum: ["bug", "billing", "spam"] };
const output = objectOf(
  {
    category,
    tags: listOf(types.text),
    meta: objectOf({ a: types.text }),
    done: types.boolean,
    note: types.text,
    rows: listOf(objectOf({ name: types.text, price: types.number })),
  },
  { optional: ["note"] },
);
const steps: readonly StepType[] = [
  { step: 0, id: "classify", fields: { output, status: types.text, error: types.any } },
  { step: 1, id: "make-plan", fields: { output: types.any, status: types.text } },
  { step: 2, id: "group", fields: { output: objectOf({ "create-app": listOf(types.text) }), status: types.text } },
];
const environment: Environment = {
  names: new Map<string, Type>([
    [
      "inputs",
      objectOf(
        { name: types.text, limit: types.integer, maybe: types.text, free: types.object },
        { optional: ["maybe"] },
      ),
    ],
    ["item", types.any],
  ]),
  step: (id) => steps.find((step) => step.id === id),
  stepIds: steps.map(({ id }) => id),
};

const compile = (text: string, expect: Expectation = "any"): Compiled => compileExpression(text, environment, expect);

/** The problems as they are printed: code, message, hint, and the part of the text that is marked. */
function said(text: string, expect: Expectation = "any"): string {
  return compile(text, expect)
    .problems.map(({ code, message, hint, start, end }) => {
      const marked = `[${text.slice(start, end)}]`;
      return `${code} ${message}${hint === undefined ? "" : ` = ${hint}`} ${marked}`;
    })
    .join("\n");
}

function mended(text: string, expect: Expectation = "any"): string {
  const fix = compile(text, expect).problems[0]?.fix;
  assert.ok(fix !== undefined, text);
  return text.slice(0, fix.start) + fix.text + text.slice(fix.end);
}

function isFine(text: string, expect: Expectation = "any"): void {
  assert.equal(said(text, expect), "", text);
}

test("a name that is not known is named, with the one that was probably meant", () => {
  assert.equal(
    said('clasify.output.category == "spam"'),
    "E301 unknown name 'clasify' = did you mean 'classify'? [clasify]",
  );
  assert.equal(mended('clasify.output.category == "spam"'), 'classify.output.category == "spam"');
  assert.equal(said("qqq == 1"), "E301 unknown name 'qqq' = text stands in quotes: \"qqq\" [qqq]");
  assert.equal(
    said("qqq.a == 1"),
    "E301 unknown name 'qqq' = known here: inputs, item, classify, make_plan, group [qqq]",
  );
  assert.equal(
    said("x || True"),
    "E301 unknown name 'x' = known here: inputs, item, classify, make_plan, group [x]\nE301 unknown name 'True' = did you mean 'true'? [True]",
  );
});

test("a text without its quotes is recognised", () => {
  assert.equal(
    said("classify.output.category == spam"),
    "E301 unknown name 'spam' = text stands in quotes: \"spam\" [spam]",
  );
  assert.equal(mended("classify.output.category == spam"), 'classify.output.category == "spam"');
  assert.equal(mended("{a: 1}"), '{"a": 1}');
});

test("a value that can never occur is named, with the ones that can", () => {
  assert.equal(
    said('classify.output.category == "spamm"'),
    'E304 classify.output.category is never "spamm" = did you mean "spam"? It is one of: bug, billing, spam ["spamm"]',
  );
  assert.equal(mended('classify.output.category == "spamm"'), 'classify.output.category == "spam"');
  assert.equal(
    said('"other" != classify.output.category'),
    'E304 classify.output.category is never "other" = it is one of: bug, billing, spam ["other"]',
  );
  assert.equal(
    said('classify.output.category in ["bug", "spm"]'),
    'E304 classify.output.category is never "spm" = did you mean "spam"? It is one of: bug, billing, spam ["spm"]',
  );
});

test("types that cannot be added or compared are named, with what to write", () => {
  assert.equal(said("inputs.name + 1"), "E303 cannot add text + number = write string(1) [inputs.name + 1]");
  isFine("inputs.limit + 1");
  assert.equal(
    said("classify.output.tags + inputs.name"),
    "E303 cannot add list of text + text = write [inputs.name] [classify.output.tags + inputs.name]",
  );
  assert.equal(
    said("inputs.name + classify.output.meta"),
    "E303 cannot add text + object = write json(classify.output.meta) [inputs.name + classify.output.meta]",
  );
  assert.equal(said('inputs.limit > "3"'), 'E303 cannot compare number > text = write 3 [inputs.limit > "3"]');
  assert.equal(said("inputs.name == 3"), 'E303 cannot compare text == number = write "3" [inputs.name == 3]');
  assert.equal(
    said('classify.output.done == "true"'),
    'E303 cannot compare true/false == text = write true [classify.output.done == "true"]',
  );
  assert.equal(
    said("inputs.name - 1"),
    "E303 '-' needs numbers, but 'inputs.name' is text = write number(inputs.name) [inputs.name]",
  );
  assert.equal(said("-inputs.name"), "E303 '-' needs a number, but 'inputs.name' is text [-inputs.name]");
  assert.equal(said("inputs.limit / 0"), "E303 a number is divided by zero [inputs.limit / 0]");
  assert.equal(
    said("(inputs.limit + 1) * inputs.name"),
    "E303 '*' needs numbers, but 'inputs.name' is text = write number(inputs.name) [inputs.name]",
  );
});

test("a condition is true or false", () => {
  assert.equal(
    said("classify.output.tags", "condition"),
    "E303 'classify.output.tags' is list of text, not true/false = write size(classify.output.tags) > 0 [classify.output.tags]",
  );
  assert.equal(
    said("inputs.name", "condition"),
    "E303 'inputs.name' is text, not true/false = write inputs.name != \"\" [inputs.name]",
  );
  assert.equal(
    said("!inputs.limit"),
    "E303 'inputs.limit' is number, not true/false = write inputs.limit != 0 [inputs.limit]",
  );
  assert.equal(
    said("classify.output && true"),
    "E303 'classify.output' is object, not true/false = choose a field: classify.output.done [classify.output]",
  );
  assert.equal(
    said("inputs.name ? 1 : 2"),
    "E303 'inputs.name' is text, not true/false = write inputs.name != \"\" [inputs.name]",
  );
  isFine("item.anything", "condition");
  isFine("${ classify.output.done }", "condition");
});

test("a field that is not there is named, with what there is", () => {
  assert.equal(
    said("classify.output.tags.name"),
    "E302 classify.output.tags is list of text; it has no fields = index it with [0] [name]",
  );
  assert.equal(said("inputs.nme"), "E302 inputs has no field 'nme' = did you mean 'name'? [nme]");
  assert.equal(said('inputs["nme"]'), "E302 inputs has no field 'nme' = did you mean 'name'? [\"nme\"]");
  assert.equal(mended('inputs["nme"]'), 'inputs["name"]');
  assert.equal(said("classify.output.meta.zzz"), "E302 classify.output.meta has no field 'zzz' = it has: a [zzz]");
  assert.equal(said("classify.outptu"), "E302 step classify has no 'outptu' = did you mean 'output'? [outptu]");
  assert.equal(mended("classify.category"), "classify.output.category");
  assert.equal(said("classify"), "E303 'classify' is a step, not a value = write classify.output [classify]");
  assert.equal(mended("classify.output.tags.length > 0"), "size(classify.output.tags) > 0");
  isFine("inputs.free.a.b.c");
  isFine("item.a[0].b");
});

test("a list is indexed by numbers and an object by text", () => {
  assert.equal(
    said('classify.output.tags["a"]'),
    'E303 a list is indexed by a number, not by text = write classify.output.tags[0] ["a"]',
  );
  assert.equal(
    said("classify.output.meta[0]"),
    'E303 an object is indexed by text, not by number = write classify.output.meta["name"] [0]',
  );
  assert.equal(said("inputs.name[0]"), "E303 'inputs.name' is text; only lists and objects are indexed [inputs.name]");
  assert.equal(compile('classify.output.rows[0]["price"]').type.kind, "number");
});

test("a for_each is over a list", () => {
  assert.equal(
    said("classify.output", "list"),
    "E307 for_each needs a list, but 'classify.output' is object = choose a list in it: classify.output.tags [classify.output]",
  );
  assert.equal(
    said("inputs.name", "list"),
    "E307 for_each needs a list, but 'inputs.name' is text = write split(inputs.name, \",\") [inputs.name]",
  );
  assert.equal(
    said("item ? [1] : null", "list"),
    "E307 for_each needs a list, but 'item ? [1] : null' may be null = write default(item ? [1] : null, []) [item ? [1] : null]",
  );
  isFine("#group.create-app", "list");
});

test("a key is a text or a number, and the next stage a text", () => {
  assert.equal(
    said("classify.output.meta", "text"),
    "E303 'classify.output.meta' is object, not text or a number = choose a field: classify.output.meta.a [classify.output.meta]",
  );
  isFine("inputs.limit", "text");
  assert.equal(
    said("inputs.limit", "stage"),
    "E303 inputs.limit is a number; the next stage is named by a text [inputs.limit]",
  );
  isFine("inputs.maybe", "stage");
});

test("contains, startsWith, endsWith and in say what they need", () => {
  assert.equal(
    said('classify.output.meta contains "rain"'),
    "E303 classify.output.meta is an object; 'contains' needs text or a list = choose a field: classify.output.meta.a [classify.output.meta]",
  );
  assert.equal(said("inputs.name contains 3"), "E303 a text contains text, but '3' is number = write string(3) [3]");
  assert.equal(
    said("classify.output.tags contains 3"),
    "E303 'classify.output.tags' is list of text; it never holds number = write \"3\" [3]",
  );
  assert.equal(
    said('inputs.limit startsWith "1"'),
    "E303 inputs.limit is a number; 'startsWith' needs text [inputs.limit]",
  );
  assert.equal(
    said('"a" in inputs.name'),
    "E303 'in' needs a list or an object, but 'inputs.name' is text = write inputs.name contains \"a\" [inputs.name]",
  );
  assert.equal(
    said("inputs.limit in classify.output.tags"),
    "E303 'classify.output.tags' is list of text; it never holds number = write string(inputs.limit) [inputs.limit]",
  );
  isFine('inputs.name contains "a" && classify.output.tags contains inputs.name && inputs.name.endsWith("b")');
});

test("functions are known by name, number of arguments and type", () => {
  assert.equal(
    said("lenght(inputs.name)"),
    "E305 unknown function 'lenght' = known here: size, json, first, default, min, max, sum, string [lenght]",
  );
  assert.equal(said("lowr(inputs.name)"), "E305 unknown function 'lowr' = did you mean 'lower'? [lowr]");
  assert.equal(mended("inputs.name.toLowerCase()"), "inputs.name.lower()");
  assert.equal(mended('classify.output.tags.includes("a")'), 'classify.output.tags contains "a"');
  assert.equal(said("JSON.stringify(item)"), "E305 unknown function 'JSON.stringify' = write json [JSON.stringify]");
  assert.equal(
    said("now()"),
    "E305 unknown function 'now' = expressions have no clock and no chance: take the value from a step, or run.started_at [now]",
  );
  assert.equal(said("size()"), "E305 size takes 1 argument, but got 0 = write size(value) [size]");
  assert.equal(said("join()"), "E305 join takes 1 or 2 arguments, but got 0 = write join(list, separator?) [join]");
  assert.equal(said("merge()"), "E305 merge takes 1 or more arguments, but got 0 = write merge(object, …) [merge]");
  assert.equal(
    said("item.map(i)"),
    "E305 map takes 2 or 3 arguments, but got 1 = write list.map(item, item.name) [map]",
  );
  assert.equal(
    said("lower(inputs.limit)"),
    "E303 lower() needs text, but 'inputs.limit' is number = write string(inputs.limit) [inputs.limit]",
  );
  assert.equal(
    said("sum(classify.output.tags)"),
    "E303 sum() needs list of number, but 'classify.output.tags' is list of text [classify.output.tags]",
  );
  assert.equal(said("has(item)"), "E305 has() asks for a field = write has(inputs.note) [has(item)]");
});

test("a pattern that cannot be read is found before it runs", () => {
  assert.equal(
    said('matches(inputs.name, "(?=a)")'),
    'E306 the pattern "(?=a)" is not a regular expression: invalid or unsupported Perl syntax: `(?=` = RE2 has no look-ahead, look-behind or back-reference ["(?=a)"]',
  );
  assert.equal(said('inputs.name.matches("a{900}")'), 'E306 the pattern "a{900}" repeats too much ["a{900}"]');
});

test("macros know the type of their variable", () => {
  assert.equal(
    said("classify.output.rows.exists(r, r.prce > 1)"),
    "E302 r has no field 'prce' = did you mean 'price'? [prce]",
  );
  assert.equal(
    said("classify.output.rows.all(r, r.name)"),
    "E303 'r.name' is text, not true/false = write r.name != \"\" [r.name]",
  );
  assert.equal(
    said("inputs.name.map(c, c)"),
    "E303 'map' needs a list or an object, but 'inputs.name' is text [inputs.name]",
  );
  assert.equal(
    said("item.all(a, item.all(b, item.all(c, item.all(d, true))))"),
    "E399 at most 3 of all, exists, map and filter may stand in each other = compute the inner list in a set step before [item.all(d, true)]",
  );
  isFine("classify.output.rows.filter(r, r.price > 1).map(r, r.name).join()");
});

test("a value that may be missing has to be given a default, or tested first", () => {
  assert.equal(
    said('inputs.maybe + "x"'),
    'E303 inputs.maybe may be null = write default(inputs.maybe, "") [inputs.maybe]',
  );
  assert.equal(mended('lower(inputs.maybe) == "x"'), 'lower(default(inputs.maybe, "")) == "x"');
  isFine('default(inputs.maybe, "") + "x"');
  isFine('inputs.maybe != null && inputs.maybe + "x" == "yx"');
  isFine('inputs.maybe == null || lower(inputs.maybe) == "x"');
  isFine('has(inputs.maybe) ? inputs.maybe + "x" : ""');
  isFine('inputs.maybe == "x" && lower(inputs.maybe) == "x"');
  isFine('!(inputs.maybe == null) && inputs.maybe < "x"');
  assert.equal(
    said('inputs.maybe == null && inputs.maybe < "x"'),
    'E303 inputs.maybe may be null = write default(inputs.maybe, "") [inputs.maybe]',
  );
  assert.equal(
    said('inputs.maybe != null || inputs.maybe < "x"'),
    'E303 inputs.maybe may be null = write default(inputs.maybe, "") [inputs.maybe]',
  );
  assert.equal(
    said("inputs.maybe != null && item.all(inputs, inputs < 3) && inputs.limit + null > 0"),
    "E303 a value is needed here, but null is null [null]",
  );
});

test("one cause gives one message", () => {
  assert.equal(
    said("make-plan.output.a == 3"),
    "E301 unknown name 'make' = write make_plan: '-' is minus here [make-plan]",
  );
  assert.equal(mended("make-plan.output.a == 3"), "make_plan.output.a == 3");
  assert.equal(
    said("zzz.a + 1 > lower(zzz.b) && zzz"),
    ["zzz", "zzz", "zzz"]
      .map((name) => `E301 unknown name '${name}' = known here: inputs, item, classify, make_plan, group [zzz]`)
      .join("\n"),
  );
});

test("reads of steps are told, with the places that cope with null", () => {
  const reads = (text: string): readonly string[] =>
    compile(text).reads.map(
      (read) => `${read.step}.${read.field}${read.guarded ? " guarded" : ""} [${text.slice(read.start, read.end)}]`,
    );
  const bare = "1.output [make_plan.output]";
  const guarded = "1.output guarded [make_plan.output]";
  assert.deepEqual(reads("make_plan.output.a == 1"), [bare]);
  assert.deepEqual(reads("${ make_plan.result }"), ["1.output [make_plan.result]"]);
  assert.deepEqual(reads("first(make_plan.output, 1)"), [guarded]);
  assert.deepEqual(reads("make_plan.output != null && make_plan.output.a == 1"), [guarded, guarded]);
  assert.deepEqual(reads('make_plan.status == "succeeded" && make_plan.output.a'), [
    "1.status [make_plan.status]",
    guarded,
  ]);
  assert.deepEqual(reads('make_plan.status == "failed" && make_plan.output.a'), ["1.status [make_plan.status]", bare]);
  assert.deepEqual(reads("has(make_plan.output.a)"), [guarded]);
  assert.deepEqual(reads("#make-plan.some-thing"), ["1.output [#make-plan.some-thing]"]);
  assert.deepEqual(reads("make_plan.output + zzz"), [bare], "also where there are problems");
});

test("a step's id is spelled with _ in expressions, and # reads its output", () => {
  assert.deepEqual(compile("#group.create-app").expression?.tree, {
    kind: "member",
    of: { kind: "step", step: 2, field: "output" },
    field: "create-app",
  });
  assert.deepEqual(compile("group.output.create_app").expression?.tree, compile("#group.create-app").expression?.tree);
  assert.deepEqual(compile("#group.output.create-app").expression?.tree, compile("#group.create-app").expression?.tree);
  isFine('size(#group.create-app) > 0 && #make-plan.x == "#not.this"');
  assert.equal(
    said("#group.create-ap"),
    "E302 #group has no field 'create-ap' = did you mean 'create-app'? [create-ap]",
  );
});

test("types flow through every form", () => {
  const kindOf = (text: string): unknown => compile(text).type;
  assert.deepEqual(kindOf("classify.output.rows.map(r, r.price)"), listOf(types.number));
  assert.deepEqual(kindOf("inputs.maybe"), { kind: "union", of: [types.text, types.null] });
  assert.deepEqual(kindOf("default(inputs.maybe, 1)"), { kind: "union", of: [types.text, types.integer] });
  assert.deepEqual(kindOf("[1, 2.5][0]"), types.number);
  assert.deepEqual(kindOf("[][0]"), types.any);
  assert.deepEqual(kindOf("max(classify.output.rows.map(r, r.price))"), unionOf([types.number, types.null]));
  assert.deepEqual(kindOf("max([1])"), types.number);
  assert.deepEqual(kindOf("inputs.name + inputs.name"), types.text);
  assert.deepEqual(kindOf('item ? "a" : "b"'), { kind: "text", enum: ["a", "b"] });
  assert.deepEqual(kindOf('merge({"a": 1}, {"a": "x"}).a'), { kind: "text", enum: ["x"] });
  assert.deepEqual(kindOf('product({"a": classify.output.tags})[0].a'), types.text);
});
