"""The file of channels: read with types, refused with a sentence, never readable by others."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from tracker.core.errors import SetupError
from tracker.core.notices.channels import settings
from tracker.core.notices.channels.settings import Channels, load_channels, read_channels

FULL = """
public_address = "https://tracker.example/"
timeout_seconds = 3
[email]
host = "mail.example"
port = 587
sender = "tracker@tracker.example"
username = "tracker"
password = "geheim-17"
domains = ["example.gov.cn"]
[wecom]
address = "https://wecom.example"
key = "schluessel-17"
[dingtalk]
address = "http://ding.example:8080"
token = "t-17"
secret = "s-17"
[feishu]
address = "https://feishu.example"
token = "t-18"
secret = "s-18"
[sms]
address = "http://sms.example/send"
format = "form"
ok_field = "code"
[sms.fields]
mobile = "{phone}"
content = "{text}"
appkey = "k-17"
"""


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "channels.toml"
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return folder


def test_no_file_is_no_channel(tmp_path: Path):
    assert load_channels(tmp_path) == Channels()
    assert load_channels(tmp_path).names == ()


def test_a_whole_file_is_read(tmp_path: Path):
    found = load_channels(write(tmp_path, FULL))
    assert found.names == ("email", "wecom", "dingtalk", "feishu", "sms")
    assert found.email is not None
    assert (found.email.port, found.email.security) == (587, "starttls")
    assert found.email.domains == ("example.gov.cn",)
    assert found.timeout_seconds == 3.0
    assert found.host == "tracker.example"
    assert found.link("/leads/3") == "https://tracker.example/leads/3"
    for secret in ("geheim-17", "schluessel-17", "s-17", "t-18", "k-17"):
        assert secret not in repr(found)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int):
    with pytest.raises(SetupError, match="chmod 600"):
        load_channels(write(tmp_path, FULL, mode))


HERE = 'public_address = "http://x"\n'
ROBOT = HERE + '[wecom]\naddress = "http://y"\n'
MAIL = HERE + '[email]\nsender = "a@b"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('public_adress = "http://x"', "public_adress"),
        (ROBOT + 'key = "k"\nkye = 1', "wecom.kye"),
        (ROBOT, "缺少：wecom.key"),
        ('[wecom]\naddress = "http://y"\nkey = "k"', "public_address"),
        ('public_address = "ftp://x"', "public_address"),
        ('public_address = "http://u:p@x"', "public_address"),
        (HERE + '[wecom]\naddress = "file:///etc"\nkey = "k"', "wecom.address"),
        (MAIL + "host = 3", "email.host"),
        (MAIL + 'host = "h"\nport = true', "email.port"),
        (MAIL + 'host = "h"\nsecurity = "ssl"', "email.security"),
        ('public_address = "http://x"\nwecom = 3', "wecom"),
        ("timeout_seconds = 60", "claim_seconds"),
        ("timeout_seconds = -1", "timeout_seconds"),
    ],
)
def test_what_is_unfit_is_named(tmp_path: Path, text: str, said: str):
    with pytest.raises(SetupError, match=said.replace(".", r"\.")):
        load_channels(write(tmp_path, text))


def test_a_broken_file_is_refused_without_quoting_it(tmp_path: Path):
    with pytest.raises(SetupError) as caught:
        load_channels(write(tmp_path, 'password = "geheim-17'))
    assert "geheim" not in str(caught.value)
    assert "TOML" in str(caught.value)


def test_a_wrong_value_is_not_quoted():
    with pytest.raises(SetupError) as caught:
        read_channels({"public_address": "http://x", "wecom": {"address": "http://y", "key": [17]}})
    assert "17" not in str(caught.value)


def test_the_example_is_fit_to_be_copied(tmp_path: Path):
    example = Path(settings.__file__).with_name("channels.example.toml").read_text("utf-8")
    found = load_channels(write(tmp_path, example))
    assert found.names == ("email", "wecom", "dingtalk", "feishu", "sms")
    for kind in (Channels, settings.Email, settings.Wecom, settings.Dingtalk, settings.Sms):
        for name in (f.name for f in fields(kind)):
            assert name in example, f"{kind.__name__}.{name} is not in the example"
