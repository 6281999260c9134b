"""The check in CI, as a new repository starts with it: for GitHub, or for GitLab.

What is trusted stays outside of what a pull request can change: the pin and the checker come
from variables of the project. The workflow itself is a file like any other; its text says what
to set on the forge so that nobody's change to it counts.
"""

from commscli.errors import BadInput

GITHUB, GITLAB, NONE = "github", "gitlab", "none"
FORGES = (GITHUB, GITLAB, NONE)

_GITHUB = """\
# The check in CI: green means that every message that was sent passed every gate.
#
# To set on GitHub, once, under Settings > Secrets and variables > Actions > Variables:
#
#   COMMS_PIN      what `comms trust pin` prints: which first roster is the real one.
#   COMMS_CHECKER  the program that checks, as OWNER/REPOSITORY@COMMIT with all 40 characters
#                  of the commit. With it all that it installs is fixed, by hash.
#
# Both are outside of what a pull request can change. This file is not: a pull request runs with
# its own copy of it. So let a ruleset require this workflow: put a copy into a repository that
# only admins write to, and name that one under Rules > Require workflows to pass before merging
# (where your plan has no required workflows: own this file in CODEOWNERS, and require the review
# of its owners). It is not done with `pull_request_target`, which gives more rights to a run
# that reads the files of strangers.
#
# A shallow history is no proof: fetch-depth: 0 below has to stay.
name: comms

on:
  pull_request:
    types: [opened, synchronize, reopened, edited] # edited: it may have got another base
  merge_group:
  push:
    branches: [%(branch)s]

permissions:
  contents: read # to check it out; nothing is written

concurrency:
  group: comms-${{ github.event_name }}-${{ github.ref }}
  cancel-in-progress: ${{ github.event_name == 'pull_request' }}

jobs:
  check:
    name: comms check
    runs-on: ubuntu-24.04
    timeout-minutes: 15
    steps:
      - name: Look which checker is pinned
        id: checker
        shell: bash
        env:
          CHECKER: ${{ vars.COMMS_CHECKER }}
        run: |
          if [[ ! $CHECKER =~ ^([A-Za-z0-9._-]+/[A-Za-z0-9._-]+)@([0-9a-f]{40})$ ]]; then
            echo "::error title=comms::The variable COMMS_CHECKER is not set, or names no" \\
              "commit: expected OWNER/REPOSITORY@COMMIT. This file says where to set it."
            exit 3
          fi
          printf 'repository=%%s\\ncommit=%%s\\n' "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" \\
            >>"$GITHUB_OUTPUT"

      - name: Check out the whole history
        uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
        with:
          path: messages
          fetch-depth: 0
          persist-credentials: false

      - name: Check out the checker
        uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
        with:
          repository: ${{ steps.checker.outputs.repository }}
          ref: ${{ steps.checker.outputs.commit }}
          path: checker
          persist-credentials: false

      - name: Check
        uses: ./checker # zizmor: ignore[self-repository] the checker's, checked out above
        with:
          pin: ${{ vars.COMMS_PIN }}
          path: messages
"""

_GITLAB = """\
# The check in CI: green means that every message that was sent passed every gate.
#
# To set on GitLab, once, under Settings > CI/CD > Variables, not masked and not protected (a
# protected variable does not reach the pipeline of a merge request; without it, it is red):
#
#   COMMS_PIN           what `comms trust pin` prints: which first roster is the real one.
#   COMMS_CHECKER_URL   where the program that checks is cloned from.
#   COMMS_CHECKER_SHA   its commit, all 40 characters. With it all that it installs is fixed, by
#                       hash.
#
# Variables of a project outrank those of this file, and a merge request cannot change them. It
# can change this file: so keep a copy in a project that only admins write to, and name that one
# under Settings > CI/CD > General pipelines > CI/CD configuration file
# (.gitlab-ci.yml@group/project), or enforce it with a pipeline execution policy.
#
# A shallow history is no proof: GIT_DEPTH: "0" below has to stay.
comms-check:
  stage: test
  image: python:3.12-bookworm # name it by its digest, python@sha256:…, once you have chosen one
  timeout: 15 minutes
  interruptible: true
  variables:
    GIT_DEPTH: "0"
    GIT_STRATEGY: clone
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - |
      case ${COMMS_CHECKER_SHA:-} in
      *[!0-9a-f]*) sha= ;;
      *) sha=${COMMS_CHECKER_SHA:-} ;;
      esac
      if [ ${#sha} -ne 40 ] || [ -z "${COMMS_CHECKER_URL:-}" ]; then
        echo "COMMS_CHECKER_URL or COMMS_CHECKER_SHA is not set: .gitlab-ci.yml says where." >&2
        exit 3
      fi
      if [ -z "${COMMS_PIN:-}" ]; then
        echo "COMMS_PIN is not set: nothing says which roster is the real one." >&2
        exit 3
      fi
    - |
      # Beside the project, not in it; -I: Python imports nothing from where it is started.
      work=$(mktemp -d)
      git clone --quiet --no-checkout -- "$COMMS_CHECKER_URL" "$work/checker"
      git -C "$work/checker" checkout --quiet --detach "$COMMS_CHECKER_SHA"
      python3 -I -m venv "$work/venv"
      "$work/venv/bin/python" -I -m pip --quiet --disable-pip-version-check install \\
        --require-hashes --only-binary :all: --requirement "$work/checker/ci/requirements.txt"
      "$work/venv/bin/python" -I -m pip --quiet --disable-pip-version-check install \\
        --no-deps --no-index --no-build-isolation "$work/checker"
      printf '%%s\\n' "$COMMS_PIN" | sed -e 's/\\r$//' -e '/^$/d' >"$work/comms.pin"
    - |
      # The default branch is checked in pipelines of its own, so that a merge request into it is
      # checked from there; all else is checked whole, for whoever asks chooses the target.
      set -- --pin "$work/comms.pin"
      if [ -n "${CI_MERGE_REQUEST_DIFF_BASE_SHA:-}" ] &&
        [ "${CI_MERGE_REQUEST_TARGET_BRANCH_NAME:-}" = "$CI_DEFAULT_BRANCH" ]; then
        set -- "$@" "--since=$CI_MERGE_REQUEST_DIFF_BASE_SHA"
      fi
      rm -rf -- comms-codequality.json comms-junit.xml # they may be links that a branch brought
      "$work/venv/bin/comms" check --format gitlab "$@" >comms-codequality.json || :
      "$work/venv/bin/comms" check --format junit "$@" >comms-junit.xml || :
      "$work/venv/bin/comms" check "$@"
  artifacts:
    when: always
    expire_in: 30 days
    reports:
      codequality: comms-codequality.json
      junit: comms-junit.xml
"""


def starting_ci(forge: str, *, branch: str) -> dict[str, bytes]:
    """Return the files that let a forge run the check, by path; none for ``none``.

    Raises:
        BadInput: for a forge that nobody wrote one for.
    """
    if forge == GITHUB:
        text = _GITHUB % {"branch": _yaml_name(branch)}
        return {".github/workflows/comms.yml": text.encode()}
    if forge == GITLAB:
        return {".gitlab-ci.yml": (_GITLAB % ()).encode()}
    if forge == NONE:
        return {}
    raise BadInput(f"--ci {forge}: expected {', '.join(FORGES)}", code="usage")


def _yaml_name(branch: str) -> str:
    """Return a branch as a quoted YAML string: a name may hold what YAML reads as its own."""
    return "'" + branch.replace("'", "''") + "'"
