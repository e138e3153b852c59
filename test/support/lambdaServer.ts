import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { LiveTailSession } from "./liveTailSession.ts";

/** An Invoke request as it arrived. */
export interface ArrivedInvocation {
  functionName: string;
  /** The header X-Amz-Invocation-Type. */
  type: string;
  /** The response is to be streamed. */
  isStreaming: boolean;
  body: string;
  headers: IncomingMessage["headers"];
  /** The connection it came on is closed. */
  isGone(): boolean;
}

/** Answers an Invoke request, or leaves it unanswered. */
export type Answer = (response: ServerResponse, invocation: ArrivedInvocation) => void;

/** A function as ListFunctions describes it (AWS Lambda API: FunctionConfiguration), as far as a test cares. */
export interface ListedFunction {
  FunctionName: string;
  Runtime?: string;
  Description?: string;
  DurableConfig?: { RetentionPeriodInDays?: number };
}

/** A durable execution as ListDurableExecutionsByFunction describes it. */
export interface ListedExecution {
  DurableExecutionName: string;
  DurableExecutionArn: string;
  FunctionArn: string;
  Status: string;
  /** Seconds since the epoch. */
  StartTimestamp: number;
  EndTimestamp?: number;
}

/** A line of a log. */
export interface LoggedLine {
  message: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  /** By default, all lines are in one stream. */
  stream?: string;
}

/** The paths of Invoke and InvokeWithResponseStream. */
const INVOCATION = /^\/20\d\d-\d\d-\d\d\/functions\/([^/]+)\/((?:response-streaming-)?invocations)$/;

/** A small server that speaks the Lambda API, counts what reaches it, and answers as a test says. */
export class LambdaServer implements AsyncDisposable {
  /** Every Invoke request, in order of arrival. */
  readonly invocations: ArrivedInvocation[] = [];
  /** Every request, in order of arrival: the operation of CloudWatch Logs, or method and path. */
  readonly seen: string[] = [];
  /** The page that each ListFunctions request asked for, from 0. */
  readonly pagesAsked: number[] = [];
  /** How often a log was searched. */
  searches = 0;
  /** The lines that a log has, a page each; or the type of the error that searching it is refused with. */
  log: readonly (readonly LoggedLine[])[] | string = [[]];
  /** Is awaited before a page of a log is sent. */
  beforeLogPage: (page: number) => Promise<void> = () => Promise.resolve();
  /** What FilterLogEvents was asked for. */
  readonly logQueries: Record<string, unknown>[] = [];
  /** Every Live Tail session, in order of arrival. */
  readonly liveTails: LiveTailSession[] = [];
  /** The type of the error that a session is refused with. */
  refuseLiveTail: string | undefined;
  /** What DescribeLogGroups tells of every log group. */
  logGroup: { creationTime?: number; logGroupClass?: string; retentionInDays?: number } = {};
  /** What GetFunctionConfiguration tells of every function; without it, it's refused. */
  configuration: { Timeout?: number; LoggingConfig?: Record<string, string> } | undefined;
  /** The durable executions that there are; or the type of the error that listing them is refused with. */
  executions: ListedExecution[] | string = [];
  /** What ListFunctions returns, a page each. */
  pages: ListedFunction[][] = [[]];
  /** How Invoke is answered. */
  answer: Answer = answerWith(200, "null");
  /** How a page of ListFunctions is refused; undefined where it is sent. */
  refusePage: (page: number) => { status: number; type: string } | undefined = () => undefined;
  /** Is awaited before a page is sent. */
  beforePage: (page: number) => Promise<void> = () => Promise.resolve();

