"""Checks a data collection log with Python's own library and OpenSSL, from RKSV's rules alone.

    python3 independent.py EXPORT KEYS EVERY

EVERY says which signatures are looked at: 1 all, 10 each tenth. Prints how many receipts there are, or the first
thing that is wrong.
"""

import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

OUTAGE = b"Sicherheitseinrichtung ausgefallen"


def openssl(*arguments, stdin=b""):
    return subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=True).stdout


def unpadded(text):
    assert "=" not in text and re.fullmatch(r"[A-Za-z0-9_-]+", text), "base64url without padding"
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def integer(number):
    """A positive integer in DER."""
    octets = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return bytes([2, len(octets)]) + octets


def der(signature):
    """r and s as OpenSSL takes them."""
    body = integer(int.from_bytes(signature[:32], "big")) + integer(int.from_bytes(signature[32:], "big"))
    return bytes([0x30, len(body)]) + body


class Receipt:
    def __init__(self, jws):
        self.jws = jws
        header, payload, signature = jws.split(".")
        assert json.loads(unpadded(header)) == {"alg": "ES256"}, "the header"
        self.signed = f"{header}.{payload}".encode()
        self.signature = unpadded(signature)
        fields = unpadded(payload).decode().split("_")
        assert len(fields) == 13 and fields[0] == "" and fields[1].startswith("R1-"), "twelve fields"
        self.register, self.number, self.date = fields[2:5]
        assert all(re.fullmatch(r"-?\d+,\d\d", amount) for amount in fields[5:10]), "the amounts"
        self.cents = sum(int(amount.replace(",", "")) for amount in fields[5:10])
        self.zero = all(int(amount.replace(",", "")) == 0 for amount in fields[5:10])
        self.counter = base64.b64decode(fields[10], validate=True)
        self.serial, self.chain = fields[11:13]
        self.is_signed = self.signature != OUTAGE
        assert not self.is_signed or len(self.signature) == 64, "the signature's length"


def keystream(key, receipts):
    """AES-256 of each receipt's initial value: the first block of the counter mode."""
    blocks = b"".join(hashlib.sha256((one.register + one.number).encode()).digest()[:16] for one in receipts)
    stream = openssl("enc", "-aes-256-ecb", "-nopad", "-K", key.hex(), stdin=blocks)
    return [stream[at : at + 16] for at in range(0, len(stream), 16)]


def check(receipts, keys):
    before, total, date, outage, width = receipts[0].register, 0, "", False, None
    numbers = set()
    streams = keystream(base64.b64decode(keys["base64AESKey"]), receipts)
    for place, (receipt, stream) in enumerate(zip(receipts, streams)):
        at = f"receipt {receipt.number}"
        link = base64.b64encode(hashlib.sha256(before.encode()).digest()[:8]).decode()
        assert receipt.chain == link, f"{at}: the chain"
        assert receipt.number not in numbers, f"{at}: the number"
        assert receipt.date >= date, f"{at}: the date"
        assert receipt.register == receipts[0].register, f"{at}: the register"
        marked = receipt.counter in (b"TRA", b"STO")
        if receipt.counter != b"TRA":
            total += receipt.cents
        if not marked:
            found = bytes(one ^ other for one, other in zip(receipt.counter, stream))
            assert int.from_bytes(found, "big", signed=True) == total, f"{at}: the turnover"
            assert width in (None, len(found)), f"{at}: the turnover's width"
            width = len(found)
        quiet = receipt.is_signed and receipt.zero and not marked
        assert quiet or place != 0, f"{at}: the start receipt"
        assert quiet or not (outage and receipt.is_signed), f"{at}: the end of the outage"
        outage = not receipt.is_signed
        before, date = receipt.jws, receipt.date
        numbers.add(receipt.number)


def check_signatures(receipts, keys, every):
    with tempfile.TemporaryDirectory() as folder:
        public, signature = Path(folder, "public.pem"), Path(folder, "signature.der")
        serials = set()
        for receipt in [one for one in receipts if one.is_signed][::every]:
            if receipt.serial not in serials:
                entry = keys["certificateOrPublicKeyMap"][receipt.serial]
                certificate = base64.b64decode(entry["signatureCertificateOrPublicKey"])
                told = openssl("x509", "-inform", "DER", "-noout", "-serial", stdin=certificate).decode()
                assert int(told.split("=")[1], 16) == int(receipt.serial, 16), "the certificate's serial number"
                public.write_bytes(openssl("x509", "-inform", "DER", "-noout", "-pubkey", stdin=certificate))
                serials = {receipt.serial}
            signature.write_bytes(der(receipt.signature))
            verified = ["dgst", "-sha256", "-verify", public, "-signature", signature]
            try:
                openssl(*verified, stdin=receipt.signed)
            except subprocess.CalledProcessError:
                raise AssertionError(f"receipt {receipt.number}: the signature") from None


def main(export, keys, every):
    groups = json.loads(Path(export).read_text())["Belege-Gruppe"]
    keys = json.loads(Path(keys).read_text())
    receipts = [Receipt(jws) for group in groups for jws in group["Belege-kompakt"]]
    check(receipts, keys)
    check_signatures(receipts, keys, int(every))
    print(len(receipts))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except AssertionError as wrong:
        sys.exit(str(wrong))
