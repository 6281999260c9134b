"""``VERIFY.md``: the page in an evidence file, for somebody who has never heard of any of this."""

from collections.abc import Iterator
from shlex import quote

from commscli import __version__
from commscli.render.escaping import one_line
from commscli.workflow.proof.bundling import Proof, Signed


def verify_page(proof: Proof) -> str:
    """Return the page."""
    return "\n".join([*_head(proof), *_with(proof), *_without(proof), *_meaning(proof)]) + "\n"


def _head(proof: Proof) -> Iterator[str]:
    title = "DRILL, no evidence of a send" if proof.drill else "Evidence"
    yield f"# {title}: {_text(proof.incident)}"
    yield ""
    if proof.drill:
        yield "**This was a drill.** People rehearsed: nothing below left the house, and none of it"
        yield "shows that anybody outside was told anything. Every record in it says `drill: true`."
        yield ""
    yield f"- incident: {_text(proof.title)} ({_text(proof.incident)})"
    yield f"- repository: {_text(proof.repository)}, up to commit {proof.head}"
    yield f"- what the check said when this was made: **{proof.outcome}**"
    yield from (f"    - {_text(red)}" for red in proof.red)
    did = "rehearsed in this drill" if proof.drill else "sent in this incident"
    yield f"- {did}: {len(proof.sent)}"
    yield from (f"    - {_text(sent)}" for sent in proof.sent)
    yield f"- the history is whole: all {proof.incidents} incidents of the repository are in it"
    yield ""
    yield "## First: compare one number"
    yield ""
    yield "Whoever made this file could have made up everything in it, this page too. What tells"
    yield "the real one is the digest of the first trust version:"
    yield ""
    yield f"    {proof.pin.genesis}"
    yield ""
    yield "Ask somebody of that organisation for theirs, by another way than the one by which this"
    yield "came: by telephone, on paper, from an earlier audit. They see it with `comms trust pin`,"
    yield "on the line that begins with `genesis`. If it is another one, stop here."
    yield ""


def _with(proof: Proof) -> Iterator[str]:
    yield "## With comms"
    yield ""
    yield f"    comms check --bundle {quote(proof.name)} --genesis DIGEST-THAT-YOU-WERE-TOLD"
    yield ""
    yield "It needs no network and no repository, runs nothing that is in the file, and leaves"
    yield "nothing behind. It ends with 0 if everything holds, 1 if something is wrong, 3 if it"
    yield f"cannot tell. (This file was made with comms {__version__}.)"
    yield ""


def _without(proof: Proof) -> Iterator[str]:
    yield "## Without comms: git and ssh-keygen"
    yield ""
    yield "Unpack the file, and open a shell in the folder. Every command must end well."
    yield ""
    yield "1. The history, and that nothing in it is damaged:"
    yield ""
    yield from _shell(
        "git clone --quiet repository.bundle evidence",
        "cd evidence",
        f'test "$(git rev-parse HEAD)" = {proof.head}',
        "git fsck --full --no-progress --no-dangling",
    )
    yield "2. The versions of the roster. The first line is the number that you compared; every"
    yield "   version names the one before it on its line `previous`. (On a Mac: `shasum -a 256`.)"
    yield ""
    yield from _shell(
        "sha256sum -c <<'EOF'",
        *(f"{digest}  {path}" for path, digest in proof.versions),
        "EOF",
        "grep '^previous: ' trust/*.yaml",
    )
    yield "3. Who signs with which key, as those versions say it (compare with `trust/`):"
    yield ""
    for version, keys in proof.signers.items():
        yield from _shell(
            f"cat > ../signers-{version} <<'EOF'",
            *(
                f'{person} namespaces="comms-record@v1,comms-trust@v1" {key}'
                for person, key in keys
            ),
            "EOF",
        )
    yield "4. That the admins signed each version:"
    yield ""
    yield from _shell(*(_verify(s, "comms-trust@v1") for s in proof.trust_signatures))
    yield "5. That the people named in the records of this incident signed them:"
    yield ""
    yield from _shell(*(_verify(s, "comms-record@v1") for s in proof.records))
    if proof.left_out:
        yield "   These have no signature that counts:"
        yield ""
        yield from (f"    {_text(path)}" for path in proof.left_out)
        yield ""
    yield "This shows that these people signed these records. That every gate was passed, in order"
    yield "and by different people, follows from the records: `comms check` works it out, and"
    yield "`docs/format.md` of comms says how, so that anybody can write another checker."
    yield ""


def _verify(signed: Signed, namespace: str) -> str:
    return (
        f"ssh-keygen -Y verify -f ../signers-{signed.version} -I {quote(signed.person)} "
        f"-n {namespace} -s {quote(signed.signature)} < {quote(signed.path)}"
    )


def _meaning(proof: Proof) -> Iterator[str]:
    yield "## What a green check proves, and what not"
    yield ""
    yield "It proves that every message recorded as sent was passed, in exactly the recorded words,"
    yield "by a different person for each gate that the roster asks for, in order, each holding"
    yield "that role, with no objection left unheard; and that nothing of this was altered or"
    yield f"removed up to commit {proof.head[:12]}."
    yield ""
    yield "It does not prove that the words are true; that nothing was sent past the record, or"
    yield "recorded and not sent; when anything was done (times are claims of those who signed);"
    yield "that people read what they signed; nor anything that came after that commit."
    yield ""
    yield "The lists of recipients are not in this file: they are personal data and stay outside"
    yield "git. A record has a digest and a count of its list, so that whoever holds the list can"
    yield "show that it was this one. Names and mail addresses of the people on the roster are in"
    yield "it, and the words of every message of the repository."


def _shell(*lines: str) -> Iterator[str]:
    yield "```sh"
    yield from lines
    yield "```"
    yield ""


def _text(text: str) -> str:
    """Return words of others on one line, as code, where nothing is markup, link or command."""
    return f"`{one_line(text).replace('`', chr(39)).strip() or '-'}`"
