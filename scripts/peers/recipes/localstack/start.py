"""Starts LocalStack with two changes.

Its S3 objects are under TMPDIR: it has /tmp/localstack-s3-storage fixed, and leaves it behind. And functions run as processes
of this machine: the folder `executor` is found like an installed package, so that a change of it needs no new build.
"""

import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "executor"))

from localstack.services.s3.storage.ephemeral import EphemeralS3ObjectStore  # noqa: E402

original = EphemeralS3ObjectStore.__init__


def init(self, root_directory=None):
    original(self, tempfile.mkdtemp(prefix="s3-"))


EphemeralS3ObjectStore.__init__ = init

from localstack.runtime.main import main  # noqa: E402

main()
