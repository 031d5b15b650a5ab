"""Sends one file with tuspy: python send.py ENDPOINT TOKEN CASE ATTACHMENT FILE CHUNK CHECKSUMS(0|1)

A program of its own, because tuspy leaves closing its files and connections to the end of one.
"""

import sys

from tusclient.client import TusClient

endpoint, token, case, attachment, path, chunk, summed = sys.argv[1:]
client = TusClient(endpoint, headers={"Authorization": f"Bearer {token}"})
client.uploader(
    path,
    chunk_size=int(chunk),
    metadata={"case": case, "attachment": attachment},
    retries=100,
    retry_delay=0.1,
    upload_checksum=summed == "1",
).upload()
print("sent")
