"""Starts LocalStack with its S3 objects under TMPDIR: it has /tmp/localstack-s3-storage fixed, and leaves it behind."""

import tempfile

from localstack.services.s3.storage.ephemeral import EphemeralS3ObjectStore

original = EphemeralS3ObjectStore.__init__


def init(self, root_directory=None):
    original(self, tempfile.mkdtemp(prefix="s3-"))


EphemeralS3ObjectStore.__init__ = init

from localstack.runtime.main import main  # noqa: E402

main()