  readonly #server: Server;
  readonly #changed = new EventEmitter();

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#receive(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  /** Starts one on a port of the loopback interface, by default a free one. */
  static async start(port = 0): Promise<LambdaServer> {
    const started = new LambdaServer();
    started.#server.listen(port, "127.0.0.1");
    await once(started.#server, "listening");
    return started;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** An entry of the setting `lambdaInvoke.connections` that leads here. */
  connection(name: string): { name: string; endpoint: string; region: string } {
    return { name, endpoint: this.endpoint, region: "us-east-1" };
  }

  /** Resolves once so many Invoke requests have arrived. */
  async arrived(count: number): Promise<void> {
    while (this.invocations.length < count) await once(this.#changed, "invocation");
  }

  /** Resolves once a page has been asked for. */
  async askedFor(page: number): Promise<void> {
    while (!this.pagesAsked.includes(page)) await once(this.#changed, "page");
  }

  /** Resolves once logs have been searched so often. */
  async searched(count: number): Promise<void> {
    while (this.searches < count) await once(this.#changed, "search");
  }

  /** Resolves to the last of so many Live Tail sessions, once they have begun. */
  async liveTail(count = 1): Promise<LiveTailSession> {
    for (;;) {
      const session = this.liveTails[count - 1];
      if (session) return session;
      await once(this.#changed, "liveTail");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://server");
    const target = request.headers["x-amz-target"];
    this.seen.push(typeof target === "string" ? target : `${request.method} ${url.pathname}`);
    const [, name, operation] = INVOCATION.exec(url.pathname) ?? [];
    const body = await text(request);
    if (request.method === "POST" && name !== undefined)
      this.#invoke(name, body, operation !== "invocations", request, response);
    else if (request.headers["x-amz-target"] === "Logs_20140328.FilterLogEvents")
      await this.#search(JSON.parse(body) as Record<string, unknown>, response);
    else if (request.headers["x-amz-target"] === "Logs_20140328.DescribeLogGroups")
      this.#describe(JSON.parse(body) as Record<string, unknown>, response);
    else if (request.headers["x-amz-target"] === "Logs_20140328.StartLiveTail")
      this.#startLiveTail(JSON.parse(body) as Record<string, unknown>, response);
    else if (url.pathname.endsWith("/configuration")) this.#configure(response);
    else if (url.pathname.endsWith("/durable-executions")) this.#listExecutions(url.searchParams, response);
    else await this.#list(Number(url.searchParams.get("Marker") ?? 0), response);
  }

  #invoke(
    name: string,
    body: string,
    isStreaming: boolean,
    { headers }: IncomingMessage,
    response: ServerResponse,
  ): void {
    const invocation: ArrivedInvocation = {
      functionName: nameIn(decodeURIComponent(name)),
      type: String(headers["x-amz-invocation-type"]),
      isStreaming,
      body,
      headers,
      isGone: () => response.destroyed,
    };
    this.invocations.push(invocation);
    this.answer(response, invocation);
    this.#changed.emit("invocation");
  }

  async #search(query: Record<string, unknown>, response: ServerResponse): Promise<void> {
    this.searches += 1;
    this.logQueries.push(query);
    this.#changed.emit("search");
    const page = Number(query["nextToken"] ?? 0);
    await this.beforeLogPage(page);
    if (typeof this.log === "string") {
      response.writeHead(400, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify({ __type: this.log, message: `It was ${this.log}.` }));
      return;
    }
    const isAsked = ({ timestamp }: LoggedLine): boolean =>
      timestamp >= Number(query["startTime"] ?? 0) && timestamp <= Number(query["endTime"] ?? Infinity);
    const events = (this.log[page] ?? []).filter(isAsked).map(({ message, stream, timestamp }, index) => ({
      eventId: `${page}/${index}/${timestamp}`,
      logStreamName: stream ?? "stream",
      message,
      timestamp,
    }));
    const next = page + 1 < this.log.length ? { nextToken: String(page + 1) } : {};
    answerLogs({ events, ...next }, response);
  }

  #describe({ logGroupNamePrefix }: Record<string, unknown>, response: ServerResponse): void {
    const arn = `arn:aws:logs:us-east-1:123456789012:log-group:${String(logGroupNamePrefix)}:*`;
    const group = { arn, logGroupName: logGroupNamePrefix, logGroupClass: "STANDARD", ...this.logGroup };
    answerLogs({ logGroups: [group] }, response);
  }

  #startLiveTail(input: Record<string, unknown>, response: ServerResponse): void {
    if (this.refuseLiveTail !== undefined) return refuse(response, 400, this.refuseLiveTail);
    this.liveTails.push(new LiveTailSession(input, response));
    this.#changed.emit("liveTail");
  }

  #configure(response: ServerResponse): void {
    if (!this.configuration) return refuse(response, 403, "AccessDeniedException");
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(this.configuration));
  }

  /** One a page. */
  #listExecutions(query: URLSearchParams, response: ServerResponse): void {
    if (typeof this.executions === "string") return refuse(response, 403, this.executions);
    const name = query.get("DurableExecutionName") ?? "";
    // The names that begin like it, too: what is asked for must be found among them.
    const found = this.executions.filter((each) => each.DurableExecutionName.startsWith(name));
    const page = Number(query.get("Marker") ?? 0);
    const next = page + 1 < found.length ? { NextMarker: String(page + 1) } : {};
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ DurableExecutions: found.slice(page, page + 1), ...next }));
  }

  async #list(page: number, response: ServerResponse): Promise<void> {
    this.pagesAsked.push(page);
    this.#changed.emit("page");
    await this.beforePage(page);
    const refusal = this.refusePage(page);
    if (refusal) return refuse(response, refusal.status, refusal.type);
    const Functions = (this.pages[page] ?? []).map((each) => ({
      Runtime: "nodejs24.x",
      FunctionArn: arnOf(each.FunctionName),
      ...each,
    }));
    const next = page + 1 < this.pages.length ? { NextMarker: String(page + 1) } : {};
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ Functions, ...next }));
  }
}

function answerLogs(body: object, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
  response.end(JSON.stringify(body));
}

/** Answers with a status and a body, as Lambda does. */
export function answerWith(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { "x-amzn-requestid": "11111111-2222-3333-4444-555555555555", ...headers });
    response.end(body);
  };
}

/** Answers with an error of the Lambda API, e.g. 429 and `TooManyRequestsException`. */
export function refuseWith(status: number, type: string): Answer {
  return (response) => refuse(response, status, type);
}

function refuse(response: ServerResponse, status: number, type: string): void {
  response.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": type });
  response.end(JSON.stringify({ Message: `It was ${type}.` }));
}

export function arnOf(name: string): string {
  return `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
}

function nameIn(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf(":") + 1);
}
