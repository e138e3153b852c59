import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { REGIONS } from "../../../../src/core/connections/regions.ts";

/** The partitions that anyone can have an account in. */
const PUBLIC_PARTITIONS = new Set(["aws", "aws-cn", "aws-us-gov", "aws-eusc"]);

interface Partitions {
  partitions: { id: string; regions: Record<string, unknown> }[];
}

async function sdkRegions(): Promise<string[]> {
  const client = createRequire(import.meta.url).resolve("@aws-sdk/client-lambda/package.json");
  const core = dirname(createRequire(client).resolve("@aws-sdk/core/package.json"));
  const path = join(core, "dist-es/submodules/client/util-endpoints/lib/aws/partitions.js");
  const module = (await import(pathToFileURL(path).href)) as { partitionsInfo: Partitions };
  return module.partitionsInfo.partitions
    .filter(({ id }) => PUBLIC_PARTITIONS.has(id))
    .flatMap(({ regions }) => Object.keys(regions))
    .filter((region) => !region.endsWith("-global"));
}

describe("the regions to choose from", () => {
  it("are those of the SDK's public partitions", async () => {
    const ids = REGIONS.map(([id]) => id);
    assert.deepEqual(ids.toSorted(), (await sdkRegions()).toSorted());
  });

  it("each have a name of their own", () => {
    assert.equal(new Set(REGIONS.map(([, name]) => name)).size, REGIONS.length);
  });
});
