import assert from "node:assert/strict";
import { estimateCost, formatCost, priceFactors } from "../../../../src/core/figures/estimateCost.ts";

const REPORT = { durationMs: 900, billedDurationMs: 1000, memorySizeMb: 1024 };
const MB = 1024 * 1024;
const near = (found: number | undefined, wanted: number): void =>
  assert.ok(found !== undefined && Math.abs(found - wanted) < wanted * 1e-6, `${found} isn't ${wanted}`);

describe("the estimated cost of an execution", () => {
  it("is the billed time × the memory × the architecture's price, and a request", () => {
    near(
      estimateCost(REPORT, { region: "eu-west-1", architecture: "x86_64" })?.usd,
      0.0000166667 + 0.0000002,
    );
    near(estimateCost(REPORT, { region: "eu-west-1", architecture: "arm64" })?.usd, 0.0000133334 + 0.0000002);
    const small = { ...REPORT, billedDurationMs: 100, memorySizeMb: 128 };
    near(
      estimateCost(small, { region: "us-east-1", architecture: "x86_64" })?.usd,
      0.0000166667 / 80 + 0.0000002,
    );
  });

  it("has what is streamed beyond the free part", () => {
    const factors = { region: "us-east-1", architecture: "x86_64" } as const;
    const alone = estimateCost(REPORT, factors)?.usd ?? 0;
    assert.equal(estimateCost(REPORT, factors, 6 * MB)?.usd, alone);
    near(estimateCost(REPORT, factors, 6 * MB + 1024 * MB)?.usd, alone + 0.008);
  });

  it("isn't there where no price is known", () => {
    assert.equal(estimateCost(REPORT, { region: "mars-north-1", architecture: "x86_64" }), undefined);
    assert.equal(estimateCost(REPORT, { region: "eu-west-1", architecture: "x86_64" }, 7 * MB), undefined);
    const restored = { ...REPORT, restoreDurationMs: 3 };
    assert.equal(estimateCost(restored, { region: "eu-west-1", architecture: "x86_64" }), undefined);
  });

  it("is marked as one, with the date of its prices", () => {
    const text = (usd: number): string => formatCost({ usd, pricesAsOf: "2025-08" });
    assert.equal(text(0.0000021234), "about $0.0000021 (estimate, prices of 2025-08)");
    assert.equal(text(0.25), "about $0.25 (estimate, prices of 2025-08)");
    assert.equal(text(2.5), "about $2.50 (estimate, prices of 2025-08)");
  });

  it("depends on the region of the function's ARN and its architecture", () => {
    const arn = "arn:aws:lambda:eu-west-1:123456789012:function:order:live";
    assert.deepEqual(priceFactors(arn, ["arm64"]), { region: "eu-west-1", architecture: "arm64" });
    assert.deepEqual(priceFactors(arn, undefined), { region: "eu-west-1", architecture: "x86_64" });
    assert.equal(priceFactors(arn, ["s390x"]), undefined);
    assert.equal(priceFactors(arn.replace("123456789012", "000000000000"), undefined), undefined);
    assert.equal(priceFactors(arn.replace("arn:aws:", "arn:aws-cn:"), undefined), undefined);
    assert.equal(priceFactors("order", undefined), undefined);
  });
});
