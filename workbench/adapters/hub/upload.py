"""Upload a folder to the Hugging Face Hub. The token is never in a message, log or file."""

from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from workbench.adapters.config.secrets import find_hub_token
from workbench.adapters.models.redaction import without_key
from workbench.adapters.models.silence import redact_logs
from workbench.adapters.models.web import environment_problem, parse_address
from workbench.core.errors import InputError, WorkbenchError
from workbench.core.text.plain import visible

RepoKind = Literal["dataset", "model"]


_OURS = (
    *(f"{folder}/*" for folder in ("records", "strings", "typed", "evaluation")),
    "provenance.jsonl",
    "*.safetensors",
    "*.safetensors.index.json",
)
"""What `publish` writes: files with these names are deleted from the repository if not uploaded."""


class UploadError(WorkbenchError):
    """The Hub refused: a sentence with the remedy."""


def ready_to_upload() -> tuple[SecretStr, str]:
    """Return the token, and where it was found.

    Raises `InputError` if there isn't one, the Hub must not be used, or its address or the network
    environment is unusable.
    """
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        raise InputError(
            "HF_HUB_OFFLINE is set, so nothing is uploaded; unset it, or drop --upload."
        )
    parse_address(constants.ENDPOINT, "HF_ENDPOINT", "https://huggingface.co")
    if problem := environment_problem():
        raise InputError(f"{problem}.")
    found = find_hub_token()
    if found is None:
        raise InputError(
            "there is no token for the Hub; put one with write access into HF_TOKEN, or into "
            "secrets/access_token.toml as [ai_services.hugging_face] token."
        )
    return found


def check_repository(name: str) -> None:
    """Raise `InputError` for a name that the Hub refuses."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(name)
    except HFValidationError as error:
        raise InputError(f"hub:{name}: {str(error).rstrip('.')}; choose another name.") from None


def upload(
    folder: Path, names: Sequence[str], name: str, kind: RepoKind, token: SecretStr, *, public: bool
) -> str:
    """Upload files of a folder as one commit, into a new repository or an existing one.

    Returns its address. names: of the files in the folder; no others are sent. public: for a new
    repository, which is otherwise private. Raises `UploadError`.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
    from huggingface_hub.errors import HfHubHTTPError
    from huggingface_hub.utils import disable_progress_bars

    disable_progress_bars()
    redact_logs(token)
    try:
        api = HfApi(token=token.get_secret_value(), library_name="cartool-workbench")
        made = api.create_repo(name, repo_type=kind, private=not public, exist_ok=True)
        files = {one: folder / one for one in names}
        there = api.list_repo_files(name, repo_type=kind)
        # One commit, which `upload_folder` doesn't guarantee: so the repository is always complete.
        api.create_commit(
            name,
            [
                *(CommitOperationAdd(path, str(file)) for path, file in sorted(files.items())),
                *(
                    CommitOperationDelete(path)
                    for path in there
                    if path not in files and any(fnmatch(path, ours) for ours in _OURS)
                ),
            ],
            repo_type=kind,
            commit_message="Published by CarTool Workbench",
        )
        return without_key(str(made), token)
    except HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        problem = _refused(status, name), error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = "the server doesn't answer like the Hub; check HF_ENDPOINT", error
    except Exception as error:  # from its transports, and unreadable files
        problem = "the connection or a file failed; check both", error
    # Raised here, so that no traceback leads to the request and its headers.
    remedy, cause = problem
    said = without_key(" ".join(str(cause).split()), token)[:300]
    raise UploadError(
        f"hub:{name}: {remedy} ({type(cause).__name__}: {visible(said)}). The folder is written; "
        f"run the same command with --replace to try again."
    ) from None


def _refused(status: int, name: str) -> str:
    if status in (401, 403):
        return f"the Hub doesn't accept the token, or it can't write to {name}; check both"
    if status == 404:
        return "the Hub doesn't know it; check the name and the token"
    return "the Hub refused; see its message, or try again later"
