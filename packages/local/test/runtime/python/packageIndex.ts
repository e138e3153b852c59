import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { zip } from "../../discovery/zip.ts";

/** An index of Python packages on this machine, from which pip installs. */
export interface PackageIndex extends AsyncDisposable {
  /** Has pip use this index alone, whatever this machine's configuration is. */
  env: NodeJS.ProcessEnv;
}

/** Serves these modules, by the name of a package that has the module of its name. */
export async function serveIndex(modules: Readonly<Record<string, string>>): Promise<PackageIndex> {
  const server = createServer((request, response) => {
    const [, folder, name = ""] = (request.url ?? "").split("/");
    const source = modules[name];
    if (source === undefined) return response.writeHead(404).end();
    const wheel = `${name}-1.0-py3-none-any.whl`;
    if (folder === "simple")
      return response
        .setHeader("content-type", "text/html")
        .end(`<a href="/files/${name}/${wheel}">${wheel}</a>`);
    return response.end(wheelOf(name, source));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const kept = Object.entries(process.env).filter(([variable]) => !/^PIP_|_proxy$/i.test(variable));
  return {
    env: {
      ...Object.fromEntries(kept),
      PIP_CONFIG_FILE: process.platform === "win32" ? "nul" : "/dev/null",
      PIP_INDEX_URL: `http://127.0.0.1:${port}/simple/`,
      PIP_NO_CACHE_DIR: "1",
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function wheelOf(name: string, source: string): Uint8Array {
  const info = `${name}-1.0.dist-info`;
  const files = [
    { name: `${name}.py`, content: source },
    { name: `${info}/METADATA`, content: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n` },
    {
      name: `${info}/WHEEL`,
      content: "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    },
  ];
  const record = [...files.map((file) => file.name), `${info}/RECORD`].map((path) => `${path},,\n`).join("");
  return zip([...files, { name: `${info}/RECORD`, content: record }]);
}
