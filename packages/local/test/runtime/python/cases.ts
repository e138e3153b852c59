/** A handler and its expected response, as AWS documents it. */
export interface ContractCase {
  /** The handler's name in a template. */
  handler: string;
  event?: unknown;
  /** The response, byte for byte. */
  response?: string;
  /** The error object; `stack` are the functions in its stack trace. */
  error?: { errorType: string; errorMessage: string | RegExp; stack?: readonly string[] };
  /** What the invocation's log must contain. */
  log?: RegExp;
  timeout?: number;
  environment?: Readonly<Record<string, string>>;
  loggingConfig?: readonly string[];
  /** Needs forks or signals, which only POSIX has. */
  posix?: boolean;
  /** Runs in a function of its own instead of the shared one. */
  alone?: boolean;
}

const returns = (handler: string, response: string, more: Partial<ContractCase> = {}): ContractCase => ({
  handler,
  response,
  ...more,
});
const fails = (
  handler: string,
  errorType: string,
  errorMessage: string | RegExp,
  stack: readonly string[] = [],
  more: Partial<ContractCase> = {},
): ContractCase => ({ handler, error: { errorType, errorMessage, stack }, ...more });
const unserializable = (handler: string, why: string | RegExp): ContractCase =>
  fails(
    handler,
    "Runtime.MarshalError",
    typeof why === "string" ? `Unable to marshal response: ${why}` : why,
  );
const ends = (handler: string, why: string, more: Partial<ContractCase> = {}): ContractCase => ({
  handler,
  error: { errorType: "Runtime.ExitError", errorMessage: new RegExp(`Error: Runtime exited ${why}$`) },
  ...more,
});

