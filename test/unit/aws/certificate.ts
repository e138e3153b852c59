import { generateKeyPairSync, sign } from "node:crypto";

/** A key and a certificate for 127.0.0.1 and a host name that it signed itself, in PEM; nobody trusts it unasked. */
export function selfSigned(host = "localhost"): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = sequence(der(0x06, "2a8648ce3d040302")); // ecdsa-with-SHA256
  const commonName = sequence(der(0x06, "550403"), der(0x0c, Buffer.from("127.0.0.1")));
  const name = sequence(der(0x31, commonName));
  const times = ["20200101000000Z", "20990101000000Z"].map((time) => der(0x18, Buffer.from(time)));
  const alternativeName = sequence(
    der(0x06, "551d11"),
    der(0x04, sequence(der(0x87, "7f000001"), der(0x82, Buffer.from(host)))), // an iPAddress, a dNSName
  );
  const body = sequence(
    der(0xa0, der(0x02, "02")), // version 3
    der(0x02, "01"),
    algorithm,
    name,
    sequence(...times),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(alternativeName)),
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign("sha256", body, privateKey)]));
  const certificate = sequence(body, algorithm, signature).toString("base64");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`,
  };
}

/** A value of DER: its tag, its length, its bytes (text is hexadecimal). */
function der(tag: number, content: Buffer | string): Buffer {
  const bytes = typeof content === "string" ? Buffer.from(content, "hex") : content;
  const { length } = bytes;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), bytes]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}
