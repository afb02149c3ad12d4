"""Certificates for tests alone, valid until the year 2126: an authority, and what it signed for the loopback.

The authority's key is thrown away. The server is localhost, tcp.example and 127.0.0.1.
"""

from __future__ import annotations

from pathlib import Path

AUTHORITY = """\
-----BEGIN CERTIFICATE-----
MIIBezCCASCgAwIBAgIUHn7ya2RvXQfbT8TsLz//NX0wdsAwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPY2hhaW52aWV3IHRlc3RzMCAXDTI2MTEyNjEyNDUxOVoYDzIx
MjYxMTAyMTI0NTE5WjAaMRgwFgYDVQQDDA9jaGFpbnZpZXcgdGVzdHMwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAASu2J5/PqWDUGJcHzWYZy6WzW3+eD3MDZR3oKi/
gPEoBOj6SCodU7GjT9kGxIVxNa9Yy8tH4ofw2owZr7JbhhBWo0IwQDAPBgNVHRMB
Af8EBTADAQH/MA4GA1UdDwEB/wQEAwICBDAdBgNVHQ4EFgQUkVTt7gHFT238dgzC
76+/oy+GE2AwCgYIKoZIzj0EAwIDSQAwRgIhAPgV3bA6LMaAXrpIL5gKehT1VE6H
vl5dk8TLXtzTcfWAAiEA/PGE0Q6vZHcpsRJfnVby1FTurhZNl0RcO3JZPmm+RGU=
-----END CERTIFICATE-----
"""
SERVER = """\
-----BEGIN CERTIFICATE-----
MIIBzzCCAXWgAwIBAgIUTlxHHiVbRLIzF1LcEoJEpFBtHSEwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPY2hhaW52aWV3IHRlc3RzMCAXDTI2MTEyNjEyNDUxOVoYDzIx
MjYxMTAyMTI0NTE5WjARMQ8wDQYDVQQDDAZzZXJ2ZXIwWTATBgcqhkjOPQIBBggq
hkjOPQMBBwNCAARbfnlQxrvWN0BG4beMEOGRYwi0PjjAdMrwnhvKKCkl5QbbdncY
VLOmhzrbC+RdiU4XcziaoBBzYbT1HWpOWB2Oo4GfMIGcMAwGA1UdEwEB/wQCMAAw
DgYDVR0PAQH/BAQDAgeAMBMGA1UdJQQMMAoGCCsGAQUFBwMBMCcGA1UdEQQgMB6C
CWxvY2FsaG9zdIILdGNwLmV4YW1wbGWHBH8AAAEwHwYDVR0jBBgwFoAUkVTt7gHF
T238dgzC76+/oy+GE2AwHQYDVR0OBBYEFDuRMOcofTn+XhbG0O+LRuBw2tQQMAoG
CCqGSM49BAMCA0gAMEUCIDoX7K5vrC3yMl0l4Bwj2XOX5pYHNP0LH9JtsXcKfPYt
AiEAj9acDEt8lMXuP3Wz60GMskYiK+iHgf7UVRqLlNmsuIo=
-----END CERTIFICATE-----
"""
KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgFh1Ut39ejKPSdeSw
nz1qPbNtsLUCj6wzcigDhhiVdSahRANCAARbfnlQxrvWN0BG4beMEOGRYwi0PjjA
dMrwnhvKKCkl5QbbdncYVLOmhzrbC+RdiU4XcziaoBBzYbT1HWpOWB2O
-----END PRIVATE KEY-----
"""


def written(folder: Path) -> tuple[str, str, str]:
    """The paths of authority, server's certificate and server's key in a folder."""
    files = (folder / "ca.pem", folder / "server.pem", folder / "server.key")
    for file, text in zip(files, (AUTHORITY, SERVER, KEY), strict=True):
        file.write_text(text, encoding="ascii")
    authority, server, key = map(str, files)
    return authority, server, key
