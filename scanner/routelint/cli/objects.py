"""The contents of git objects, from `git cat-file` processes that `git.Repository` gives the command and surroundings of."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence

import click

CHUNK_BYTES = 256 * 1024
# As many characters of an id as people quote.
SHORT = 7


class GitError(click.ClickException):
    """Git cannot say what was asked: what is wrong, and the way out."""

    exit_code = 2


class Store:
    """The contents of a repository's objects, from processes that are asked again and again; they start when first needed."""

    def __init__(self, command: Callable[..., Sequence[str]], environment: Callable[[], Mapping[str, str]]) -> None:
        # `--batch-command` would do with one process, and asks for git 2.36.
        self._sizes = _Process(lambda: command("cat-file", "--batch-check"), environment)
        self._contents = _Process(lambda: command("cat-file", "--batch"), environment)
        self._known: dict[str, int | None] = {}

    def size(self, blob_id: str) -> int | None:
        """The bytes of a content; None where the clone does not have it."""
        if blob_id not in self._known:
            self._known[blob_id] = self._sizes.ask(blob_id)
        return self._known[blob_id]

    def stream(self, blob_id: str, take: Callable[[bytes], object]) -> None:
        """Gives a content to `take` in chunks.

        Raises:
            GitError: the clone does not have it, or cannot read it.
        """
        left = self._contents.ask(blob_id)
        if left is None:
            raise GitError(f"object {blob_id[:SHORT]} is not in this clone")
        while left:
            chunk = self._contents.read(min(left, CHUNK_BYTES))
            left -= len(chunk)
            take(chunk)
        self._contents.read(1)

    def close(self) -> None:
        """Ends the processes."""
        self._sizes.close()
        self._contents.close()


class _Process:
    """One `git cat-file` that answers line by line."""

    def __init__(self, command: Callable[[], Sequence[str]], environment: Callable[[], Mapping[str, str]]) -> None:
        self._command = command
        self._environment = environment
        self._running: subprocess.Popen[bytes] | None = None

    def ask(self, blob_id: str) -> int | None:
        """The size that the first line of the answer says; None where the object is missing."""
        with _spoken():
            process = self._started()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{blob_id}\n".encode("utf-8", "surrogateescape"))
            process.stdin.flush()
            line = process.stdout.readline()
        answer = line.split()
        if len(answer) == 3 and answer[2].isdigit():
            return int(answer[2])
        # A name such as `commit:path`, which may hold spaces, is answered with the name.
        if line.endswith(b" missing\n"):
            return None
        raise GitError(f"git cannot read object {blob_id[:SHORT]}; 'git fsck' says what is broken")

    def read(self, most_bytes: int) -> bytes:
        """The next bytes of the answer."""
        with _spoken():
            output = self._started().stdout
            assert output is not None
            data = output.read(most_bytes)
        if not data:
            raise GitError("git ended while a file was read from it; 'git fsck' says what is broken")
        return data

    def close(self) -> None:
        """Ends the process, if it was started."""
        process, self._running = self._running, None
        if process is not None:
            process.kill()
            with contextlib.suppress(OSError):
                process.communicate()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._running is None:
            self._running = subprocess.Popen(
                self._command(),
                env=dict(self._environment()),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._running


@contextlib.contextmanager
def _spoken() -> Iterator[None]:
    """Turns what a pipe to git may raise into what is told."""
    try:
        yield
    except OSError as error:
        raise GitError(f"git cannot be asked for files: {error.strerror or error}") from error