/** Values that are sent and returned. */
const values: readonly ContractCase[] = [
  returns("values.echo", '{"name": "Ada", "\u00fcn\u00ef": "\ud83d\ude80"}', {
    event: { name: "Ada", "\u00fcn\u00ef": "\ud83d\ude80" },
  }),
  returns("values.echo", "null", { event: null }),
  returns("values.echo", '[1, [], {}, "", false]', { event: [1, [], {}, "", false] }),
  returns("values.nothing", "null"),
  returns("values.text", '"gr\u00fc\u00dfe \ud83d\ude80"'),
  returns("values.integer", "12345678901234567890"),
  returns("values.boolean", "true"),
  returns("values.floating", "[1.0, 1e+300, 0.1]"),
  returns("values.not_a_number", "[NaN, Infinity, -Infinity]"),
  returns("values.tuple_", "[1, [2, 3]]"),
  returns("values.named_tuple", '{"at": {"x": 1, "y": [{"x": 2, "y": 3}]}}'),
  returns("values.as_dict", '{"z": 1}'),
  returns("values.ordered", '{"b": 1, "a": 2}'),
  returns("values.decimals", '{"price": 1.10, "big": [1E+2, NaN]}'),
  returns("values.keys", '{"1": "true", "null": "none", "1.5": "float"}'),
  returns("values.int_enum", '[3, "new"]'),
  returns("values.inner_bytes", '{"data": "x\u00fc", "key": 1}'),
  returns("values.whole_bytes", '{"raw": true}'),
  unserializable("values.set_", "Object of type set is not JSON serializable"),
  unserializable("values.date", "Object of type datetime is not JSON serializable"),
  unserializable("values.uuid_", "Object of type UUID is not JSON serializable"),
  unserializable("values.plain_enum", "Object of type Color is not JSON serializable"),
  unserializable("values.object_", "Object of type object is not JSON serializable"),
  unserializable("values.bytearray_", "Object of type bytearray is not JSON serializable"),
  unserializable("values.complex_", "Object of type complex is not JSON serializable"),
  unserializable("values.generator", "Object of type generator is not JSON serializable"),
  unserializable("values.bad_key", "keys must be str, int, float, bool or None, not tuple"),
  unserializable("values.decimal_key", "keys must be str, int, float, bool or None, not Decimal"),
  unserializable("values.bad_bytes", /^Unable to marshal response: 'utf-8' codec can't decode byte 0xff/),
  unserializable("values.circular", "Circular reference detected"),
  unserializable("values.circular_dict", "Circular reference detected"),
  unserializable("values.deep", /^Unable to marshal response: maximum recursion depth exceeded/),
];

const failures: readonly ContractCase[] = [
  fails("failures.raises", "OrderError", "no items: \u00fcn\u00efcode", ["raises"], {
    log: /^\[ERROR\] OrderError: no items: \u00fcn\u00efcode\nTraceback \(most recent call last\):\n[^]*File ".*failures\.py", line \d+, in raises\n/m,
  }),
  fails("failures.no_message", "ValueError", "", ["no_message"]),
  fails("failures.key_error", "KeyError", "'absent'", ["key_error"]),
  fails("failures.nested", "RuntimeError", "inner", ["nested", "inner"]),
  fails("failures.chained", "OrderError", "outer", ["chained"]),
  fails("failures.recursive", "RecursionError", /^maximum recursion depth exceeded/, [
    "recursive",
    "recursive",
    "recursive",
  ]),
  fails("failures.imports", "ModuleNotFoundError", "No module named 'no_such_module'", ["imports"]),
  fails("failures.many_lines", "ValueError", "one\ntwo", ["many_lines"]),
  fails("failures.one_argument", "TypeError", /takes 1 positional argument but 2 were given/),
  fails("failures.not_callable", "TypeError", "'int' object is not callable"),
  unserializable("failures.coroutine", "Object of type coroutine is not JSON serializable"),
  returns("failures.callable_object", '"called"'),
];

/** The import of the function fails, which ends its process. */
const imports: readonly ContractCase[] = [
  fails(
    "absent.handler",
    "Runtime.ImportModuleError",
    "Unable to import module 'absent': No module named 'absent'",
  ),
  fails(
    "missing_import.handler",
    "Runtime.ImportModuleError",
    "Unable to import module 'missing_import': No module named 'no_such_module'",
  ),
  fails(
    "values.Record.run",
    "Runtime.ImportModuleError",
    "Unable to import module 'values.Record': No module named 'values.Record'; 'values' is not a package",
  ),
  fails("broken.handler", "Runtime.UserCodeSyntaxError", /^Syntax error in module 'broken': /, ["?"]),
  fails("values.nobody", "Runtime.HandlerNotFound", "Handler 'nobody' missing on module 'values'"),
  fails(
    "values",
    "Runtime.MalformedHandlerName",
    "Bad handler 'values': not enough values to unpack (expected 2, got 1)",
  ),
  fails("sys.handler", "Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module"),
  fails("json.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'json'"),
  fails("raises_at_import.handler", "ValueError", "at import", ["<module>"]),
  ends("exits_at_import.handler", "with error: exit status 5"),
  returns("pkg/sub/app.handler", '"pkg.sub.app"'),
  returns("pkg.sub.app.handler", '"pkg.sub.app"'),
  returns("pkg.handler", '"pkg"'),
];

const surroundings: readonly ContractCase[] = [
  returns("surroundings.search_path", '{"first": ".", "own": "lib", "env": "lib", "cwd": true}', {
    environment: { PYTHONPATH: "lib" },
    alone: true,
  }),
  returns("surroundings.standard_modules", "[true, true, true, true]"),
  returns("surroundings.prints", "null", {
    log: /^first\n\[WARNING\]\t\S+Z\t[\w-]{36}\tsecond\nline\nthird\nfourth\ngr\u00fc\u00dfe \ud83d\ude80\nno end\nEND /m,
  }),
  returns("surroundings.logs_levels", "null", {
    log: /^START .*\n\[WARNING\].*at warning\n\[ERROR\].*at error\n\[CRITICAL\].*at critical\nEND/m,
  }),
  returns("surroundings.logs_levels", "null", {
    alone: true,
    loggingConfig: ["LogFormat: JSON", "ApplicationLogLevel: DEBUG"],
    log: /^{"timestamp": "[\d-]{10}T[\d:.]+Z", "level": "DEBUG", "message": "at debug", "logger": "root", "requestId": "[\w-]{36}"}\n{.*"INFO"/m,
  }),
  returns("surroundings.logs_extra", "null", {
    alone: true,
    loggingConfig: ["LogFormat: JSON", "ApplicationLogLevel: ERROR"],
    log: /"level": "ERROR", "message": "oh no", "logger": "mine", "stackTrace": \["  File .*"errorType": "KeyError", "errorMessage": "'absent'",.*"location": ".*surroundings\.py:logs_extra:\d+",? ?.*"order": 7/,
  }),
  returns("surroundings.redirects", '"captured\\n"', { log: /\tlogged meanwhile\n/ }),
  returns("surroundings.replaces_stdout", "null", { log: /\tkept\nback\n/ }),
  returns("surroundings.thread_fails", '"fine"', { log: /Exception in thread worker[^]*ZeroDivisionError/ }),
  returns("surroundings.forks", "3", { log: /in the child\n/, posix: true }),
  returns("surroundings.runs_python", '"child says \u00fc\\n"'),
  returns("surroundings.opens_text", "2"),
];

const endings: readonly ContractCase[] = [
  ends("endings.exits", "with error: exit status 4", { log: /^before\n/m }),
  ends("endings.exits_well", "without providing a reason"),
  ends("endings.exits_with_words", "with error: exit status 1", { log: /^out of luck\n/m }),
  ends("endings.leaves", "with error: exit status 7", { log: /^unfinished\n/m }),
  ends("endings.interrupted", "with error: signal: interrupt", { log: /KeyboardInterrupt/, posix: true }),
  ends("endings.killed", "with error: signal: killed", { posix: true }),
  ends("endings.terminated", "with error: signal: terminated", { posix: true }),
  {
    handler: "endings.hangs",
    error: { errorType: "Sandbox.Timedout", errorMessage: /Task timed out after 1\.00 seconds$/ },
    log: /^waiting\n/m,
    timeout: 1,
    posix: true,
  },
];

/** The responses of both clients, ours and AWS's if it's installed. */
export const contract: readonly ContractCase[] = [
  ...values,
  ...failures,
  ...surroundings,
  ...[...imports, ...endings].map((each) => ({ ...each, alone: true })),
];

/** Cases that crash AWS's client and not ours. */
export const ownContract: readonly ContractCase[] = [
  unserializable("failures.surrogate_result", /^Unable to marshal response: 'utf-8' codec can't encode/),
  fails("failures.surrogate_message", "ValueError", "broken \ud800 text", ["surrogate_message"]),
  fails("failures.silent", "Silent", "<str() of the exception raised ValueError>", ["silent"]),
  returns("surroundings.prints_bytes", "null", { log: /^b\u00fcffered\n/m }),
  returns("surroundings.fork_returns", '["from the parent", 0]', { posix: true }),
];
